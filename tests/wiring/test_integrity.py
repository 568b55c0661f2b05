"""The log is checked before the gateway listens and beside it; what does not hold is on record and alarmed."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from phiward.audit.findings import Finding, FindingKind, Report, ShardReport
from phiward.domain.audit import Entry
from phiward.domain.errors import StorageError
from phiward.settings import Settings
from phiward.wiring import integrity as module
from phiward.wiring.integrity import Checked, Integrity
from phiward.wiring.log import Log

SHARDS = (ShardReport("2026", 12, "bb", 4, 2, 10),)
GOOD = Checked(Report(True, 12, 0, (), (), shards=SHARDS), ())
FOUND = (Finding(FindingKind.ROW, 9, "x", "2026"), Finding(FindingKind.GAP, 4, "y", "2026"))
BAD = Checked(Report(False, 12, 0, (), FOUND, shards=SHARDS), ("witness",))


@dataclass
class Keeper:
    """Remembers what is recorded and alarmed."""

    recorded: list[dict[str, Any]] = field(default_factory=list)
    alarmed: list[str] = field(default_factory=list)

    async def append(self, entry: Entry) -> None:
        """The log."""
        self.recorded.append(dict(entry.facts))

    def integrity(self, checked: Checked | None, despite: str | None = None) -> Integrity:
        """On this keeper; a check every hour."""
        parts = SimpleNamespace(audit=self, alarms=lambda code, facts: self.alarmed.append(code))
        return Integrity(Settings(audit_verify_hours=1), cast(Log, parts), checked, despite)


async def test_a_log_that_does_not_hold_is_served_from_only_on_record() -> None:
    """With the code that was given, and two alarms."""
    keeper = Keeper()
    await keeper.integrity(BAD, "inc-17").begin()
    assert [one["action"] for one in keeper.recorded] == ["log.verified", "log.verification_overridden"]
    assert keeper.recorded[0] | {"action": ""} == {
        "action": "",
        "holds": False,
        "entries": 12,
        "findings": ["gap", "row"],
        "first_bad_shard": "2026",
        "first_bad_index": 4,
        "anchors_silent": 1,
        "objects_hidden": 0,
    }
    assert keeper.recorded[1]["reason"] == "inc-17"
    assert keeper.alarmed == ["audit.does_not_hold", "audit.verification_overridden"]


async def test_a_log_that_holds_is_recorded_and_nobody_is_alarmed() -> None:
    """And one that was too long to wait for is not recorded yet."""
    keeper = Keeper()
    await keeper.integrity(GOOD).begin()
    await keeper.integrity(None).begin()
    assert [one["holds"] for one in keeper.recorded] == [True]
    assert keeper.alarmed == []


async def test_a_long_log_is_checked_right_after_the_start_and_again_after_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database was away for the first try."""
    outcomes: list[Any] = [StorageError("away"), BAD]

    async def check(settings: Settings, progress: Callable[[int], None]) -> Checked:
        found = outcomes.pop(0)
        if isinstance(found, Exception):
            raise found
        return cast(Checked, found)

    monkeypatch.setattr(module, "check_log", check)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.001)
    keeper = Keeper()
    integrity = keeper.integrity(None)
    task = asyncio.create_task(integrity.run())
    while not keeper.recorded:  # noqa: ASYNC110 - what is awaited has no event
        await asyncio.sleep(0.002)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert (integrity.newest, keeper.alarmed, outcomes) == (BAD, ["audit.does_not_hold"], [])


async def test_a_check_that_is_under_way_is_given_up_when_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the end would wait for a log of ten million."""
    begun, pages = asyncio.Event(), list[int]()
    loop = asyncio.get_running_loop()

    async def check(settings: Settings, progress: Callable[[int], None]) -> Checked:
        loop.call_soon_threadsafe(begun.set)
        while True:
            pages.append(1)
            await asyncio.sleep(0.001)
            progress(len(pages))

    monkeypatch.setattr(module, "check_log", check)
    task = asyncio.create_task(module.check_beside(Settings()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    seen = -1
    while seen != len(pages):  # it stands still
        seen = len(pages)
        await asyncio.sleep(0.05)
