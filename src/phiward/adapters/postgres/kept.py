"""What is kept, with the dates from which its period is counted: shards from the log, the rest of one organisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, LiteralString
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.audit.shards import rank
from phiward.retention.due import Kept, KeptKind, due_at
from phiward.retention.holds import HoldScope
from phiward.retention.schedule import Schedule

# No period of an open shard runs, and an empty one has none: their entries are not read. Without OFFSET the planner
# looks for the newest entry of all backwards, through the whole log.
_SHARDS = """
SELECT s.name, s.opened_at, s.closed_size, CASE WHEN s.closed_size > 0 THEN
       (SELECT max(e.recorded_at) FROM (SELECT recorded_at FROM audit_entry WHERE shard = s.name OFFSET 0) e) END
  FROM audit_shard s WHERE s.destroyed_at IS NULL
"""
_OPENINGS = "SELECT name, opened_at FROM audit_shard"
# When anybody last asked about each patient: from the log, which outlives what it tells of.
_USED = """
SELECT p.id::uuid, max(e.recorded_at)
  FROM audit_entry e, jsonb_array_elements_text(convert_from(e.leaf, 'UTF8')::jsonb -> 'facts' -> 'patients') AS p(id)
 WHERE e.tenant = %s AND e.kind IN ('intent', 'outcome', 'refusal', 'retrieval') GROUP BY 1
"""
_PATIENTS = """
WITH relation AS (
    SELECT patient, starts_at, ends_at FROM care_relation
    UNION ALL SELECT patient, starts_at, ends_at FROM unit_patient
    UNION ALL SELECT patient, starts_at, least(ends_at, revoked_at) FROM access_grant
)
SELECT p.id,
       greatest((SELECT max(d.written_at) FROM document d WHERE d.patient = p.id),
                (SELECT max(q.written_at) FROM quarantined_document q WHERE q.patient = p.id),
                (SELECT max(f.effective_at) FROM fact f WHERE f.patient = p.id)),
       (SELECT max(greatest(r.starts_at, r.ends_at)) FROM relation r WHERE r.patient = p.id),
       EXISTS (SELECT FROM relation r WHERE r.patient = p.id AND r.ends_at IS NULL)
  FROM patient p WHERE p.destroyed_at IS NULL ORDER BY p.id
"""
_REVIEWS = """
SELECT e.id, g.patient, g.person, e.reviewer, g.starts_at, g.ends_at, e.reviewed_at
  FROM emergency e JOIN access_grant g ON g.id = e.id ORDER BY e.id
"""
_ACCESS = """
SELECT id, patient, person, starts_at, least(ends_at, revoked_at) FROM access_grant WHERE kind <> 'emergency'
UNION ALL SELECT id, patient, NULL, starts_at, least(ends_at, revoked_at) FROM consent ORDER BY 1
"""
NEVER = datetime.max.replace(year=9000, tzinfo=UTC)
"""Stands for the date of what has none: no period of it is ever over."""
_ALERTS = "SELECT id, created_at, delivered_at FROM alert ORDER BY id"


@dataclass(frozen=True, slots=True)
class KeptReader:
    """`registrar` reads the records of one organisation, `auditor` the log."""

    registrar: Database
    auditor: Database

    async def shards(self) -> tuple[Kept, ...]:
        """Those that are not destroyed, in succession. In force until the next one opens. Raises StorageError."""
        async with self.auditor.plain() as connection:
            openings = await (await connection.execute(_OPENINGS)).fetchall()
            rows = await (await connection.execute(_SHARDS)).fetchall()
        line = sorted(openings, key=lambda one: rank(one[0]))
        closings: dict[str, datetime] = {before[0]: after[1] for before, after in pairwise(line)}
        return tuple(
            Kept(
                KeptKind.SHARD,
                name,
                newest or opened_at,
                closings.get(name),
                in_force=closed_size is None or name not in closings,
                touches=frozenset({(HoldScope.SHARD, name)}),
            )
            for name, opened_at, closed_size, newest in sorted(rows, key=lambda one: rank(one[0]))
        )

    async def patients(self, tenant: UUID) -> tuple[Kept, ...]:
        """Those whose keys stand. In force while a relation is open, or where no date is known at all.

        Reads the whole log once. Raises StorageError.
        """
        async with self.auditor.plain() as connection:
            used: Mapping[UUID, datetime] = dict(await (await connection.execute(_USED, [tenant])).fetchall())
        return tuple(_patient(row, used.get(row[0])) for row in await self._rows(tenant, _PATIENTS))

    async def reviews(self, tenant: UUID, schedule: Schedule) -> tuple[Kept, ...]:
        """In force until decided; kept at least until the shard that they review is due. Raises StorageError."""
        rows, shards = await self._rows(tenant, _REVIEWS), await self.shards()
        async with self.auditor.plain() as connection:
            openings = await (await connection.execute(_OPENINGS)).fetchall()
        return tuple(_review(row, sorted(openings, key=lambda one: rank(one[0])), shards, schedule) for row in rows)

    async def access(self, tenant: UUID) -> tuple[Kept, ...]:
        """Grants and consents, by when they ended. Raises StorageError."""
        return tuple(
            Kept(KeptKind.ACCESS, str(one), starts_at, ends_at, touches=_touches(patient, person))
            for one, patient, person, starts_at, ends_at in await self._rows(tenant, _ACCESS)
        )

    async def alerts(self, tenant: UUID) -> tuple[Kept, ...]:
        """In force until delivered. Raises StorageError."""
        rows = await self._rows(tenant, _ALERTS)
        return tuple(Kept(KeptKind.ALERT, str(one), made, sent, in_force=sent is None) for one, made, sent in rows)

    async def _rows(self, tenant: UUID, query: LiteralString) -> list[tuple[Any, ...]]:
        async with self.registrar.as_tenant(tenant) as connection:
            return await (await connection.execute(query)).fetchall()


def _patient(row: tuple[Any, ...], used_at: datetime | None) -> Kept:
    patient, written_at, related_until, open_ended = row
    dates = [one for one in (written_at, related_until, used_at) if one is not None]
    return Kept(
        KeptKind.PATIENT,
        str(patient),
        min(dates, default=NEVER),
        max(dates, default=None),
        in_force=open_ended or not dates,
        touches=_touches(patient),
    )


def _review(
    row: tuple[Any, ...], openings: Sequence[tuple[Any, ...]], shards: Sequence[Kept], schedule: Schedule
) -> Kept:
    emergency, patient, person, reviewer, starts_at, ends_at, reviewed_at = row
    at_the_time = [name for name, opened_at in openings if opened_at <= ends_at][-1:]
    reviewed = next((one for one in shards if [one.name] == at_the_time), None)
    return Kept(
        KeptKind.REVIEW,
        str(emergency),
        starts_at,
        reviewed_at,
        in_force=reviewed_at is None or (reviewed is not None and reviewed.in_force),
        reviewed_until=due_at(reviewed, schedule) if reviewed else None,
        touches=_touches(patient, person, reviewer),
    )


def _touches(patient: UUID | None, *persons: UUID | None) -> frozenset[tuple[HoldScope, str]]:
    named = {(HoldScope.PERSON, str(one)) for one in persons if one is not None}
    return frozenset(named | ({(HoldScope.PATIENT, str(patient))} if patient else set()))
