"""Clocks that go back: the database's, and that of each process that records.

The order of the log comes from no clock, so nothing breaks; but times that cannot be trusted must be known, on
record and alarmed. A step of less than TOLERANCE_SECONDS is what time servers do. Source: RFC 5905 section 5 (a
clock is stepped only beyond a threshold), 45 CFR 164.312(b).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phiward.domain.audit import StoredEntry

TOLERANCE_SECONDS = 5.0
NOBODY = UUID(int=0)
"""Commands, and the log itself: several processes, so several clocks."""
DATABASE, WORKER = "database", "worker"


@dataclass(frozen=True, slots=True)
class WentBack:
    """By how many seconds, whose clock, and which process."""

    seconds: int
    clock: str
    worker: UUID = NOBODY


class Clocks:
    """The latest time that each process gave, as far as this sequencer saw."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._latest: dict[UUID, datetime] = {}

    def went_back(self, now: datetime, latest_at: datetime | None, entries: Iterable[StoredEntry]) -> WentBack | None:
        """Whether the database's clock is behind what an earlier batch saw, or a process behind what it gave before.

        The first that is; what it gives now is what later times are held against.
        """
        found = _behind(now, latest_at, DATABASE, NOBODY)
        batch: dict[UUID, datetime] = {}
        for entry in entries:
            if entry.worker is not None and entry.worker != NOBODY and entry.recorded_at is not None:
                batch[entry.worker] = max(batch.get(entry.worker, entry.recorded_at), entry.recorded_at)
        for worker, at in batch.items():
            found = found or _behind(at, self._latest.get(worker), WORKER, worker)
            self._latest[worker] = at
        return found


def _behind(at: datetime, latest: datetime | None, clock: str, worker: UUID) -> WentBack | None:
    seconds = 0.0 if latest is None else (latest - at).total_seconds()
    return WentBack(round(seconds), clock, worker) if seconds > TOLERANCE_SECONDS else None
