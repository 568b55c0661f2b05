"""Working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.policy.working_days import WorkingDays

CHICAGO = WorkingDays(ZoneInfo("America/Chicago"), {date(2026, 11, 26)})
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("begun", "due", "reason"),
    [
        ("2026-11-23T15:00+00:00", "2026-11-26T06:00+00:00", "Monday: the end of Wednesday in Chicago"),
        ("2026-11-24T15:00+00:00", "2026-11-28T06:00+00:00", "Tuesday: Thursday is a holiday, so Friday"),
        ("2026-11-27T15:00+00:00", "2026-12-02T06:00+00:00", "Friday: Tuesday"),
        ("2026-11-28T15:00+00:00", "2026-12-02T06:00+00:00", "Saturday: Tuesday as well"),
        ("2026-11-24T04:00+00:00", "2026-11-26T06:00+00:00", "still Monday in Chicago"),
        ("2026-03-06T15:00+00:00", "2026-03-11T05:00+00:00", "over the change of the clocks"),
    ],
)
def test_a_review_is_due_at_the_end_of_the_second_working_day(begun, due, reason):
    """In the organisation's own time zone."""
    assert CHICAGO.due(datetime.fromisoformat(begun)) == datetime.fromisoformat(due), reason


@given(INSTANTS, st.integers(1, 10), st.frozensets(st.dates(date(2020, 1, 1), date(2035, 1, 1)), max_size=20))
def test_so_many_whole_working_days_lie_between(begun, days, holidays):
    """Neither more nor fewer, and it is never due before it was begun."""
    calendar = WorkingDays(UTC, holidays)
    due = calendar.due(begun, days)
    assert due > begun
    first, last = begun.date() + timedelta(days=1), due.date() - timedelta(days=1)
    between = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    assert sum(calendar.is_working(day) for day in between) == days
    assert calendar.is_working(last)


@given(INSTANTS, INSTANTS)
def test_what_begins_later_is_not_due_earlier(one, other):
    """Monotone."""
    early, late = sorted((one, other))
    assert CHICAGO.due(early) <= CHICAGO.due(late)
