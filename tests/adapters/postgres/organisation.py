"""One invented organisation in a real database: registrar's work, vault and gateway's readers."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.vendor_registry import VendorRegistry
from phiward.adapters.postgres.vendors import PostgresVendors
from phiward.domain.audit import Entry
from phiward.domain.patients import Identifier, IdentifierKind, PatientRef
from phiward.domain.people import Caller, PersonId, Role, TenantId
from phiward.domain.text import Secret
from phiward.records.decode import PATIENT_NAME, encode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.rooms.vault.twins import MemoryKeyStore

PRACTITIONER = "Practitioner/invented-1"
DAY = timedelta(days=1)


def now() -> datetime:
    """The database decides by its own clock, so the tests do not invent one."""
    return datetime.now(UTC)


def encode(entry: Entry, worker: UUID) -> bytes:
    """A leaf that the tests can read."""
    return json.dumps({"kind": entry.kind, **entry.facts}).encode()


@dataclass
class Organisation:
    """Everything of one tenant."""

    tenant: TenantId
    app: Database
    registrar: Database
    vault: Vault
    registry: Registry
    vendors: VendorRegistry

    @classmethod
    async def found(cls, db: Any) -> "Organisation":
        """Make the organisation."""
        vault = Vault(RootKey(bytes(range(32))), MemoryKeyStore())
        administration = Administration(db.registrar, encode, now, "uid:1000")
        registry = Registry(administration, vault)
        tenant = await registry.ensure_tenant(f"Invented {uuid4()}")
        return cls(tenant, db.app, db.registrar, vault, registry, VendorRegistry(administration, vault))

    @property
    def people(self) -> PostgresPeople:
        """As the gateway looks people up."""
        return PostgresPeople(self.app, self.vault)

    @property
    def book(self) -> PostgresVendors:
        """As the gateway reads the vendor book."""
        return PostgresVendors(self.app, self.vault)

    async def person(self, *roles: Role, practitioner: str | None = PRACTITIONER) -> PersonId:
        """A new person, a physician unless said otherwise."""
        login = f"person-{uuid4()}"
        return await self.registry.add_person(self.tenant, login, roles or (Role.PHYSICIAN,), practitioner)

    async def session(self, person: PersonId, **bound: Any) -> Secret:
        """A key of that person, in force."""
        return (await self.registry.issue_key(self.tenant, person, DAY, "test", **bound)).text

    async def caller(self, session: Secret) -> Caller:
        """Who holds it."""
        opened = await self.people.caller(session, None)
        assert opened is not None
        return opened.caller

    async def patient(self, *references: str, treated: bool = True, name: str = "Zora Testcase") -> PatientRef:
        """A new patient with these references, in the care of PRACTITIONER or of nobody."""
        ref = PatientRef(uuid4())
        plain = encode_patient((Identifier(IdentifierKind.FULL_NAME, name),), None)
        sealed = self.vault.seal(self.tenant, ref, ref, PATIENT_NAME, plain)
        await self.execute(
            "INSERT INTO patient (id, tenant, version, content_digest, sealed) VALUES (%s, %s, 1, %s, %s)",
            ref, self.tenant, bytes(32), sealed,
        )  # fmt: skip
        for reference in references:
            await self.execute(
                "INSERT INTO patient_handle (tenant, digest, patient) VALUES (%s, %s, %s)",
                self.tenant, self.vault.digest(None, HANDLE_LABEL, handle_text(reference)), ref,
            )  # fmt: skip
        if treated:
            await self.relation(ref, now() - DAY, None)
        return ref

    async def relation(self, patient: PatientRef, starts_at: datetime, ends_at: datetime | None) -> None:
        """A care relation of PRACTITIONER."""
        await self.execute(
            "INSERT INTO care_relation (tenant, patient, practitioner, source, starts_at, ends_at)"
            " VALUES (%s, %s, %s, 'CareTeam', %s, %s)",
            self.tenant, patient, PRACTITIONER, starts_at, ends_at,
        )  # fmt: skip

    async def execute(self, statement: str, *values: Any) -> int:
        """As the registrar of this organisation; returns how many rows it touched."""
        async with self.registrar.as_tenant(self.tenant) as connection:
            return (await connection.execute(statement.encode(), values)).rowcount

    async def vendor_version(self) -> int:
        """The version of the vendor book."""
        async with self.registrar.as_tenant(self.tenant) as connection:
            cursor = await connection.execute("SELECT vendor_version FROM tenant WHERE id = %s", [self.tenant])
            row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def log(self) -> list[dict[str, Any]]:
        """What is on record of this organisation, oldest first; the gateway's role may read the log."""
        async with self.app.plain() as connection:
            cursor = await connection.execute(
                "SELECT leaf, kind, worker FROM audit_entry WHERE tenant = %s ORDER BY recorded_at",
                [self.tenant],
            )
            rows = await cursor.fetchall()
        assert all((kind, worker) == ("administration", UUID(int=0)) for _, kind, worker in rows)
        return [json.loads(bytes(leaf)) for leaf, _, _ in rows]
