"""What an operator does with single documents: list a patient's, and delete one from chart, search and segments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phiward.adapters.postgres.administration import Administration
from phiward.domain.administration import UnknownIdError
from phiward.domain.deletion import DeletionReason
from phiward.domain.patients import PatientRef
from phiward.domain.people import TenantId


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as listed: nothing of what it says."""

    id: UUID
    version: int
    written_at: datetime
    kind: str
    source: str
    chunks: int
    indexed: bool


class DocumentDesk:
    """Works as the registrar. Raises StorageError."""

    def __init__(self, administration: Administration) -> None:
        """`administration` puts each deletion on record."""
        self._administration = administration

    async def of_patient(self, tenant: TenantId, patient: PatientRef) -> tuple[DocumentRow, ...]:
        """Every document of the patient, the newest first."""
        async with self._administration.database.as_tenant(tenant) as connection:
            cursor = await connection.execute(
                """SELECT id, version, written_at, kind, source, chunks, coalesce(indexed_version = version, false)
                     FROM document WHERE tenant = %s AND patient = %s ORDER BY written_at DESC, id""",
                [tenant, patient],
            )
            return tuple(DocumentRow(*row) for row in await cursor.fetchall())

    async def delete(self, tenant: TenantId, document: UUID, reason: DeletionReason) -> PatientRef:
        """Out of search at once; its patient's segments are then to be compacted. Raises UnknownIdError.

        `reason` goes on record.
        """
        async with self._administration.change(tenant, "document.deleted") as change:
            cursor = await change.connection.execute(
                "DELETE FROM document WHERE id = %s RETURNING patient, version", [document]
            )
            row = await cursor.fetchone()
            if row is None:
                raise UnknownIdError("document")
            change.facts.update(
                document=str(document),
                patients=[str(row[0])],
                reason=str(reason),
                before={"version": row[1]},
                after=None,
            )
        return PatientRef(row[0])
