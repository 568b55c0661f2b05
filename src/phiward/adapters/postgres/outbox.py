"""Sends the alerts that wait (alert_queue.py puts them there), and loses none. On the warden's role.

A worker takes an alert by pushing its next time forward by a lease, sends it outside any transaction, and marks it.
Killed in between, it leaves an alert that is due again when the lease ends: an alert may arrive twice, under the same
id, and never not at all. The lease is longer than any try, so no two workers send one alert at the same time.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from psycopg.types.json import Jsonb

from phiward.adapters.postgres.alert_queue import INSERT_ALERT, addresses_of
from phiward.adapters.postgres.database import Database
from phiward.domain.alerts import ROLE_RECIPIENTS, Alert, AlertChannel, Channel, opaque_facts
from phiward.domain.errors import StorageError
from phiward.domain.people import Role
from phiward.domain.ports import Clock, NewId
from phiward.logs import frames_of

log = structlog.get_logger("phiward.alerts")

LEASE: Final = timedelta(seconds=60)
LONGEST_TRY_SECONDS: Final = 45.0
"""Of one try by any channel: below the lease, with room for the clocks of two machines to differ."""
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=10)
AT_ONCE: Final = 4
"""Alerts of one organisation that are taken, and sent side by side, in one go."""
NOBODY: Final = "NobodyHasThisRole"
"""Stands in `last_error` while an alert to a role waits for somebody who has it and an address."""

# What never failed goes first: it does not wait behind what fails again and again.
_DUE = """
SELECT id, kind, recipient, facts, created_at, attempts FROM alert
 WHERE delivered_at IS NULL AND next_at <= %s AND channel = %s AND tenant = %s
 ORDER BY attempts, next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_TAKE = "UPDATE alert SET next_at = %s, attempts = attempts + 1, recipient = %s WHERE id = %s"
_WAIT = "UPDATE alert SET next_at = %s, last_error = %s WHERE id = %s"
_DELIVERED = "UPDATE alert SET delivered_at = %s, last_error = NULL WHERE id = %s AND delivered_at IS NULL"
# Only by whoever made the last try: one that was late must not shorten another's lease.
_FAILED = """
UPDATE alert SET next_at = %s, last_error = %s WHERE id = %s AND attempts = %s AND delivered_at IS NULL
"""


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed tries, one or more: 5 s, 10 s, 20 s … and 10 minutes at most."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 16)), LONGEST_WAIT)


class Outbox:
    """Sends what waits, of every organisation. `run` must run beside the requests of at least one gateway."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[AlertChannel, Channel],
        clock: Clock,
        *,
        new_id: NewId = uuid4,
        poll_seconds: float = 2.0,
    ) -> None:
        """`database` is a pool of the warden. Alerts of a channel that is not among `channels` wait.

        `poll_seconds`: how often is looked for what is due, while nothing is.
        """
        self._database = database
        self._channels = dict(channels)
        self._clock = clock
        self._new_id = new_id
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Send until cancelled. The channels do not wait for each other; no failure ends it."""
        if not self._channels:
            log.warning("alerts wait: there is neither a mail server nor a webhook")
        async with asyncio.TaskGroup() as group:
            for name in self._channels:
                group.create_task(self._serve(name))

    async def round(self, channel: AlertChannel) -> int:
        """One try with some of what is due in each organisation; returns how many alerts were looked at.

        Raises StorageError. Must not be called for a channel that there is not.
        """
        looked_at = 0
        for tenant in await self._tenants():
            seen, taken = await self.claim(tenant, channel)
            await asyncio.gather(*(self._try(one) for one in taken))
            looked_at += seen
        return looked_at

    async def claim(self, tenant: UUID, channel: AlertChannel) -> tuple[int, list[Alert]]:
        """Take what is due, at most AT_ONCE, for as long as a lease: how many were looked at, and what to send.

        An alert to a role becomes one to each who has it now. Raises StorageError.
        """
        now, taken = self._clock(), []
        async with self._database.as_tenant(tenant) as connection:
            cursor = await connection.execute(_DUE.encode(), [now, str(channel), tenant, AT_ONCE])
            rows = await cursor.fetchall()
            for alert_id, kind, recipient, facts, created_at, attempts in rows:
                recipients = [recipient]
                if recipient in ROLE_RECIPIENTS:
                    recipients = await addresses_of(connection, tenant, Role(recipient))
                if not recipients:
                    await connection.execute(_WAIT.encode(), [now + LEASE, NOBODY, alert_id])
                    continue
                await connection.execute(_TAKE.encode(), [now + LEASE, recipients[0], alert_id])
                for other in recipients[1:]:  # due at once, each with an id and a fate of its own
                    values = [self._new_id(), tenant, kind, str(channel), other, Jsonb(facts), created_at, now]
                    await connection.execute(INSERT_ALERT.encode(), values)
                taken.append(
                    Alert(alert_id, tenant, kind, channel, recipients[0], opaque_facts(facts), created_at, attempts + 1)
                )
        return len(rows), taken

    async def _serve(self, channel: AlertChannel) -> None:
        while True:
            looked_at = 0
            try:
                looked_at = await self.round(channel)
            except Exception as error:  # whatever it was, there is another round
                log.warning("alerts could not be looked up", kind=type(error).__name__, frames=frames_of(error))
            if not looked_at:
                await asyncio.sleep(self._poll_seconds)

    async def _try(self, alert: Alert) -> None:
        try:
            async with asyncio.timeout(LONGEST_TRY_SECONDS):
                await self._channels[alert.channel].send(alert)
        except Exception as error:  # also a defect of a channel: the alert stays, and so do the others
            reason = type(error.__cause__ or error).__name__
            log.warning("an alert was not delivered", alert=str(alert.id), error=reason, attempts=alert.attempts)
            values = [self._clock() + wait_after(alert.attempts), reason, alert.id, alert.attempts]
            await self._mark(alert, _FAILED, values)
        else:
            await self._mark(alert, _DELIVERED, [self._clock(), alert.id])

    async def _mark(self, alert: Alert, statement: str, values: list[Any]) -> None:
        """What cannot be marked is due again when its lease ends."""
        try:
            async with self._database.as_tenant(alert.tenant) as connection:
                await connection.execute(statement.encode(), values)
        except StorageError as error:
            log.warning("an alert could not be marked", alert=str(alert.id), code=error.code)

    async def _tenants(self) -> list[UUID]:
        async with self._database.plain() as connection:
            return [row[0] for row in await (await connection.execute("SELECT id FROM tenant ORDER BY id")).fetchall()]
