"""From where credentials are used, and the report where two people seem to use one. On the warden's role.

A place stands in the database once for each credential, with its first and last time, written at most once a
minute. A report is an entry in the log and an alert to every privacy officer, once a day for each credential.
Source: 45 CFR 164.312(a)(2)(i), 164.308(a)(5)(ii)(C).
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.alert_queue import queue_alerts
from phiward.adapters.postgres.database import Connection
from phiward.domain.people import Caller
from phiward.identity.sharing import WINDOW, SharedCredential, Sighting, judge

ACTION: Final = "credential.shared"
STORED_EVERY: Final = timedelta(minutes=1)
REPORTED_EVERY: Final = timedelta(days=1)
KEPT: Final = timedelta(days=30)
MOST_PLACES: Final = 32
MOST_REMEMBERED: Final = 10_000

_STORE = """
INSERT INTO sighting (credential, place, tenant, first_at, last_at)
VALUES (%(credential)s, %(place)s, %(tenant)s, %(now)s, %(now)s)
ON CONFLICT (credential, place) DO UPDATE SET last_at = excluded.last_at
 WHERE sighting.last_at <= excluded.last_at - %(every)s::interval
"""
_RECENT = """
SELECT place, first_at, last_at FROM sighting WHERE credential = %s AND last_at >= %s ORDER BY last_at DESC LIMIT %s
"""


class Sightings:
    """`administration` is of the warden. Everything raises StorageError."""

    def __init__(self, administration: Administration, *, webhook: bool = False) -> None:
        """`webhook`: reports go there as well."""
        self._administration, self._webhook = administration, webhook
        self._last: OrderedDict[UUID, tuple[bytes, datetime]] = OrderedDict()

    async def seen(self, caller: Caller, place: bytes) -> SharedCredential | None:
        """The caller's credential is used at `place` (32 bytes, identity/sharing.py); returns a report that is new.

        Costs nothing where this process saw it at the same place less than a minute ago.
        """
        now = self._administration.clock()
        credential = caller.credential_id
        if self._just_seen(credential, place, now):
            return None
        async with self._administration.database.as_tenant(caller.tenant) as connection:
            # One at a time for each credential: neither of two places is missed, and nothing is reported twice.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(credential)])
            sightings = await _recent(connection, credential, now)
            values = {"credential": credential, "place": place, "tenant": caller.tenant}
            await connection.execute(_STORE.encode(), {**values, "now": now, "every": STORED_EVERY})
            found = judge(credential, [*sightings, Sighting(place, now)])
            report = found if found is not None and await self._report(connection, caller, found, now) else None
        self._remember(credential, place, now)
        return report

    async def sweep(self, tenant: UUID) -> int:
        """Forget the places where nothing was seen for 30 days; returns how many."""
        async with self._administration.database.as_tenant(tenant) as connection:
            cursor = await connection.execute(
                "DELETE FROM sighting WHERE last_at < %s", [self._administration.clock() - KEPT]
            )
            return cursor.rowcount

    async def _report(self, connection: Connection, caller: Caller, found: SharedCredential, now: datetime) -> bool:
        facts = {
            "credential": str(found.credential),
            "person": str(caller.person),
            "rule": str(found.rule),
            "first_at": found.first_at.isoformat(),
            "last_at": found.last_at.isoformat(),
        }
        cursor = await connection.execute(
            "SELECT 1 FROM alert WHERE kind = %s AND facts ->> 'credential' = %s AND created_at > %s LIMIT 1",
            [ACTION, facts["credential"], now - REPORTED_EVERY],
        )
        if await cursor.fetchone() is not None:
            return False
        new_id = self._administration.new_id
        await queue_alerts(connection, caller.tenant, ACTION, facts, now, new_id, webhook=self._webhook)
        told = {**facts, "credential_kind": str(caller.kind), "before": None, "after": {"reported": True}}
        await self._administration.record(connection, caller.tenant, ACTION, told)
        return True

    def _just_seen(self, credential: UUID, place: bytes, now: datetime) -> bool:
        last = self._last.get(credential)
        return last is not None and last[0] == place and timedelta(0) <= now - last[1] < STORED_EVERY

    def _remember(self, credential: UUID, place: bytes, now: datetime) -> None:
        self._last[credential] = (place, now)
        self._last.move_to_end(credential)
        if len(self._last) > MOST_REMEMBERED:
            self._last.popitem(last=False)


async def _recent(connection: Connection, credential: UUID, now: datetime) -> list[Sighting]:
    """The first and the last time at each place: true sightings, though not all of them."""
    cursor = await connection.execute(_RECENT, [credential, now - WINDOW, MOST_PLACES])
    return [Sighting(bytes(place), at) for place, *times in await cursor.fetchall() for at in times]
