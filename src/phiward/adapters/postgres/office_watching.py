"""What is watched for a privacy officer: the log's checks and anchors, protections that did something, agreements.

Read by the auditor, who reads the log and who is who, never a record. One look serves every page of a minute: when it
was, and when the next will be, is part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.kept import KeptReader
from phiward.adapters.postgres.office_waiting import OfficeWaiting
from phiward.domain.office import AnchorReach, Guarded, LogCheck, Period, Stop, Watched
from phiward.domain.ports import Clock
from phiward.retention.due import due_at
from phiward.retention.schedule import Schedule
from phiward.vendors.register import covered_until

REMEMBERED: Final = timedelta(minutes=1)
WEEK: Final = timedelta(days=7)
SOON: Final = timedelta(days=45)
"""How long before the end of an agreement it is told: a renewal takes weeks."""
PERIODS_SOON: Final = timedelta(days=90)
PERIODS_REMEMBERED: Final = timedelta(hours=1)
"""Periods are of years, and to date the end of a closed shard reads all of it."""
CHECKED_WITHIN: Final = timedelta(days=31)
MOST_ENTRIES: Final = 1_000
"""Of the log, that one look reads: the newest."""
MOST_GUARDED: Final = 20

_CHECK = """
SELECT recorded_at, facts FROM (
    SELECT recorded_at, convert_from(leaf, 'UTF8')::jsonb -> 'facts' AS facts FROM audit_entry
     WHERE kind = 'log' AND recorded_at > %s AND position('"log.verified"'::bytea IN leaf) > 0) said
 WHERE facts ->> 'action' = 'log.verified' ORDER BY recorded_at DESC LIMIT 1
"""
_GUARDED = """
WITH newest AS (
    SELECT interaction, kind, recorded_at, convert_from(leaf, 'UTF8')::jsonb -> 'facts' AS f FROM audit_entry
     WHERE tenant = %s AND kind IN ('intent', 'outcome') AND recorded_at > %s ORDER BY recorded_at DESC LIMIT %s),
what AS (
    SELECT interaction, recorded_at, coalesce((f ->> 'withheld')::int, 0) AS withheld,
           coalesce(f -> 'tools_removed', '[]') || coalesce(f -> 'calls_refused', '[]') AS removed,
           coalesce((f ->> 'risk_review')::boolean, false) AS review FROM newest)
SELECT interaction, max(recorded_at), sum(withheld), jsonb_agg(removed), bool_or(review),
       (SELECT convert_from(i.leaf, 'UTF8')::jsonb -> 'facts' ->> 'person' FROM audit_entry i
         WHERE i.interaction = what.interaction AND i.kind = 'intent'), (SELECT count(*) FROM newest)
  FROM what GROUP BY interaction
