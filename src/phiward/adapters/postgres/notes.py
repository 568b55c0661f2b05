"""Reads clinical notes as the gateway: through row-level security, one patient at a time."""

from collections.abc import Sequence

from phiward.adapters.postgres.database import Database
from phiward.domain.patients import Note, PatientRef
from phiward.domain.text import Secret
from phiward.records.decode import DOCUMENT_NAME, decode_note
from phiward.records.ports import Sealer


class PostgresNotes:
    """Implements domain.ports.Notes."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        """`database` is a pool of the app role."""
        self._database = database
        self._sealer = sealer

    async def newest(self, session: Secret, patient: PatientRef, limit: int) -> Sequence[Note]:
        """The newest notes, newest first, ties by document id; none of a patient out of care.

        Raises StorageError, and VaultError when a note cannot be opened.
        """
        async with self._database.as_session(session, patient) as connection:
            cursor = await connection.execute(
                "SELECT tenant, id, written_at, sealed, kind, classes FROM document"
                " WHERE patient = %s ORDER BY written_at DESC, id LIMIT %s",
                [patient, limit],
            )
            rows = await cursor.fetchall()
        return [
            decode_note(
                document,
                patient,
                written_at,
                self._sealer.open(tenant, patient, document, DOCUMENT_NAME, bytes(sealed)),
                kind,
                classes,
            )
            for tenant, document, written_at, sealed, kind, classes in rows
        ]
