"""Gateway processes, and closing what a dead one left open.

A process tells every few seconds that it lives. An intent without an outcome whose process is gone
is closed as *unknown*: nobody can say whether the answer reached the caller. If that process was only
stopped and comes back, its own outcome is refused by the database, and so is its release.

A dead process is looked at until it was dead for SETTLE_SECONDS, because a statement of its own may
still have been under way; then it is settled and costs nothing. A heartbeat takes that back.
"""

import asyncio
from uuid import UUID, uuid4

import structlog

from phiward.adapters.postgres.database import Database
from phiward.domain.audit import Entry, EntryKind, Outcome
from phiward.domain.errors import AuditUnavailableError, StorageError
from phiward.domain.people import TenantId
from phiward.domain.ports import AuditLog, Clock

log = structlog.get_logger("phiward.workers")
SETTLE_SECONDS = 600.0
GATEWAY_ENDED = "gateway_ended"
"""The code of an outcome that nobody knows: the process ended before it was recorded."""
OPEN = """
SELECT i.interaction, i.tenant FROM worker w JOIN audit_entry i ON i.worker = w.id
 WHERE NOT w.settled AND (w.ended_at IS NOT NULL OR w.seen_at < now() - make_interval(secs => %s))
   AND i.kind = 'intent'
   AND NOT EXISTS (SELECT FROM audit_entry o WHERE o.interaction = i.interaction AND o.kind = 'outcome')
"""
SETTLE = """
UPDATE worker w SET settled = true
 WHERE NOT w.settled AND (w.ended_at IS NOT NULL OR w.seen_at < now() - make_interval(secs => %s))
   AND coalesce(w.ended_at, w.seen_at) < now() - make_interval(secs => %s)
"""
HAS_OUTCOME = "SELECT EXISTS (SELECT FROM audit_entry WHERE interaction = %s AND kind = 'outcome')"


class Workers:
    """This process among the others."""

    def __init__(self, database: Database, worker: UUID, dead_seconds: float) -> None:
        """`dead_seconds`: silence after which another process is taken for dead, by the database's clock."""
        self._database, self._worker, self._dead_seconds = database, worker, dead_seconds

    async def end_all(self) -> None:
        """Every earlier process is dead: the caller holds the lock on the data folder."""
        async with self._database.plain() as connection:
            await connection.execute("UPDATE worker SET ended_at = now() WHERE ended_at IS NULL")

    async def register(self) -> None:
        """This process lives."""
        async with self._database.plain() as connection:
            await connection.execute("INSERT INTO worker (id) VALUES (%s)", [self._worker])

    async def heartbeat(self) -> None:
        """This process lives still."""
        async with self._database.plain() as connection:
            await connection.execute("UPDATE worker SET seen_at = now(), settled = false WHERE id = %s", [self._worker])

    async def end(self) -> None:
        """This process ends in order."""
        async with self._database.plain() as connection:
            await connection.execute("UPDATE worker SET ended_at = now() WHERE id = %s", [self._worker])

    async def close_open_intents(self, audit: AuditLog, clock: Clock) -> int:
        """Record `unknown` for what dead processes left open; returns how many.

        Several processes may do so at once: each intent gets one outcome. Raises StorageError, and
        AuditUnavailableError when the log cannot be written.
        """
        async with self._database.plain() as connection:
            cursor = await connection.execute(OPEN, [self._dead_seconds])
            rows = await cursor.fetchall()
        closed = 0
        for interaction, tenant in rows:
            facts = {"outcome": Outcome.UNKNOWN, "code": GATEWAY_ENDED}
            entry = Entry(uuid4(), TenantId(tenant), interaction, EntryKind.OUTCOME, clock(), facts)
            try:
                await audit.append(entry)
                closed += 1
            except AuditUnavailableError:
                if not await self._has_outcome(interaction):
                    raise
                log.info("an open intent was closed by another process", interaction=str(interaction))
        async with self._database.plain() as connection:
            await connection.execute(SETTLE, [self._dead_seconds, SETTLE_SECONDS])
        return closed

    async def run(self, audit: AuditLog, clock: Clock) -> None:
        """Tell that this process lives, and close what others left, until cancelled."""
        pause = min(5.0, self._dead_seconds / 4)
        while True:
            await asyncio.sleep(pause)
            try:
                await self.heartbeat()
                await self.close_open_intents(audit, clock)
            except (StorageError, AuditUnavailableError):
                log.warning("the heartbeat could not be written")

    async def _has_outcome(self, interaction: UUID) -> bool:
        async with self._database.plain() as connection:
            cursor = await connection.execute(HAS_OUTCOME, [interaction])
            row = await cursor.fetchone()
        return bool(row and row[0])