HAVING sum(withheld) > 0 OR bool_or(review) OR bool_or(removed <> '[]') ORDER BY 2 DESC LIMIT %s
"""
_COUNT = """SELECT count(*) FROM (SELECT 1 FROM audit_entry WHERE tenant = %s AND kind IN ('intent', 'outcome')
             AND recorded_at > %s ORDER BY recorded_at DESC LIMIT %s) newest"""
_HEAD = "SELECT size, shard FROM audit_head"
_DESTINATIONS = """SELECT id, name, vendor, service, endpoint, feature, models FROM destination
                    WHERE tenant = %s AND active AND NOT self_hosted ORDER BY name"""
_BAAS = "SELECT vendor, service, endpoint, feature, starts_at, ends_at FROM baa WHERE tenant = %s"
_ACCEPTED = "SELECT destination, max(ends_at) FROM risk_acceptance WHERE tenant = %s AND starts_at <= %s GROUP BY 1"
_HOLDS = "SELECT count(*), min(placed_at) FROM legal_hold WHERE tenant = %s AND lifted_at IS NULL"
_LOGINS = "SELECT id, login FROM person WHERE tenant = %s AND id = ANY (%s)"


@dataclass(slots=True)
class OfficeWatching:
    """`auditor` and `warden` are pools of these roles. Raises StorageError."""

    auditor: Database
    warden: Database
    schedule: Schedule
    clock: Clock
    _known: dict[UUID, Watched] = field(default_factory=dict)
    _due: tuple[datetime, tuple[Period, ...]] | None = None

    async def watched(self, tenant: UUID) -> Watched:
        """At most REMEMBERED old."""
        now = self.clock()
        known = self._known.get(tenant)
        if known is not None and now < known.next_at:
            return known
        since = now - WEEK
        check, (guarded, looked_at) = await self._check(now), await self._guarded(tenant, since)
        holds, oldest = await self._holds(tenant)
        made = Watched(
            now, now + REMEMBERED, check, await self._anchors(), guarded, looked_at, since,
            await OfficeWaiting(self.warden).alarms(tenant, since), await self._stops(tenant, now),
            await self._periods(now), holds, oldest,
        )  # fmt: skip
        self._known[tenant] = made
        return made

    async def _check(self, now: datetime) -> LogCheck | None:
        rows = await self._rows(_CHECK, now - CHECKED_WITHIN)
        if not rows:
            return None
        at, facts = rows[0]
        findings = tuple(map(str, facts.get("findings") or ()))
        return LogCheck(at, bool(facts["holds"]), int(facts["entries"]), findings, int(facts["anchors_silent"]))

    async def _anchors(self) -> tuple[AnchorReach, ...]:
        heads = await self._rows(_HEAD)
        size, shard = heads[0] if heads else (0, "")
        return tuple(
            AnchorReach(
                one.name,
                one.kind,
                one.interval_seconds,
                one.size,
                one.kept_at,
                one.failing_since,
                max(0, size - (one.size or 0)) if _of_shard(one.origin, shard) else size,
            )
            for one in await PostgresAnchorBook(self.auditor).all()
        )

    async def _guarded(self, tenant: UUID, since: datetime) -> tuple[tuple[Guarded, ...], int]:
        rows = await self._rows(_GUARDED, tenant, since, MOST_ENTRIES, MOST_GUARDED)
        people = [UUID(row[5]) for row in rows if row[5]]
        logins = {str(one): login for one, login in await self._rows(_LOGINS, tenant, people)}
        looked_at = rows[0][6] if rows else (await self._rows(_COUNT, tenant, since, MOST_ENTRIES))[0][0]
        return tuple(
            Guarded(row[0], row[1], logins.get(row[5], "unknown"), int(row[2]), _named(row[3]), row[4]) for row in rows
        ), int(looked_at)

    async def _stops(self, tenant: UUID, now: datetime) -> tuple[Stop, ...]:
        """Destinations whose agreement ends soon, or ended lately without another."""
        agreements = await self._rows(_BAAS, tenant)
        accepted = dict(await self._rows(_ACCEPTED, tenant, now))
        found = []
        for key, name, vendor, service, endpoint, feature, models in await self._rows(_DESTINATIONS, tenant):
            mine = [(row[4], row[5]) for row in agreements if tuple(row[:4]) == (vendor, service, endpoint, feature)]
            ends = covered_until(mine, now)
            if ends is not None and now - SOON <= ends <= now + SOON:
                until = accepted.get(key)
                kept = until if until is not None and until > max(ends, now) else None
                found.append(Stop(name, vendor, ends, tuple(sorted(pair[0] for pair in models)), kept))
        return tuple(sorted(found, key=lambda one: one.ends_at))

    async def _periods(self, now: datetime) -> tuple[Period, ...]:
        if self._due is None or now - self._due[0] >= PERIODS_REMEMBERED:
            reader = KeptReader(self.warden, self.auditor)  # of the shards it asks the auditor alone
            dates = [(one.name, due_at(one, self.schedule)) for one in await reader.shards()]
            self._due = now, tuple(Period(name, at) for name, at in dates if at is not None)
        return tuple(one for one in self._due[1] if one.due_at <= now + PERIODS_SOON)

    async def _holds(self, tenant: UUID) -> tuple[int, datetime | None]:
        count, oldest = (await self._rows(_HOLDS, tenant))[0]
        return int(count), oldest

    async def _rows(self, query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        async with self.auditor.plain() as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()


def _of_shard(origin: str | None, shard: str) -> bool:
    """An origin is `<name>/<shard>`, and the name alone for the first part of the log."""
    return origin is not None and (origin.endswith(f"/{shard}") if shard else True)


def _named(removed: Any) -> tuple[str, ...]:
    """The rules of removed tools and refused calls; their names are a caller's own words and stay out."""
    return tuple(sorted({str(one[1]) for group in removed for one in group}))
