"""FHIR dates and times, partial ones too."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.fields import Node
from phiward.records.fhir.times import first_moment, moment, whole_day
from tests.rooms.records.fhir_files import HERE


def _moment(value: str, *, end: bool = False) -> datetime | None:
    return moment(Node({"at": value}, HERE), "at", end=end)


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "1970-13",
        "1970-02-30",
        "70-01-01",
        "1970-1-1",
        "1970-01-01T10:00:00",
        "1970-01-01T10:00Z",
        "1970-01-01T25:00:00Z",
        "1970-01-01 10:00:00Z",
        "19700101",
        "0000",
        "١٩٧٠",
        "9999-12-31x",
    ],
)
def test_what_fhir_does_not_write_is_refused(value: str) -> None:
    """A time without a zone could be any of 26 hours."""
    with pytest.raises(ImportFailedError, match="at: this is not a date or time of FHIR"):
        _moment(value)


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("2020", datetime(2020, 1, 1), datetime(2021, 1, 1)),
        ("2020-12", datetime(2020, 12, 1), datetime(2021, 1, 1)),
        ("2020-02", datetime(2020, 2, 1), datetime(2020, 3, 1)),
        ("2020-02-29", datetime(2020, 2, 29), datetime(2020, 3, 1)),
    ],
)
def test_a_partial_date_is_a_span(value: str, start: datetime, end: datetime) -> None:
    """Its beginning is taken for a start, its last instant for an end."""
    assert _moment(value) == start.replace(tzinfo=UTC)
    assert _moment(value, end=True) == end.replace(tzinfo=UTC) - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2020-05-01T10:00:00Z", "2020-05-01T10:00:00+00:00"),
        ("2020-05-01T10:00:00-08:00", "2020-05-01T18:00:00+00:00"),
        ("2020-05-01T10:00:00.123456789Z", "2020-05-01T10:00:00.123456+00:00"),
        ("2020-05-01T10:00:00.5+00:00", "2020-05-01T10:00:00.500000+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
    ],
)
def test_times_become_utc(value: str, expected: str) -> None:
    """Digits beyond a microsecond are cut, a leap second is the second before."""
    found = _moment(value)
    assert found is not None
    assert found.isoformat() == expected


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
@settings(max_examples=50)
def test_a_time_is_read_as_it_is_written(at: datetime) -> None:
    """There and back."""
    assert _moment(at.isoformat()) == at


def test_a_day_is_given_as_written_and_as_a_date_when_it_is_whole() -> None:
    """An absent one is none."""
    node = Node({"day": "1970-01-31", "month": "1970-01", "time": "1970-01-31T10:00:00Z"}, HERE)
    assert whole_day(node, "day") == ("1970-01-31", date(1970, 1, 31))
    assert whole_day(node, "month") == ("1970-01", None)
    assert whole_day(node, "time") == ("1970-01-31", date(1970, 1, 31))
    assert whole_day(node, "gone") is moment(node, "gone") is None


def test_the_first_field_that_is_there_decides() -> None:
    """A date, a time, or the start of a period; an open one goes on to the next."""
    node = Node({"p": {"end": "2020-01-01"}, "q": {"start": "2019"}, "d": "2018-05-01"}, HERE)
    assert first_moment(node, "gone", "p", "q", "d") == datetime(2019, 1, 1, tzinfo=UTC)
    assert first_moment(node, "d", "q") == datetime(2018, 5, 1, tzinfo=UTC)
    assert first_moment(node, "gone", "p") is None
    with pytest.raises(ImportFailedError, match="d: this is not a date"):
        first_moment(Node({"d": "soon"}, HERE), "d")
