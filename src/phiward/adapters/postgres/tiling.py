"""Writes the tiles of what was numbered, beside the sequencer and never in its transaction."""

import asyncio
from collections.abc import Callable

import structlog

from phiward.adapters.postgres.audit_tiles import TileWriter
from phiward.adapters.postgres.database import Database
from phiward.domain.errors import PhiwardError

log = structlog.get_logger("phiward.audit")
RETRY_SECONDS = 5.0
CLOSED = "SELECT name, closed_size FROM audit_shard WHERE closed_size > 0 AND destroyed_at IS NULL"


class Tiling:
    """The loop of one process. A process that dies is followed by any other: tiles can always be computed again."""

    def __init__(self, database: Database, reach: Callable[[bytes], tuple[str, int]]) -> None:
        """`database` connects as the gateway's role; `reach` says which shard and size a checkpoint is of."""
        self._database, self._reach = database, reach
        self._writer = TileWriter(database)
        self._newest: bytes | None = None
        self._woken = asyncio.Event()
        self._shard: str | None = None

    def offer(self, note: bytes) -> None:
        """The newest checkpoint. Never blocks."""
        self._newest = note
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; what fails is tried again."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._write()
            except PhiwardError as error:
                log.warning("tiles were not written", code=error.code)
                self._woken.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def _write(self) -> None:
        if self._newest is None:
            return
        shard, size = self._reach(self._newest)
        if shard != self._shard:  # at the start too: another process may have died before it closed one
            await self._close()
            self._shard = shard
        await self._writer.write(shard, size, closed=False)

    async def _close(self) -> None:
        async with self._database.plain() as connection:
            closed = await (await connection.execute(CLOSED)).fetchall()
        for name, size in closed:
            await self._writer.write(name, size, closed=True)
