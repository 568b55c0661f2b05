"""What was seen under an emergency grant: read from the log, by the role that reads the log and nothing else.

Opaque ids and classes; the texts stand sealed under the patient's key beside each entry (`phiward audit show`).
"""

from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.audit.leaf import decode_leaf
from phiward.domain.emergency import Seen, SeenText
from phiward.domain.patients import PatientRef
from phiward.vault.vault import Vault

_QUERY = """
SELECT interaction, kind, recorded_at, leaf FROM audit_entry
 WHERE tenant = %s AND kind IN ('intent', 'refusal')
   AND convert_from(leaf, 'UTF8')::jsonb -> 'facts' ->> 'emergency' = %s
 ORDER BY recorded_at, id
"""


_TEXTS = """
SELECT e.interaction, e.id, a.name, a.ciphertext FROM audit_entry e JOIN audit_addendum a ON a.entry = e.id
 WHERE e.tenant = %s AND e.interaction = ANY (%s) AND a.name IN ('sent', 'received')
 ORDER BY e.recorded_at, e.id, a.name
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
            refused = (facts.get("refused_by") or facts.get("code")) if kind == "refusal" else None
            closed = int(facts.get("documents_not_shown") or 0)
            made.append(Seen(interaction, kind, at, documents, facts.get("destination_class"), refused, closed))
        return tuple(made)

    async def texts(self, tenant: UUID, emergency: UUID, patient: UUID, vault: Vault) -> tuple[SeenText, ...]:
        """What was asked and answered under it, opened with the patient's key, in order.

        Raises StorageError, and VaultError where the key was destroyed or a text was exchanged.
        """
        interactions = [one.interaction for one in await self.under(tenant, emergency)]
        async with self._database.plain() as connection:
            rows = await (await connection.execute(_TEXTS, [tenant, interactions])).fetchall()
        return tuple(
            SeenText(
                interaction, name, vault.open(tenant, PatientRef(patient), entry, name, bytes(ciphertext)).decode()
            )
            for interaction, entry, name, ciphertext in rows
        )
