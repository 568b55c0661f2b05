"""Organisations, clinicians with keys, and imports into a real database, for the tests of records."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

from phiward.adapters.postgres.chart import PostgresChart
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.intake.writer import RecordsWriter
from phiward.domain.patients import PatientRef
from phiward.domain.text import Secret
from phiward.records.account import Account
from phiward.records.importing import import_path
from tests.rooms.records.fhir_files import BoundSealer, PlainMac

TABLES: tuple[LiteralString, ...] = (
    "patient",
    "patient_source",
    "patient_handle",
    "document",
    "fact",
    "segment",
    "quarantined_document",
    "care_relation",
    "known_identifier",
)


@dataclass
class RecordStore:
    """One organisation in the database, seen by the registrar and by the gateway."""

    registrar: Database
    app: Database
    tenant: UUID = field(default_factory=uuid4)
    sealer: BoundSealer = field(default_factory=BoundSealer)
    mac: PlainMac = field(default_factory=PlainMac)

    async def found(self) -> "RecordStore":
        """Make the organisation."""
        async with self.registrar.as_tenant(self.tenant) as connection:
            await connection.execute(
                "INSERT INTO tenant (id, name) VALUES (%s, %s)", [self.tenant, f"Invented {self.tenant}"]
            )
        return self

    @property
    def conninfo(self) -> str:
        """How another process connects as the registrar."""
        return str(self.registrar._pool.conninfo)

    @property
    def writer(self) -> RecordsWriter:
        """The importer."""
        return RecordsWriter(self.registrar, self.sealer, self.mac)

    @property
    def chart(self) -> PostgresChart:
        """The reader of the gateway."""
        return PostgresChart(self.app, self.sealer)

    async def texts(self, key: Secret, patient: PatientRef) -> list[str]:
        """The texts, sorted, of every document of the patient that this person may see."""
        heads = (await self.chart.contents(key, patient)).heads
        found = await self.chart.documents(key, patient, [head.id for head in heads])
        return sorted(document.text for document in found.values())

    async def take_in(self, path: Path) -> Account:
        """Import a file or folder."""
        return await import_path(self.writer, self.tenant, path)

    async def clinician(self, practitioner: str) -> Secret:
        """A person with this id in the record; her key."""
        person, key = uuid4(), Secret(f"key-{uuid4()}")
        async with self.registrar.as_tenant(self.tenant) as connection:
            await connection.execute(
                "INSERT INTO person (id, tenant, login, practitioner, roles) VALUES (%s, %s, %s, %s, %s)",
                [person, self.tenant, str(person), practitioner, ["physician"]],
            )
            await connection.execute(
                "INSERT INTO personal_key (id, person, digest, label, expires_at)"
                " VALUES (%s, %s, %s, 'test', now() + interval '1 hour')",
                [uuid4(), person, hashlib.sha256(key.value.encode()).digest()],
            )
        return key

    async def rows(self, query: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """What the registrar reads of this organisation."""
        async with self.registrar.as_tenant(self.tenant) as connection:
            cursor = await connection.execute(query, values)
            return await cursor.fetchall()

    async def everything(self) -> dict[str, list[str]]:
        """Every row of every table of records, as text, sorted; and the organisation's versions."""
        held = {}
        for table in TABLES:
            async with self.registrar.as_tenant(self.tenant) as connection:
                cursor = await connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608
                held[table] = [row[0] for row in await cursor.fetchall()]
        held["index"] = [str(await self.index_version())]
        return held

    async def index_version(self) -> int:
        """The version of the known identifiers."""
        rows = await self.rows("SELECT index_version FROM tenant WHERE id = %s", self.tenant)
        return int(rows[0][0])
