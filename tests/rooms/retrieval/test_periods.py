"""The time a question is about; where it is not clear, all of it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.retrieval.periods import Period, period

_NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
_DAY = date.fromisoformat


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("latest potassium", "no time"),
        ("glucose above 2000", "a number that is no date"),
        ("creatinine in 2023-13-45", "a date that there is not"),
        ("BP 120/80", "no date"),
        ("in 2022.5 units", "a decimal"),
        ("room 2022", "a year without a word before it"),
        ("may he take aspirin", "a verb that is a month"),
        ("labs in 2019 and creatinine since 2021", "two kinds of period that make no one"),
        ("for the last time", "no unit of time"),
    ],
)
def test_what_names_no_clear_time_limits_nothing(question: str, reason: str) -> None:
    """Too much is found rather than too little."""
    assert period(question, _NOW) == (Period(), question) or period(question, _NOW)[0] == Period(), reason


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("A1c since 2023", "2023-01-01", None),
        ("A1c since March 2023", "2023-03-01", None),
        ("A1c since Mar. 5th, 2023", "2023-03-05", None),
        ("A1c after 3/5/2023", "2023-03-05", None),
        ("A1c starting in 2023", "2023-01-01", None),
        ("A1c in 2022", "2022-01-01", "2023-01-01"),
        ("A1c in December 2022", "2022-12-01", "2023-01-01"),
        ("A1c 12/2022", "2022-12-01", "2023-01-01"),
        ("A1c of 2022-02", "2022-02-01", "2022-03-01"),
        ("A1c on 2022-02-28", "2022-02-28", "2022-03-01"),
        ("A1c before 2022", None, "2022-01-01"),
        ("A1c until 2022", None, "2023-01-01"),
        ("A1c up to March 2022", None, "2022-04-01"),
        ("A1c between 2020 and March 2022", "2020-01-01", "2022-04-01"),
        ("A1c from 2020 to 2022", "2020-01-01", "2023-01-01"),
        ("A1c in 2020 and 2022", "2020-01-01", "2023-01-01"),
        ("A1c of March 2020 against that of 2022-05-01", "2020-03-01", "2022-05-02"),
        ("A1c after 2020 and before June 2022", "2020-01-01", "2022-06-01"),
        ("A1c over the last year", "2025-03-31", None),
        ("A1c in the past year", "2025-03-31", None),
        ("A1c of the last two years", "2024-03-31", None),
        ("A1c in the last 6 months", "2025-09-30", None),
        ("A1c in the last month", "2026-02-28", None),
        ("A1c in the past couple of weeks", "2026-03-17", None),
        ("A1c last year", "2025-01-01", "2026-01-01"),
        ("A1c last month", "2026-02-01", "2026-03-01"),
        ("A1c last week", "2026-03-23", "2026-03-30"),
        ("A1c this year", "2026-01-01", None),
        ("A1c this month", "2026-03-01", None),
        ("A1c today", "2026-03-31", "2026-04-01"),
        ("A1c yesterday", "2026-03-30", "2026-03-31"),
    ],
)
def test_a_time_is_read(question: str, since: str | None, until: str | None) -> None:
    """From the first day, to the day after the last; and its words are taken out of the question."""
    found, rest = period(question, _NOW)
    assert found == Period(_DAY(since) if since else None, _DAY(until) if until else None)
    assert rest.startswith("A1c")
    assert len(rest) == len(question)
    assert not any(c.isdigit() for c in rest[3:])


@pytest.mark.parametrize(
    ("moment", "within"),
    [
        (None, True),
        (datetime(2022, 1, 1, tzinfo=UTC), True),
        (datetime(2022, 12, 31, 23, 59, tzinfo=UTC), True),
        (datetime(2023, 1, 1, tzinfo=UTC), False),
        (datetime(2021, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2021, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), True),
    ],
)
def test_a_moment_is_held_by_its_utc_date(moment: datetime | None, within: bool) -> None:
    """What has no date cannot be ruled out."""
    assert Period(date(2022, 1, 1), date(2023, 1, 1)).holds(moment) is within


@given(st.text(alphabet=st.sampled_from(list("in 2023-1/ lastyerofmch,and")), max_size=40))
def test_any_question_is_read_without_an_error(question: str) -> None:
    """And keeps its length, so that nothing else moves."""
    found, rest = period(question, _NOW)
    assert len(rest) == len(question)
    assert found.since is None or found.until is None or found.since <= found.until or "before" in question
