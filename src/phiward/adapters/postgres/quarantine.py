"""Documents that may be another patient's, and what a person decides: released, refiled or discarded. All on record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.administration import Administration, Change
from phiward.domain.administration import UnknownIdError
from phiward.domain.documents import Document
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import TenantId
from phiward.records.decode import DOCUMENT_NAME, decode_document
from phiward.records.ports import Sealer

_COLUMNS = "id, patient, suspects, written_at, kind, source, found_at"


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A document that waits. `patient` is whose it was filed as, `suspects` whose it may be; opaque ids."""

    id: UUID
    patient: PatientRef
    suspects: tuple[PatientRef, ...]
    written_at: datetime
    kind: str
    source: str
    found_at: datetime


class Quarantine:
    """Works as the registrar. Raises UnknownIdError for what does not wait (any more), StorageError, VaultError."""

    def __init__(self, administration: Administration, sealer: Sealer) -> None:
        """`administration` puts each decision on record."""
        self._administration, self._sealer = administration, sealer

    async def waiting(self, tenant: TenantId) -> tuple[HeldDocument, ...]:
        """What nobody has decided, the longest waiting first."""
        async with self._administration.database.as_tenant(tenant) as connection:
            cursor = await connection.execute(
                f"SELECT {_COLUMNS} FROM quarantined_document WHERE tenant = %s AND decision IS NULL"  # noqa: S608
                " ORDER BY found_at, id",
                [tenant],
            )
            return tuple(
                HeldDocument(key, PatientRef(patient), tuple(map(PatientRef, suspects)), *rest)
                for key, patient, suspects, *rest in await cursor.fetchall()
            )

    async def read(self, tenant: TenantId, held: UUID) -> Document:
        """The document itself; that it was read is on record first."""
        async with self._change(tenant, "quarantine.read", held) as (change, row):
            change.facts.update(patients=[str(row["patient"])])
            return self._open(tenant, row)

    async def release(self, tenant: TenantId, held: UUID) -> None:
        """It stands where it should: back into the chart, to be indexed by the next run."""
        async with self._change(tenant, "quarantine.released", held) as (change, row):
            await self._into_chart(change, tenant, row, row["patient"], bytes(row["sealed"]))
            await self._decide(change, held, "released")

    async def refile(self, tenant: TenantId, held: UUID, patient: PatientRef) -> None:
        """It is `patient`'s: into that chart, under that patient's key."""
        async with self._change(tenant, "quarantine.refiled", held) as (change, row):
            if patient == row["patient"]:
                raise InvalidRequestError("It is filed under this patient already; release it.", param="patient")
            found = await change.connection.execute("SELECT 1 FROM patient WHERE id = %s", [patient])
            if await found.fetchone() is None:
                raise PatientNotFoundError
            text = self._sealer.open(tenant, row["patient"], held, DOCUMENT_NAME, bytes(row["sealed"]))
            sealed = self._sealer.seal(tenant, patient, held, DOCUMENT_NAME, text)
            await self._into_chart(change, tenant, row, patient, sealed)
            await self._decide(change, held, "refiled")
            change.facts["to"] = str(patient)

    async def discard(self, tenant: TenantId, held: UUID) -> None:
        """It is nobody's here: it stays out for as long as its source says the same."""
        async with self._change(tenant, "quarantine.discarded", held) as (change, _):
            await self._decide(change, held, "discarded")

    @asynccontextmanager
    async def _change(self, tenant: TenantId, action: str, held: UUID) -> AsyncIterator[tuple[Change, dict[str, Any]]]:
        async with self._administration.change(tenant, action) as change:
            cursor = await change.connection.execute(
                f"SELECT {_COLUMNS}, classes, trust, source_digest, content_digest, sealed"  # noqa: S608
                " FROM quarantined_document WHERE id = %s AND decision IS NULL FOR UPDATE",
                [held],
            )
            found = await cursor.fetchone()
            if found is None:
                raise UnknownIdError("id")
            row = dict(zip((column.name for column in cursor.description or ()), found, strict=True))
            change.facts.update(document=str(held), patient=str(row["patient"]), before=None, after=None)
            yield change, row

    async def _into_chart(
        self, change: Change, tenant: TenantId, row: dict[str, Any], patient: UUID, sealed: bytes
    ) -> None:
        await change.connection.execute(
            """INSERT INTO document (id, tenant, patient, version, written_at, source_digest, content_digest, sealed,
                                     kind, classes, source, trust)
               VALUES (%s, %s, %s, 1, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                *(row["id"], tenant, patient, row["written_at"], row["source_digest"], row["content_digest"]),
                *(sealed, row["kind"], row["classes"], row["source"], row["trust"]),
            ],
        )

    async def _decide(self, change: Change, held: UUID, decision: str) -> None:
        await change.connection.execute(
            "UPDATE quarantined_document SET decision = %s, decided_at = %s, decided_by = %s WHERE id = %s",
            [decision, self._administration.clock(), self._administration.actor, held],
        )
        change.facts.update(before={"decision": None}, after={"decision": decision})

    def _open(self, tenant: TenantId, row: dict[str, Any]) -> Document:
        text = self._sealer.open(tenant, row["patient"], row["id"], DOCUMENT_NAME, bytes(row["sealed"]))
        labels = row["source"], text, row["kind"], row["classes"]
        return decode_document(row["id"], row["patient"], 1, row["written_at"], *labels)
