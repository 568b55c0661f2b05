"""What runs and what may receive what: read by the auditor, and by the gateway's role for what binds that role."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.readiness import faults
from phiward.adapters.postgres.vendors import acceptance_of, baa_of, destination_of
from phiward.domain.errors import StorageError
from phiward.domain.operations import Accepted, Numbering, Process, Protection, Traffic
from phiward.domain.ports import Clock
from phiward.domain.vendors import VendorBook

WEEK: Final = timedelta(days=7)
REMEMBERED: Final = timedelta(minutes=1)
MOST_COUNTED: Final = 5_000
"""Of the newest requests, that one count reads."""
_DESTINATIONS = """SELECT id, name, vendor, service, endpoint, feature, self_hosted, models FROM destination
                    WHERE tenant = %s AND active ORDER BY name"""
_AGREEMENTS = "SELECT id, vendor, service, endpoint, feature, starts_at, ends_at FROM baa WHERE tenant = %s"
_ACCEPTANCES = """SELECT r.id, r.destination, r.accepted_by, '', r.starts_at, r.ends_at, d.name, p.login
                    FROM risk_acceptance r JOIN destination d ON d.id = r.destination
                    JOIN person p ON p.id = r.accepted_by WHERE r.tenant = %s ORDER BY r.ends_at DESC, r.id"""
_TRAFFIC = """
WITH newest AS MATERIALIZED (
    SELECT kind, leaf FROM audit_entry WHERE tenant = %s AND recorded_at > %s AND kind IN ('intent', 'refusal')
     ORDER BY recorded_at DESC LIMIT %s)
SELECT leaf_text(leaf, 'destination'), count(*), count(*) FILTER (WHERE kind = 'refusal') FROM newest GROUP BY 1
"""
_PROCESSES = """SELECT id, started_at, seen_at, ended_at,
                       ended_at IS NULL AND seen_at > now() - make_interval(secs => %s)
                  FROM worker WHERE coalesce(ended_at, seen_at) > now() - interval '1 day' OR NOT settled
                 ORDER BY ended_at IS NOT NULL, started_at DESC LIMIT 50"""
_HEAD = """SELECT h.shard, h.size, (SELECT max(size) FROM audit_checkpoint c WHERE c.shard = h.shard),
                  (SELECT made_at FROM audit_checkpoint c WHERE c.shard = h.shard ORDER BY size DESC LIMIT 1)
             FROM audit_head h"""
_WAITING = """SELECT count(*), min(recorded_at) FROM
               (SELECT recorded_at FROM audit_entry WHERE leaf_index IS NULL ORDER BY recorded_at LIMIT 10000) w"""
_TABLES = """SELECT count(*) FROM pg_class WHERE relnamespace = 'phiward'::regnamespace AND relkind IN ('r', 'p')
              AND relrowsecurity AND relforcerowsecurity"""


@dataclass(slots=True)
class Operations:
    """`auditor` and `gateway` are pools of these roles. Every method raises StorageError."""

    auditor: Database
    gateway: Database
    clock: Clock
    dead_seconds: float
    _counted: dict[UUID, tuple[datetime, dict[UUID, Traffic], int]] = field(default_factory=dict)

    async def book(self, tenant: UUID) -> tuple[VendorBook, tuple[Accepted, ...]]:
        """What the gate decides from, without any credential; and the accepted risks with who accepted them."""
        destinations = await self._rows(_DESTINATIONS, tenant)
        agreements = await self._rows(_AGREEMENTS, tenant)
        risks = await self._rows(_ACCEPTANCES, tenant)
        book = VendorBook(
            0, tuple(map(destination_of, destinations)), tuple(map(baa_of, agreements)),
            tuple(acceptance_of(row[:6]) for row in risks),
        )  # fmt: skip
        accepted = (Accepted(row[0], row[6], row[7], row[4], row[5]) for row in risks)
        return book, tuple(one for one in accepted if one.ends_at > self.clock() - WEEK)

    async def traffic(self, tenant: UUID) -> tuple[dict[UUID, Traffic], int, datetime]:
        """By destination, in the newest MOST_COUNTED requests of seven days; how many those were; since when.

        At most REMEMBERED old.
        """
        now = self.clock()
        known = self._counted.get(tenant)
        if known is None or now - known[0] > REMEMBERED:
            rows = await self._rows(_TRAFFIC, tenant, now - WEEK, MOST_COUNTED)
            made = {UUID(key): Traffic(count - refused, refused) for key, count, refused in rows if key}
            known = self._counted[tenant] = (now, made, sum(row[1] for row in rows))
        return known[1], known[2], known[0] - WEEK

    async def processes(self) -> tuple[Process, ...]:
        """Those of the last day, the living first."""
        return tuple(Process(*row) for row in await self._rows(_PROCESSES, self.dead_seconds))

    async def numbering(self) -> Numbering:
        """Of the shard that is written."""
        heads, waits = await self._rows(_HEAD), await self._rows(_WAITING)
        shard, size, signed, at = heads[0] if heads else ("", 0, None, None)
        return Numbering(shard, size, signed or 0, at, *waits[0])

    async def protection(self) -> Protection:
        """With the gateway's own role: what binds it, and what does not."""
        try:
            async with self.gateway.plain() as connection:
                found = await faults(connection)
                row = await (await connection.execute(_TABLES)).fetchone()
        except psycopg.Error as error:
            raise StorageError("The database's protection cannot be examined.") from error
        return Protection(row[0] if row else 0, found)

    async def _rows(self, query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        async with self.auditor.plain() as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()
