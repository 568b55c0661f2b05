"""What the foot of every page says of the log: how far it is numbered and signed.

Two indexed looks, kept for a moment.
"""

from datetime import datetime, timedelta
from typing import Final

from phiward.adapters.postgres.database import Database
from phiward.domain.console import NUMBERED_WITHIN, LogState
from phiward.domain.ports import Clock

REMEMBERED: Final = timedelta(seconds=5)
_HEAD = "SELECT size, made_at FROM audit_checkpoint ORDER BY shard DESC, size DESC LIMIT 1"
_WAITS = "SELECT min(recorded_at) FROM audit_entry WHERE leaf_index IS NULL"


class PostgresLogState:
    """Implements console.ports.Log. `database` is of the gateway."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Nothing is asked before the first page."""
        self._database, self._clock = database, clock
        self._known: tuple[datetime, LogState] | None = None

    async def state(self) -> LogState:
        """At most REMEMBERED old. Raises StorageError."""
        now = self._clock()
        if self._known is not None and now - self._known[0] < REMEMBERED:
            return self._known[1]
        async with self._database.plain() as connection:
            head = await (await connection.execute(_HEAD)).fetchone()
            waits = await (await connection.execute(_WAITS)).fetchone()
        oldest = None if waits is None else waits[0]
        healthy = oldest is None or now - oldest < NUMBERED_WITHIN
        made = LogState(0, None, healthy) if head is None else LogState(head[0], head[1], healthy)
        self._known = (now, made)
        return made
