"""HL7 times: forms, spans, zones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.records.hl7v2.times import calendar_day, in_words, instant

BROKEN = [
    pytest.param("", id="empty"),
    pytest.param("197", id="half a year"),
    pytest.param("20230230", id="30 February"),
    pytest.param("20231301", id="month 13"),
    pytest.param("2023010125", id="hour 25"),
    pytest.param("2023-01-01", id="ISO"),
    pytest.param("20230101120000-9900", id="a zone of 99 hours"),
    pytest.param("20230101120061", id="second 61"),
    pytest.param("٢٠٢٣", id="digits of another script"),
    pytest.param("00000000", id="a placeholder"),
]


@pytest.mark.parametrize("written", BROKEN)
def test_what_is_no_time_is_refused(written: str) -> None:
    """With an error that repeats nothing of it."""
    with pytest.raises(ValueError, match=r"^this is not a time of HL7$"):
        instant(written)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        pytest.param("2023", (2023, 1, 1), (2024, 1, 1), id="a year"),
        pytest.param("202312", (2023, 12, 1), (2024, 1, 1), id="December"),
        pytest.param("202302", (2023, 2, 1), (2023, 3, 1), id="a month"),
        pytest.param("20240229", (2024, 2, 29), (2024, 3, 1), id="a day"),
        pytest.param("2024010112", (2024, 1, 1, 12), (2024, 1, 1, 13), id="an hour"),
        pytest.param("202401011230", (2024, 1, 1, 12, 30), (2024, 1, 1, 12, 31), id="a minute"),
        pytest.param("20240101123015", (2024, 1, 1, 12, 30, 15), (2024, 1, 1, 12, 30, 16), id="a second"),
        pytest.param("20240101120000-0500", (2024, 1, 1, 17), (2024, 1, 1, 17, 0, 1), id="west of Greenwich"),
        pytest.param("202401010030+0100", (2023, 12, 31, 23, 30), (2023, 12, 31, 23, 31), id="east of Greenwich"),
    ],
)
def test_a_partial_time_is_a_span(written: str, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    """Its first instant is taken, or its last."""
    assert instant(written) == datetime(*first, tzinfo=UTC)  # type: ignore[arg-type, misc]
    assert instant(written, end=True) == datetime(*last, tzinfo=UTC) - timedelta(microseconds=1)  # type: ignore[arg-type, misc]


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_time_comes_back_as_it_was_written(moment: datetime, minutes: int) -> None:
    """With fractions and any zone."""
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    written = f"{moment:%Y%m%d%H%M%S}.{moment.microsecond:06}{sign}{size // 60:02}{size % 60:02}"
    assert instant(written.rjust(len(written), "0")) == moment.replace(tzinfo=UTC) - timedelta(minutes=minutes)


def test_a_day_is_the_day_that_is_written() -> None:
    """A birth at 11 pm in Boston is not on the next day."""
    assert calendar_day("19700131230000-0500") == ("1970-01-31", date(1970, 1, 31))
    assert calendar_day("197001") == ("1970-01", None)


def test_a_time_is_said_as_precisely_as_it_is_written() -> None:
    """No more and no less."""
    assert [in_words(one) for one in ("2013", "20130703", "201307031030-0500")] == [
        "2013",
        "2013-07-03",
        "2013-07-03 10:30 -0500",
    ]
