"""Each anchor is kept as new as its interval says, by itself; one that fails or remembers more is alarmed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from phiward.audit import anchoring as module
from phiward.audit.anchoring import Anchoring, AnchorStatus
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.opened import open_checkpoint
from phiward.audit.ports import Consistency
from phiward.domain.errors import AnchorError, RewoundError, StorageError

from .made import SIGNER, START

ONE, TWO, THREE = (SIGNER.checkpoint(size, bytes([size]) * 32, "2026") for size in (1, 2, 3))


@dataclass
class Place:
    """An anchor in memory that fails as often as it is told."""

    name: str = "place"
    kind: str = "folder"
    interval_seconds: float = 0.001
    failures: list[Exception] = field(default_factory=list)
    hangs: bool = False
    kept: list[int] = field(default_factory=list)
    tried: int = 0

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Remember the size."""
        self.tried += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.failures:
            raise self.failures.pop(0)
        self.kept.append(checkpoint.size)

    async def read(self) -> Sequence[bytes]:
        """Never asked here."""
        raise AssertionError


@dataclass
class House:
    """Anchors, and what is told and alarmed; the clock goes on a minute at each look."""

    places: list[Place]
    told: list[AnchorStatus] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    book_fails: bool = False
    minutes: int = 0

    async def tell(self, status: AnchorStatus) -> None:
        """The book."""
        if self.book_fails:
            raise StorageError("away")
        self.told.append(status)

    def clock(self) -> Any:
        """A minute later at each look."""
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)

    def anchoring(self) -> Anchoring:
        """On these anchors."""

        async def never(old: int) -> Sequence[bytes]:
            raise AssertionError(old)

        def alarm(code: str, facts: dict[str, Any]) -> None:
            self.alarms.append(code)

        def opened(note: bytes) -> Checkpoint:
            return open_checkpoint(SIGNER.verifier, note)

        return Anchoring(self.places, opened, lambda _: never, self, self.clock, alarm)


@asynccontextmanager
async def running(house: House) -> AsyncIterator[Anchoring]:
    """Beside the test."""
    anchoring = house.anchoring()
    task = asyncio.create_task(anchoring.run())
    try:
        yield anchoring
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(holds: Any) -> None:
    """The suite's time-out ends what never comes."""
    while not holds():  # noqa: ASYNC110 - what is awaited has no event
        await asyncio.sleep(0.002)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses."""
    monkeypatch.setattr(module, "BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(module, "MAX_BACKOFF_SECONDS", 0.01)


async def test_an_anchor_that_is_away_is_tried_again_and_then_alarmed_once() -> None:
    """And told when it takes checkpoints again."""
    place = Place(failures=[AnchorError("away") for _ in range(5)])
    house = House([place])
    async with running(house) as anchoring:
        anchoring.offer(ONE)
        await until(lambda: place.kept == [1])
    assert house.alarms == ["audit.anchor_failing", "audit.anchor_again"]
    assert (house.told[0].error, house.told[-1].error, house.told[-1].size) == ("audit_anchor_unavailable", None, 1)
    assert house.told[0].failing_since is not None


async def test_a_short_failure_raises_no_alarm() -> None:
    """A network has its moments."""
    place = Place(failures=[AnchorError("away")])
    house = House([place])
    async with running(house) as anchoring:
        anchoring.offer(ONE)
        await until(lambda: place.kept == [1])
    assert house.alarms == []


async def test_an_anchor_that_remembers_more_is_alarmed_at_once() -> None:
    """The log was cut or forked."""
    house = House([Place(failures=[RewoundError("more") for _ in range(3)])])
    async with running(house) as anchoring:
        anchoring.offer(ONE)
        await until(lambda: house.alarms)
    assert house.alarms[0] == "audit.rewound"
    assert house.told[0].error == "audit_rewound"


async def test_one_that_fails_or_hangs_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor the log: to offer takes no time."""
    monkeypatch.setattr(module, "KEEP_SECONDS", 0.02)
    hung, good = Place("hung", hangs=True), Place("good")
    house = House([hung, good])
    async with running(house) as anchoring:
        for note in (ONE, TWO, THREE):
            anchoring.offer(note)
        await until(lambda: good.kept == [3] and hung.tried > 1)
    assert {status.name: status.error for status in anchoring.statuses} == {
        "hung": "audit_anchor_unavailable",
        "good": None,
    }


async def test_within_its_interval_an_anchor_waits_unless_it_is_hurried() -> None:
    """Break-the-glass does not wait."""
    place = Place(interval_seconds=3600)
    async with running(House([place])) as anchoring:
        anchoring.offer(ONE)
        await until(lambda: place.kept == [1])
        anchoring.offer(TWO)
        anchoring.offer(THREE)
        await asyncio.sleep(0.02)
        assert place.kept == [1]
        anchoring.hurry()
        await until(lambda: place.kept == [1, 3])


async def test_a_book_that_cannot_be_written_stops_nothing() -> None:
    """The anchor has the checkpoint; only the page does not say so yet."""
    place = Place()
    async with running(House([place], book_fails=True)) as anchoring:
        anchoring.offer(ONE)
        await until(lambda: place.kept == [1])
        assert anchoring.statuses[0].size == 1


async def test_at_the_end_what_is_behind_is_kept_once_more() -> None:
    """Cancelled between numbering and anchoring; what is up to date is left alone."""
    place = Place(interval_seconds=3600)
    house = House([place])
    anchoring = house.anchoring()
    await anchoring.flush()
    assert place.tried == 0
    anchoring.offer(TWO)
    await anchoring.flush()
    await anchoring.flush()
    assert (place.kept, place.tried) == ([2], 1)
