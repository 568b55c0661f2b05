"""Opening one interaction for a person who may see it: decided, put on record, and only then opened.

The log is read by the auditor's role, which sees ciphertext and nothing of a chart; what stands between reader and
patient is read by the role that acts (registrar or warden), which sees no log.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Connection, Database, row_dict
from phiward.domain.access import Consent, DataClass, Relation, RelationSource, Standing
from phiward.domain.acts import AdministrativeAct
from phiward.domain.administration import UnknownIdError
from phiward.domain.audit import Addendum, StoredEntry
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PersonId, Role, TenantId
from phiward.domain.text import Secret
from phiward.domain.verdict import Deny
from phiward.flow.reconstruct import Opener, Reconstruction, may_read, reconstruct, record_of
from phiward.policy.decide import Policy

_ENTRIES = """
SELECT e.id, e.interaction, e.kind, e.leaf, e.leaf_index, e.tenant, e.recorded_at, e.shard,
       (SELECT array_agg(name ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id),
       (SELECT array_agg(ciphertext ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id)
  FROM audit_entry e WHERE e.tenant = %b AND e.interaction = %b ORDER BY e.recorded_at, e.id
"""
_RELATIONS = "SELECT a.*, p.restricted FROM access_to_patient(%s) a JOIN patient p ON p.id = a.patient"
_CONSENTS = """SELECT class, purpose FROM consent
                WHERE patient = %s AND revoked_at IS NULL AND starts_at <= %s AND ends_at > %s"""
_SOURCES, _CLASSES, _ROLES = frozenset(map(str, RelationSource)), frozenset(map(str, DataClass)), set(map(str, Role))


class Interactions:
    """Of one organisation at a time. Everything raises StorageError."""

    def __init__(self, administration: Administration, auditor: Database, opener: Opener, policy: Policy) -> None:
        """`administration` is of the registrar or the warden, `auditor` a pool of that role."""
        self._administration, self._auditor = administration, auditor
        self._opener, self._policy = opener, policy

    async def entries(self, tenant: TenantId, interaction: UUID) -> Sequence[StoredEntry]:
        """The entries of one interaction with what stands sealed beside them, oldest first."""
        async with self._auditor.plain() as connection:
            cursor = await connection.execute(_ENTRIES, [tenant, interaction], binary=True)
            rows = await cursor.fetchall()
        return [
            StoredEntry(
                *(row[0], row[1], row[2], bytes(row[3]), row[4]),
                tuple(Addendum(name, bytes(one)) for name, one in zip(row[8] or (), row[9] or (), strict=True)),
                *(row[5], row[6], None, row[7]),
            )
            for row in rows
        ]

    async def read(self, tenant: TenantId, reader: PersonId, interaction: UUID) -> Reconstruction:
        """Everything of it, for `reader`; that it was read is durable before this returns.

        Raises UnknownIdError where nothing is on record, InvalidRequestError for a reader who is nobody active here,
        NotPermittedError (on record) where the policies refuse, AuditIntegrityError, AuditUnavailableError.
        """
        entries = await self.entries(tenant, interaction)
        if not entries:
            raise UnknownIdError("interaction")
        record, now = record_of(entries), self._administration.clock()
        async with self._administration.database.as_tenant(tenant) as connection:
            caller = await self._caller(connection, tenant, reader)
            standings = {one: await self._standing(connection, reader, one) for one in record.patients}
        verdict = may_read(self._policy, caller, record, standings, now)
        if isinstance(verdict, Deny):
            async with self._administration.change(tenant, "act.refused") as change:
                change.facts.update(act=str(AdministrativeAct.READ_INTERACTION), rule=verdict.rule)
            raise NotPermittedError(verdict.reason, rule=verdict.rule)
        async with self._administration.change(tenant, "audit.reconstructed") as change:
            change.facts.update(
                interaction=str(interaction), reader=str(reader), rule=verdict.rule,
                patients=[str(one) for one in record.patients],
            )  # fmt: skip
        return reconstruct(entries, self._opener)

    async def _caller(self, connection: Connection, tenant: TenantId, reader: PersonId) -> Caller:
        """She is known by her login at this machine: no credential of hers is shown, and none narrows her."""
        row = await (await connection.execute("SELECT roles FROM person WHERE id = %s AND active", [reader])).fetchone()
        if row is None:
            raise InvalidRequestError("There is no such active person.", param="--as")
        roles = frozenset(Role(name) for name in row[0] if name in _ROLES)
        return Caller(reader, tenant, roles, reader, self._administration.clock(), Secret("none"))

    async def _standing(self, connection: Connection, reader: PersonId, patient: PatientRef) -> Standing:
        """In force now. A source or a class that this version does not know opens nothing."""
        cursor = await connection.execute(_RELATIONS, [patient])
        found = [row_dict(cursor, row) for row in await cursor.fetchall()]
        rows = [one for one in found if one["person"] == reader and one["source"] in _SOURCES]
        now = self._administration.clock()
        given = await (await connection.execute(_CONSENTS, [patient, now, now])).fetchall()
        consents = tuple(Consent(DataClass(name), purpose) for name, purpose in given if name in _CLASSES)
        return Standing(tuple(map(_relation, rows)), consents, any(one["restricted"] for one in found))


def _relation(row: dict[str, Any]) -> Relation:
    classes = frozenset(DataClass(name) for name in row["classes"] if name in _CLASSES)
    return Relation(RelationSource(row["source"]), row["starts_at"], row["ends_at"], row["grant"], classes)
