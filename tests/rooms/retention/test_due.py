"""What is due: six years from the later date at the least, and nothing ever makes it earlier."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.retention.due import CLASSES, Kept, KeptKind, due_at, standing, years_after
from phiward.retention.holds import Hold, HoldReason, HoldScope
from phiward.retention.schedule import FLOOR_YEARS, KeptClass, Schedule

AT = datetime(2020, 2, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
schedules = st.dictionaries(st.sampled_from([str(one) for one in KeptClass if one is not KeptClass.REVIEWS]),
                            st.integers(FLOOR_YEARS, 40)).map(Schedule.of)  # fmt: skip
holds = st.builds(
    Hold, st.uuids(), st.sampled_from(HoldScope), st.sampled_from(["a", "b", None]), st.sampled_from(HoldReason),
    st.just("uid:1"), instants,
)  # fmt: skip
kept = st.builds(
    Kept, st.sampled_from(KeptKind), st.just("x"), instants, st.none() | instants, st.booleans(), st.none() | instants,
    st.frozensets(st.tuples(st.sampled_from(HoldScope), st.sampled_from(["a", "b"]))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "over", "reason"),
    [
        (Kept(KeptKind.ALERT, "x", AT), datetime(2027, 3, 1, 12, tzinfo=UTC), "the 29th is never the day before"),
        (Kept(KeptKind.ALERT, "x", AT, AT - DAY), datetime(2027, 3, 1, 12, tzinfo=UTC), "created later"),
        (Kept(KeptKind.ALERT, "x", AT, AT + DAY), datetime(2027, 3, 1, 12, tzinfo=UTC), "in force later"),
        (Kept(KeptKind.ALERT, "x", AT, in_force=True), None, "still in force"),
        (Kept(KeptKind.REVIEW, "x", AT, reviewed_until=AT + 4000 * DAY), AT + 4000 * DAY, "until what it reviews goes"),
        (Kept(KeptKind.REVIEW, "x", AT, reviewed_until=AT), datetime(2027, 3, 1, 12, tzinfo=UTC), "its own is longer"),
    ],
)
def test_the_period_runs_from_the_later_date(one: Kept, over: datetime | None, reason: str) -> None:
    """By the default schedule."""
    assert due_at(one, Schedule.of({})) == over, reason


def test_it_is_due_at_its_instant_and_not_before() -> None:
    """To the microsecond."""
    one, over = Kept(KeptKind.ALERT, "x", AT), datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert standing(one, Schedule.of({}), [], over).due
    assert not standing(one, Schedule.of({}), [], over - timedelta(microseconds=1)).due


def test_a_hold_keeps_what_would_be_due() -> None:
    """And is named."""
    one = Kept(KeptKind.PATIENT, "x", AT, touches=frozenset({(HoldScope.PATIENT, "x")}))
    hold = Hold(UUID(int=5), HoldScope.PATIENT, "x", HoldReason.BREACH, "uid:1", AT)
    found = standing(one, Schedule.of({}), [hold], AT + 9999 * DAY)
    assert (found.due, found.holds) == (False, (hold.id,))


def test_the_longest_of_what_goes_together_holds() -> None:
    """A shard takes its texts with it, and a patient's key his texts."""
    for kind in (KeptKind.SHARD, KeptKind.PATIENT):
        assert due_at(Kept(kind, "x", AT), Schedule.of({"texts": 20})) == years_after(AT, 20)


@given(kept, schedules, st.lists(holds), instants)
def test_nothing_is_due_before_six_years_from_the_later_date(
    one: Kept, schedule: Schedule, standing_holds: list[Hold], now: datetime
) -> None:
    """Whatever is set."""
    if standing(one, schedule, standing_holds, now).due:
        assert now >= years_after(max(one.created_at, one.last_in_force or one.created_at), FLOOR_YEARS)
        assert not one.in_force


@given(kept, schedules, st.lists(holds), instants, instants)
def test_a_later_date_never_makes_it_due_earlier(
    one: Kept, schedule: Schedule, standing_holds: list[Hold], now: datetime, other: datetime
) -> None:
    """Each date, and still being in force."""
    for later in (
        replace(one, created_at=max(one.created_at, other)),
        replace(one, last_in_force=max(one.last_in_force or other, other)),
        replace(one, reviewed_until=max(one.reviewed_until or other, other)),
        replace(one, in_force=True),
    ):
        assert standing(later, schedule, standing_holds, now).due <= standing(one, schedule, standing_holds, now).due


@given(kept, schedules, st.sampled_from(KeptClass), st.integers(0, 20), st.lists(holds), instants)
def test_a_longer_period_never_makes_it_due_earlier(
    one: Kept, schedule: Schedule, longer: KeptClass, more: int, standing_holds: list[Hold], now: datetime
) -> None:
    """Of any class."""
    extended = Schedule({**schedule.years, longer: schedule.years[longer] + more})
    assert standing(one, extended, standing_holds, now).due <= standing(one, schedule, standing_holds, now).due


@given(kept, schedules, st.lists(holds), holds, instants)
def test_one_more_hold_never_makes_it_due_earlier(
    one: Kept, schedule: Schedule, standing_holds: list[Hold], added: Hold, now: datetime
) -> None:
    """Wherever it stands."""
    more = standing(one, schedule, [*standing_holds, added], now)
    assert more.due <= standing(one, schedule, standing_holds, now).due


def test_each_kind_belongs_to_a_class_and_each_class_to_a_kind() -> None:
    """Nothing is without a period."""
    assert set(CLASSES) == set(KeptKind)
    assert {one for classes in CLASSES.values() for one in classes} == set(KeptClass)
