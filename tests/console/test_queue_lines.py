"""The lines of the queue: late before today before later, and every watched thing says what it sets off."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.console.queue_lines import due_badge, is_late, lines_of
from phiward.domain.emergency import ReviewEntry
from phiward.domain.office import Alarm, Guarded, HeldNote, OpenIncident, Period, Stop, Waiting, Watched
from tests.console.office_twins import ENTRY, GRANT, HOLDS, KEEPS_UP, QUIET, REPORTED
from tests.console.twins import NOW

NONE: tuple[ReviewEntry, ...] = ()
STOP = Stop("northlight", "Northlight Example", NOW + timedelta(days=21), ("large",))


@pytest.mark.parametrize(
    ("watched", "state", "part"),
    [
        (replace(QUIET, check=None), "late", "no check is on record"),
        (replace(QUIET, check=replace(HOLDS, holds=False, findings=("leaf_changed",))), "bad", "leaf changed"),
        (replace(QUIET, check=replace(HOLDS, at=NOW - timedelta(hours=27))), "late", "it runs every day"),
        (replace(QUIET, anchors=()), "due", "nothing is anchored"),
        (replace(QUIET, anchors=(replace(KEEPS_UP, failing_since=NOW),)), "late", "folder"),
        (replace(QUIET, alarms=(Alarm("audit.rewound", 2, NOW, 1),)), "due", "2 times"),
        (replace(QUIET, stops=(STOP,)), "", "in 21 days"),
        (replace(QUIET, stops=(replace(STOP, ends_at=NOW - timedelta(days=1)),)), "late", "ended"),
        (replace(QUIET, periods=(Period("2019", NOW),)), "due", "its period ends"),
        (replace(QUIET, guarded=(Guarded(GRANT, NOW, "alice", 2, ("sends",), False),)), "", "interaction"),
    ],
)
def test_what_is_watched_becomes_a_line(watched: Watched, state: str, part: str) -> None:
    """One each; a quiet look makes none."""
    assert lines_of(NONE, Waiting(), QUIET, NOW) == ()
    (line,) = lines_of(NONE, Waiting(), watched, NOW)
    assert line.state == state
    assert part in line.about + line.title


def test_what_stops_and_what_goes_on_by_an_accepted_risk_is_said() -> None:
    """Identified text stops; transformed text may go on."""
    (line,) = lines_of(NONE, Waiting(), replace(QUIET, stops=(STOP,)), NOW)
    assert line.why == "Stops on that day: everything to large."
    accepted = replace(STOP, accepted_until=NOW + timedelta(days=40))
    (line,) = lines_of(NONE, Waiting(), replace(QUIET, stops=(accepted,)), NOW)
    assert "identified text to large" in line.why
    assert "3 Jan 2027" in line.why


def test_the_order_is_late_then_today_then_by_date_then_without_a_clock() -> None:
    """Over every kind."""
    late = replace(ENTRY, review_due=NOW - timedelta(hours=1))
    later = replace(ENTRY, review_due=NOW + timedelta(days=1))
    waiting = Waiting((HeldNote(GRANT, "result", NOW, 1),), (REPORTED,), (OpenIncident(GRANT, GRANT, NOW),))
    lines = lines_of((later, ENTRY, late), waiting, replace(QUIET, stops=(STOP,)), NOW)
    assert [one.kind for one in lines][:5] == ["emergency", "emergency", "emergency", "agreement", "incident"]
    assert [one.word for one in lines] == ["Overdue", "Today", "Wed 25 Nov", "Tue 15 Dec", "Sat 23 Jan", "No clock",
                                           "No clock"]  # fmt: skip


@given(st.integers(-100_000, 100_000), st.integers(0, 100_000))
def test_a_later_due_date_is_never_more_urgent(minutes: int, more: int) -> None:
    """Monotone."""
    ranks = {"late": 0, "due": 1, "": 2}
    first, second = (NOW + timedelta(minutes=one) for one in (minutes, minutes + more))
    assert ranks[due_badge(first, NOW)[0]] <= ranks[due_badge(second, NOW)[0]]


def test_an_anchor_is_late_when_it_fails_or_keeps_nothing_of_what_is_new() -> None:
    """Nothing new: nothing to keep."""
    old = NOW - timedelta(days=3)
    assert not is_late(replace(KEEPS_UP, kept_at=old), NOW)
    assert is_late(replace(KEEPS_UP, kept_at=old, behind=1), NOW)
    assert is_late(replace(KEEPS_UP, kept_at=None, behind=1), NOW)
    assert not is_late(replace(KEEPS_UP, behind=1), NOW)


def test_a_review_says_what_raised_questions() -> None:
    """Open, extended, frequent, offline."""
    odd = replace(ENTRY, ends_at=NOW + timedelta(minutes=5), extended=True, frequent=True, offline=True)
    (line,) = lines_of((odd,), Waiting(), QUIET, NOW)
    for part in ("Several within a day.", "Extended once.", "offline code", "Still open until 12:05 UTC."):
        assert part in line.why
