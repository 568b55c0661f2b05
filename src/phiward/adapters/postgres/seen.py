"""What was seen under an emergency grant: read from the log, by the role that reads the log and nothing else.

Opaque ids and classes; the texts stand sealed under the patient's key beside each entry (`phiward audit`).
"""

from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.audit.leaf import decode_leaf
from phiward.domain.emergency import Seen

_QUERY = """
SELECT interaction, kind, recorded_at, leaf FROM audit_entry
 WHERE tenant = %s AND kind IN ('intent', 'refusal')
   AND convert_from(leaf, 'UTF8')::jsonb -> 'facts' ->> 'emergency' = %s
 ORDER BY recorded_at, id
"""


class SeenUnderGrant:
    """`database` is a pool of the auditor."""

    def __init__(self, database: Database) -> None:
        """Nothing is read before the first use."""
        self._database = database

    async def under(self, tenant: UUID, emergency: UUID) -> tuple[Seen, ...]:
        """Every question that was asked under it, oldest first. Raises StorageError."""
        async with self._database.plain() as connection:
            rows = await (await connection.execute(_QUERY, [tenant, str(emergency)])).fetchall()
        made = []
        for interaction, kind, at, leaf in rows:
            facts = decode_leaf(bytes(leaf))["facts"]
            documents = tuple(str(one) for one in facts.get("documents") or ())
            made.append(Seen(interaction, kind, at, documents, facts.get("destination_class")))
        return tuple(made)
