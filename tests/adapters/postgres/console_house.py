"""One organisation for the adapters of the console: alice treats Zora, bob treats nobody; sessions of browsers."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.identifier_index import replace_known_identifiers
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.sessions import IssuedSession, NewSession, Sessions
from phiward.audit.leaf import encode_leaf
from phiward.domain.passages import Origin
from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef
from phiward.domain.people import Caller, CredentialKind, PersonId, PurposeOfUse
from phiward.domain.shown import NotUsed, SaidSentence, SentPiece, ShownAnswer, ShownSource
from phiward.identity.sessions import SessionLimits
from phiward.records.decode import PATIENT_NAME, encode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.postgres import RunningDatabase
from tests.rooms.vault.twins import MemoryKeyStore

ZORA = (
    Identifier(IdentifierKind.GIVEN, "Zora"),
    Identifier(IdentifierKind.FAMILY, "Testcase"),
    Identifier(IdentifierKind.FULL_NAME, "Zora Testcase"),
    Identifier(IdentifierKind.MRN, "MRN-0001"),
)


def now() -> datetime:
    """The clock of this machine, which the database uses too."""
    return datetime.now(UTC)


@dataclass
class ConsoleHouse:
    """Furnished anew. `clock` may be moved."""

    admin: str
    tenant: UUID
    alice: UUID
    bob: UUID
    patient: PatientRef
    app: Database
    warden: Database
    vault: Vault
    sessions: Sessions
    administration: Administration
    people: PostgresPeople
    moved: timedelta = field(default=timedelta())

    def clock(self) -> datetime:
        """Now, moved."""
        return now() + self.moved

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Past every policy."""
        with psycopg.connect(self.admin, options="-c search_path=phiward") as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    async def enter(self, person: UUID) -> IssuedSession:
        """A session of a browser."""
        new = NewSession(PersonId(person), CredentialKind.BROWSER, SessionLimits())
        return await self.sessions.begin(self.tenant, new)

    async def caller(self, session: IssuedSession) -> Caller:
        """Who holds it."""
        opened = await self.people.caller(session.text, None)
        assert opened is not None
        return opened.caller

    def answer(self, **more: Any) -> ShownAnswer:
        """An answer about Zora."""
        source = ShownSource(1, Origin.CHART, uuid4(), 1, 0, 8, True, "Invented", "Note")
        made = ShownAnswer(
            interaction=uuid4(), patient=self.patient, question="An invented question", asked_at=now(),
            purpose=PurposeOfUse.TREAT, model="stub", vendor="Example", self_hosted=True, label="AI",
            sentences=(SaidSentence("Invented.", "claim", True, (1,)),), sources=(source,),
            sent=(SentPiece("Your question", "An invented question", "An invented question"),), replaced=0,
            not_used=NotUsed(),
        )  # fmt: skip
        return replace(made, **more)


@asynccontextmanager
async def console_house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Alice treats Zora, bob treats nobody."""
    tenant, alice, bob, patient = uuid4(), uuid4(), uuid4(), PatientRef(uuid4())
    vault = Vault(RootKey(bytes(range(32))), MemoryKeyStore())
    warden, app = Database(running.warden, max_size=4), Database(running.app, max_size=4)
    registrar = Database(running.registrar, max_size=1)
    for one in (warden, app, registrar):
        await one.open()
    administration = Administration(warden, encode_leaf, now, "console")
    house = ConsoleHouse(
        running.admin, tenant, alice, bob, patient, app, warden, vault, Sessions(administration), administration,
        PostgresPeople(app, vault),
    )  # fmt: skip
    house.sql("INSERT INTO tenant (id, name) VALUES (%s, %s)", tenant, str(tenant))
    for person, login in ((alice, "alice"), (bob, "bob")):
        house.sql(
            "INSERT INTO person (id, tenant, login, practitioner, roles) VALUES (%s, %s, %s, %s, '{physician}')",
            person, tenant, login, f"Practitioner/{login}",
        )  # fmt: skip
    sealed = vault.seal(tenant, patient, patient, PATIENT_NAME, encode_patient(ZORA, None))
    house.sql(
        "INSERT INTO patient (id, tenant, version, content_digest, sealed) VALUES (%s, %s, 1, '', %s)",
        patient, tenant, sealed,
    )  # fmt: skip
    digest = vault.digest(None, HANDLE_LABEL, handle_text("MRN-0001"))
    house.sql("INSERT INTO patient_handle VALUES (%s, %s, %s)", tenant, digest, patient)
    async with registrar.as_tenant(tenant) as connection:
        await replace_known_identifiers(connection, tenant, KnownPatient(patient, 1, ZORA), vault)
    house.sql(
        "INSERT INTO care_relation (tenant, patient, practitioner, source, starts_at, origin)"
        " VALUES (%s, %s, 'Practitioner/alice', 'CareTeam', %s, %s)",
        tenant, patient, now() - timedelta(days=1), hashlib.sha256(b"origin").digest(),
    )  # fmt: skip
    yield house
    for one in (warden, app, registrar):
        await one.close()
