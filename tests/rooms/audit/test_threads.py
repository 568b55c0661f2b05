"""What a process was acknowledged must be there, and its silence is told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from phiward.audit.findings import FindingKind, NoticeKind
from phiward.audit.leaf import decode_leaf, encode_leaf
from phiward.audit.sayings import CLOCK_REGRESSED, HEARTBEAT, SHARD_DESTROYED, STARTED, STOPPED, said
from phiward.audit.threads import SILENCE_SECONDS, Threads
from phiward.audit.walk import Found
from phiward.domain.audit import Entry

from .made import START, WORKER, entry

PERSON = {"version": "1.0.0"}


def beat(action: str, after: float = 0, **facts: Any) -> Entry:
    """The log about a process."""
    return said(action, facts, START + timedelta(seconds=after))


def followed(*entries: Entry, waiting: int = 0, threads: Threads | None = None) -> tuple[Threads, list[Any]]:
    """What is noticed and found."""
    threads, found = threads or Threads(), Found()
    for index, one in enumerate(entries):
        threads.follow("2026", index, decode_leaf(encode_leaf(one, WORKER)), found)
    threads.finish(found, {str(WORKER): waiting})
    return threads, [(one.kind, one.index) for one in found.findings]


def test_entries_that_were_acknowledged_and_are_gone_are_found() -> None:
    """A superuser deleted them before they had a number: the process counted them."""
    history = [beat(STARTED, **PERSON), entry(0), beat(HEARTBEAT, 60, entries=4)]
    assert followed(*history)[1] == [(FindingKind.LOST, 2)]
    assert followed(*history, waiting=1)[1] == []


def test_a_process_that_tells_the_truth_is_believed() -> None:
    """Its count has its own entries in it, also those that came after the last heartbeat."""
    history = [
        beat(STARTED, **PERSON),
        entry(0),
        entry(1),
        beat(HEARTBEAT, 60, entries=3),
        beat(STOPPED, 61, entries=4),
    ]
    threads, found = followed(*history)
    assert (found, threads.notices) == ([], [])


def test_a_process_whose_start_is_not_here_is_not_judged() -> None:
    """Its first entries stand in a shard that was destroyed."""
    assert followed(beat(HEARTBEAT, entries=900))[1] == []


def test_silence_longer_than_two_heartbeats_is_told() -> None:
    """It is no finding: a machine may have been suspended."""
    threads, found = followed(beat(STARTED, **PERSON), beat(HEARTBEAT, SILENCE_SECONDS + 60, entries=1))
    assert found == []
    assert [(one.kind, one.index, one.shard) for one in threads.notices] == [(NoticeKind.SILENT, 1, "2026")]


def test_a_clock_that_went_back_is_told() -> None:
    """With its seconds."""
    threads, _ = followed(beat(CLOCK_REGRESSED, seconds=3600, clock="database", by=None))
    assert [one.kind for one in threads.notices] == [NoticeKind.CLOCK]
    assert "3600" in threads.notices[0].detail


def test_an_outcome_whose_intent_was_destroyed_with_its_shard_is_no_finding() -> None:
    """Only where a shard's entries are gone."""
    assert followed(entry(1))[1] == [(FindingKind.OUTCOME_ALONE, 0)]
    threads = Threads()
    threads.blind()
    assert followed(entry(1), threads=threads)[1] == []


def test_a_destroyed_shard_is_remembered_by_its_record() -> None:
    """The verifier asks for it."""
    threads, _ = followed(beat(SHARD_DESTROYED, shard="2019", size=4, root="00" * 32, schedule="audit"))
    assert threads.destroyed == {"2019": 4}


@pytest.mark.parametrize("facts", [{}, {"entries": "many"}, {"entries": None}])
def test_a_heartbeat_that_cannot_be_read_raises_what_the_walk_expects(facts: dict[str, Any]) -> None:
    """It becomes a finding at its index, never a crash."""
    threads = Threads()
    threads.follow("", 0, decode_leaf(encode_leaf(beat(STARTED, **PERSON), WORKER)), Found())
    broken = {"kind": "log", "worker": str(WORKER), "at": START.isoformat(), "facts": {"action": HEARTBEAT, **facts}}
    with pytest.raises((KeyError, ValueError, TypeError)):
        threads.follow("", 1, broken, Found())


def test_the_interaction_of_a_stranger_is_kept_apart() -> None:
    """Two intents, one outcome."""
    other = entry(0, id=UUID(int=1), interaction=UUID(int=2))
    threads, found = followed(entry(0), other, entry(1))
    assert (list(threads.open), found) == ([str(UUID(int=2))], [])
