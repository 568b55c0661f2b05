"""One organisation with the real identity provider beside it: people linked to its accounts, and a patient."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from phiward.adapters.admission import TokenAdmission
from phiward.adapters.models.client import open_session
from phiward.adapters.oidc import OidcProvider
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.login_attempts import LoginAttempts
from phiward.adapters.postgres.offline import OfflineFactors
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.sessions import Sessions
from phiward.adapters.session_desk import SessionDesk
from phiward.adapters.sign_in import ProviderSignIn
from phiward.audit.leaf import encode_leaf
from phiward.domain.patients import Identifier, IdentifierKind, PatientRef
from phiward.domain.text import Secret
from phiward.identity.login import Client
from phiward.identity.sessions import LimitBook
from phiward.identity.step_up import StepUpRules
from phiward.identity.tokens import TokenRules
from phiward.records.decode import PATIENT_NAME, encode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.postgres import RunningDatabase
from tests.provider.harness import AUDIENCE, CALLBACK, SECRET, STRONG, TestProvider
from tests.rooms.vault.twins import MemoryKeyStore


def now() -> datetime:
    """The clock of this machine, which provider and database use too."""
    return datetime.now(UTC)


@dataclass
class AccessWorld:
    """Everything of one tenant; `alice` and `bob` are accounts of the provider."""

    admin: str
    tenant: UUID
    alice: UUID
    bob: UUID
    patient: UUID
    provider: OidcProvider
    people: PostgresPeople
    sessions: Sessions
    sign_in: ProviderSignIn
    admission: TokenAdmission
    desk: SessionDesk

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Past every policy."""
        with psycopg.connect(self.admin, options="-c search_path=phiward") as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def actions(self) -> list[str]:
        """What is on record, oldest first."""
        rows = self.sql(
            "SELECT convert_from(leaf, 'UTF8')::jsonb->'facts'->>'action' FROM audit_entry WHERE tenant = %s"
            " ORDER BY recorded_at, id",
            self.tenant,
        )
        return [row[0] for row in rows]

    def add_service(self, client_id: str, *, active: bool = True) -> UUID:
        """A service that may act on behalf of a person."""
        made = uuid4()
        self.sql(
            "INSERT INTO service (id, tenant, client_id, name, active) VALUES (%s, %s, %s, %s, %s)",
            made, self.tenant, client_id, client_id, active,
        )  # fmt: skip
        return made


@asynccontextmanager
async def access_world(
    running: RunningDatabase, oidc: TestProvider, limits: LimitBook | None = None
) -> AsyncIterator[AccessWorld]:
    """Furnished anew: Alice treats the patient, Bob treats nobody."""
    tenant, alice, bob, patient = (uuid4() for _ in range(4))
    vault = Vault(RootKey(bytes(range(32))), MemoryKeyStore())
    warden, app = Database(running.warden, max_size=4), Database(running.app, max_size=4)
    await warden.open()
    await app.open()
    rules, book = TokenRules(oidc.issuer, AUDIENCE), limits or LimitBook()
    async with open_session(10) as http:
        provider = OidcProvider(
            http, tokens=rules, client=Client("phiward-console", CALLBACK, secret=Secret(SECRET)), clock=now
        )
        administration = Administration(warden, encode_leaf, now, "gateway")
        sessions, people = Sessions(administration), PostgresPeople(app, vault)
        sign_in = ProviderSignIn(
            provider, sessions, LoginAttempts(warden), warden, people, tenant, book,
            StepUpRules(frozenset({STRONG})), now,
            OfflineFactors(administration, provider.probe),
        )  # fmt: skip
        admission = TokenAdmission(provider, sessions, warden, vault, tenant, book, now)
        desk = SessionDesk(sessions, warden, people, tenant)
        made = AccessWorld(
            running.admin, tenant, alice, bob, patient, provider, people, sessions, sign_in, admission, desk
        )
        made.sql("INSERT INTO tenant (id, name) VALUES (%s, %s)", tenant, str(tenant))
        for person, login in ((alice, "alice"), (bob, "bob")):
            made.sql(
                "INSERT INTO person (id, tenant, login, practitioner, roles, issuer, subject, display_name)"
                " VALUES (%s, %s, %s, %s, '{physician}', %s, %s, %s)",
                person, tenant, login, f"Practitioner/{login}", oidc.issuer, login, f"{login.title()} Invented",
            )  # fmt: skip
        plain = encode_patient((Identifier(IdentifierKind.FULL_NAME, "Zora Testcase"),), None)
        sealed = vault.seal(tenant, PatientRef(patient), patient, PATIENT_NAME, plain)
        made.sql(
            "INSERT INTO patient (id, tenant, version, content_digest, sealed) VALUES (%s, %s, 1, '', %s)",
            patient, tenant, sealed,
        )  # fmt: skip
        for reference in ("mrn-1", "Patient/pat-1"):
            digest = vault.digest(None, HANDLE_LABEL, handle_text(reference))
            made.sql("INSERT INTO patient_handle VALUES (%s, %s, %s)", tenant, digest, patient)
        made.sql(
            "INSERT INTO care_relation (tenant, patient, practitioner, source, starts_at, origin)"
            " VALUES (%s, %s, 'Practitioner/alice', 'CareTeam', %s, %s)",
            tenant, patient, now() - timedelta(days=1), hashlib.sha256(b"origin").digest(),
        )  # fmt: skip
        yield made
    await warden.close()
    await app.close()
