"""Alarms of the log: to the privacy officers and the administrators of every organisation, by the outbox.

Raising one never blocks and never fails; what the database cannot take yet waits in memory, and is in the process's
log at once.
"""

import asyncio
from typing import Any
from uuid import uuid4

import structlog

from phiward.adapters.postgres.alert_queue import queue_alerts
from phiward.adapters.postgres.database import Database
from phiward.domain.errors import StorageError
from phiward.domain.ports import Clock

log = structlog.get_logger("phiward.audit")
RETRY_SECONDS = 5.0
MOST_WAITING = 1_000


class AuditAlarms:
    """`database` is a pool of the warden, who puts alerts into the outbox."""

    def __init__(self, database: Database, clock: Clock, *, webhook: bool) -> None:
        """`webhook`: whether there is one to tell as well."""
        self._database, self._clock, self._webhook = database, clock, webhook
        self._waiting: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(MOST_WAITING)

    def __call__(self, kind: str, facts: dict[str, Any]) -> None:
        """Raise an alarm: a code, and facts that are codes, ids and numbers."""
        log.error("alarm", alarm=kind, **facts)
        try:
            self._waiting.put_nowait((kind, facts))
        except asyncio.QueueFull:
            log.error("an alarm was dropped: too many wait", alarm=kind)

    async def run(self) -> None:
        """Queue what was raised, until cancelled."""
        while True:
            kind, facts = await self._waiting.get()
            told = await self._told(kind, facts)
            while not told:
                await asyncio.sleep(RETRY_SECONDS)
                told = await self._told(kind, facts)

    async def _told(self, kind: str, facts: dict[str, Any]) -> bool:
        try:
            async with self._database.plain() as connection:
                tenants = [row[0] for row in await (await connection.execute("SELECT id FROM tenant")).fetchall()]
            for tenant in tenants:
                async with self._database.as_tenant(tenant) as connection:
                    more = {"webhook": self._webhook, "administrators": True}
                    await queue_alerts(connection, tenant, kind, facts, self._clock(), uuid4, **more)
        except StorageError as error:
            log.warning("an alarm could not be queued", alarm=kind, code=error.code)
            return False
        return True
