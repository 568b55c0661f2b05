"""Keeps every anchor as new as its interval says; none waits for another, and none can stop the log.

What came after the newest checkpoint that an anchor has could be cut without this anchor seeing it: that window is
what an operator chooses with the interval, and what is shown. An anchor that fails is tried again and alarmed; one that
remembers more than the log holds is the alarm itself. Break-the-glass does not wait for an interval.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import structlog

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.ports import Anchor, Consistency
from phiward.domain.errors import AnchorError, PhiwardError, RewoundError
from phiward.domain.ports import Clock

log = structlog.get_logger("phiward.audit")
BACKOFF_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 60.0
PATIENCE = 3
"""After so many intervals without success (and PATIENCE_SECONDS at least) a failing anchor is alarmed."""
PATIENCE_SECONDS = 60.0
KEEP_SECONDS = 60.0
"""Longest that one try may take: a hung anchor is a failed one."""


@dataclass(frozen=True, slots=True)
class AnchorStatus:
    """How far one place reaches. Times are UTC; `error` is the code of the last failure while it lasts."""

    name: str
    kind: str
    interval_seconds: float
    origin: str | None = None
    size: int | None = None
    kept_at: datetime | None = None
    failing_since: datetime | None = None
    error: str | None = None


class AnchorBook(Protocol):
    """Where every process tells how far its anchors reach."""

    async def tell(self, status: AnchorStatus) -> None:
        """Remember. Raises StorageError."""


Prove = Callable[[Checkpoint], Consistency]
Open = Callable[[bytes], Checkpoint]
Alarm = Callable[[str, dict[str, Any]], None]


class Anchoring:
    """The loop beside the sequencer, of one process."""

    def __init__(
        self, anchors: Sequence[Anchor], open_note: Open, prove: Prove, book: AnchorBook, clock: Clock, alarm: Alarm
    ) -> None:
        """`open_note` reads a checkpoint of ours; `prove` gives consistency proofs up to one."""
        self._places = [_Place(anchor) for anchor in anchors]
        self._open, self._prove, self._book, self._clock, self._alarm = open_note, prove, book, clock, alarm

    @property
    def statuses(self) -> tuple[AnchorStatus, ...]:
        """Of every anchor, as this process knows it."""
        return tuple(place.status for place in self._places)

    def offer(self, note: bytes) -> None:
        """The newest signed checkpoint. Never blocks, never raises."""
        for place in self._places:
            place.newest = note
            place.woken.set()

    def hurry(self) -> None:
        """Do not wait for the intervals: something happened that must not be cut."""
        for place in self._places:
            place.hurried.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for place in self._places:
                group.create_task(self._serve(place))

    async def flush(self) -> None:
        """One more try for each anchor that is behind, before the process ends. Raises nothing."""
        await asyncio.gather(*(self._keep(place) for place in self._places if place.newest != place.kept))

    async def _serve(self, place: "_Place") -> None:
        while True:
            await place.woken.wait()
            await place.due()
            place.woken.clear()
            await self._keep(place)

    async def _keep(self, place: "_Place") -> None:
        note = place.newest
        if note is None:
            return
        try:
            checkpoint = self._open(note)
            async with asyncio.timeout(KEEP_SECONDS):
                await place.anchor.keep(checkpoint, note, self._prove(checkpoint))
        except (PhiwardError, TimeoutError) as error:
            self._failed(place, error)
        else:
            self._kept(place, note, checkpoint)
        try:
            await self._book.tell(place.status)
        except PhiwardError as error:
            log.warning("the state of an anchor was not stored", anchor=place.anchor.name, code=error.code)

    def _kept(self, place: "_Place", note: bytes, checkpoint: Checkpoint) -> None:
        if place.alarmed:
            self._alarm("audit.anchor_again", {"anchor": place.anchor.kind})
        place.kept, place.alarmed, place.failures = note, False, 0
        place.next_at = time.monotonic() + place.anchor.interval_seconds
        reach = replace(place.status, origin=checkpoint.origin, size=checkpoint.size, kept_at=self._clock())
        place.status = replace(reach, failing_since=None, error=None)

    def _failed(self, place: "_Place", error: Exception) -> None:
        now = self._clock()
        code = error.code if isinstance(error, PhiwardError) else AnchorError.code
        since = place.status.failing_since or now
        place.status = replace(place.status, failing_since=since, error=code)
        place.failures += 1
        place.next_at = time.monotonic() + min(MAX_BACKOFF_SECONDS, BACKOFF_SECONDS * 2 ** min(place.failures - 1, 8))
        place.woken.set()
        log.warning("an anchor took no checkpoint", anchor=place.anchor.name, kind=type(error).__name__)
        patience = max(PATIENCE * place.anchor.interval_seconds, PATIENCE_SECONDS)
        rewound = isinstance(error, RewoundError)
        if not place.alarmed and (rewound or (now - since).total_seconds() >= patience):
            place.alarmed = True
            self._alarm("audit.rewound" if rewound else "audit.anchor_failing", {"anchor": place.anchor.kind})


class _Place:
    """One anchor with what is known of it."""

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor
        self.status = AnchorStatus(anchor.name, anchor.kind, anchor.interval_seconds)
        self.woken, self.hurried = asyncio.Event(), asyncio.Event()
        self.newest: bytes | None = None
        self.kept: bytes | None = None
        self.alarmed = False
        self.failures = 0
        self.next_at = float("-inf")

    async def due(self) -> None:
        """Return when the interval is over, or at once when hurried; after a failure the pause is kept."""
        wait = self.next_at - time.monotonic()
        if wait <= 0:
            return
        if self.failures:
            await asyncio.sleep(wait)
            return
        try:
            async with asyncio.timeout(wait):
                await self.hurried.wait()
        except TimeoutError:
            return
        self.hurried.clear()
