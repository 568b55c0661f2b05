"""What runs through the log from entry to entry, over all shards: interactions, processes, and what it says of itself.

An intent has one outcome. A process counts what it appended and says so: whatever it was acknowledged must be here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from phiward.audit.destroyed import records_in
from phiward.audit.findings import FindingKind, Notice, NoticeKind
from phiward.audit.sayings import CLOCK_REGRESSED, HEARTBEAT, SHARD_DESTROYED, STARTED, STOPPED
from phiward.domain.audit import EntryKind

SILENCE_SECONDS = 2400.0
"""Longer than two heartbeats of a process that lives (adapters/postgres/heartbeat.py)."""
_INTENT, _OUTCOME, _LOG = str(EntryKind.INTENT), str(EntryKind.OUTCOME), str(EntryKind.LOG)


class Finds(Protocol):
    """Where findings go."""

    def find(self, kind: FindingKind, index: int | None, detail: str, shard: str = "") -> None:
        """Note one."""


@dataclass(slots=True)
class Process:
    """What is known of a gateway process that was seen to start."""

    place: tuple[str, int]
    seen: datetime
    claimed: int = 0
    claimed_at: tuple[str, int] = ("", 0)


@dataclass(slots=True)
class Threads:
    """Memory: the open intents, and one line for each process."""

    open: dict[str, tuple[str, int]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    destroyed: dict[str, int | None] = field(default_factory=dict)
    """By shard, how many entries the record of its destruction says that it had."""
    _outcomes: dict[str, tuple[str, int]] = field(default_factory=dict)
    _processes: dict[str, Process] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _blind: bool = False

    def blind(self) -> None:
        """A shard's entries are gone: what began in it is no finding."""
        self._blind = True

    def follow(self, shard: str, index: int, said: Mapping[str, Any], found: Finds) -> None:
        """The next entry, in clear. Raises KeyError, TypeError or ValueError for what is not an entry."""
        kind = said["kind"]
        self._counts[said.get("worker", "")] += 1
        if kind == _LOG:
            self._said(shard, index, said)
        else:
            self._interaction(said["interaction"], kind, (shard, index), found)

    def finish(self, found: Finds, waiting: Mapping[str, int]) -> None:
        """After the last shard. `waiting`: by process, how many entries have no number yet."""
        if not self._blind:
            for shard, index in self._outcomes.values():
                detail = "no intent is open for it: a second outcome, or a lost intent"
                found.find(FindingKind.OUTCOME_ALONE, index, detail, shard)
        for worker, process in self._processes.items():
            missing = process.claimed - self._counts[worker] - waiting.get(worker, 0)
            if missing > 0:
                shard, index = process.claimed_at
                detail = f"a process said that it had appended {process.claimed} entries; {missing} are not here"
                found.find(FindingKind.LOST, index, detail, shard)

    def _interaction(self, interaction: str, kind: str, place: tuple[str, int], found: Finds) -> None:
        """An outcome may stand before its intent when the clocks of two processes differ."""
        if kind == _INTENT:
            if interaction in self.open:
                shard, index = self.open[interaction]
                found.find(FindingKind.INTENT_TWICE, place[1], f"the first stands at index {index} {shard}", place[0])
            elif self._outcomes.pop(interaction, None) is None:
                self.open[interaction] = place
        elif kind == _OUTCOME and self.open.pop(interaction, None) is None:
            if interaction in self._outcomes:
                detail = "the interaction has another outcome already"
                found.find(FindingKind.OUTCOME_ALONE, place[1], detail, place[0])
            else:
                self._outcomes[interaction] = place

    def _said(self, shard: str, index: int, said: Mapping[str, Any]) -> None:
        facts, worker = said["facts"], said.get("worker", "")
        action, at = facts.get("action"), datetime.fromisoformat(said["at"])
        if action == SHARD_DESTROYED:
            for record in records_in(facts, shard, index):
                self.destroyed.setdefault(record.destroyed, record.size)
        elif action == CLOCK_REGRESSED:
            detail = f"the clock of a {facts['clock']} went back by {int(facts['seconds'])} seconds"
            self.notices.append(Notice(NoticeKind.CLOCK, index, detail, shard))
        elif action == STARTED:
            self._processes[worker] = Process((shard, index), at)
        elif action in (HEARTBEAT, STOPPED) and worker in self._processes:
            self._beat(self._processes[worker], at, facts, (shard, index))

    def _beat(self, process: Process, at: datetime, facts: Mapping[str, Any], place: tuple[str, int]) -> None:
        silent = (at - process.seen).total_seconds()
        if silent > SILENCE_SECONDS:
            detail = f"no heartbeat for {round(silent / 60)} minutes before this one"
            self.notices.append(Notice(NoticeKind.SILENT, place[1], detail, place[0]))
        process.seen, claimed = at, int(facts["entries"])
        if claimed > process.claimed:
            process.claimed, process.claimed_at = claimed, place
