"""Which dates a text writes, and what a date supports."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.dates import PartialDate, coarser, find_dates

NO_DATE = [
    ("a blood pressure", "BP 120/80"),
    ("a fraction that no word announces", "strength 4/5"),
    ("a year that is a dose", "2000 mg"),
    ("a year that is a volume", "2000 mL"),
    ("a verb", "he may 5 times march"),
    ("a version", "version 3.14"),
    ("an impossible day", "45/45/2021x"),
    ("money", "$2000"),
    ("a number with a point", "2019.5"),
]


@pytest.mark.parametrize("text", [pytest.param(row[1], id=row[0]) for row in NO_DATE])
def test_this_is_no_date(text: str) -> None:
    """The text stays as it is, and its numbers are read as numbers."""
    assert [one for one in find_dates(text)[0] if one.month or one.day] == []


DATES = [
    ("2021-03-07", [(2021, 3, 7)]),
    ("2021/03/07", [(2021, 3, 7)]),
    ("2021-03", [(2021, 3, None)]),
    ("2021-03-07T10:15:00+01:00", [(2021, 3, 7)]),
    ("03/07/2021", [(2021, 3, 7)]),
    ("3/7/21", [(2021, 3, 7)]),
    ("3/7/71", [(1971, 3, 7)]),
    ("17/03/2021", [(2021, 3, 17)]),
    ("3.7.2021", [(2021, 3, 7)]),
    ("03/2021", [(2021, 3, None)]),
    ("March 7, 2021", [(2021, 3, 7)]),
    ("Mar. 7th 2021", [(2021, 3, 7)]),
    ("7 March 2021", [(2021, 3, 7)]),
    ("7th of March", [(None, 3, 7)]),
    ("7-Mar-2021", [(2021, 3, 7)]),
    ("March 7", [(None, 3, 7)]),
    ("March 2021", [(2021, 3, None)]),
    ("March 3-5, 2021", [(2021, 3, 3), (2021, 3, 5)]),
    ("in December", [(None, 12, None)]),
    ("in May", [(None, 5, None)]),
    ("since 2019", [(2019, None, None)]),
    ("2019-2021", [(2019, None, None), (2021, None, None)]),
    ("on 3/7", [(None, 3, 7)]),
    ("from 3/7 to", [(None, 3, 7)]),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_a_date_is_read_as_far_as_it_is_written(text: str, expected: list[tuple[int | None, ...]]) -> None:
    """And its digits do not stay behind as numbers."""
    found, rest = find_dates(f"Seen {text}.")
    assert [tuple(one) for one in found] == expected
    assert not any(character.isdigit() for character in rest)
    assert len(rest) == len(f"Seen {text}.")


@given(st.dates(date(1900, 1, 1), date(2049, 12, 31)))
def test_every_form_of_a_day_is_one_date(day: date) -> None:
    """For years in which patients live."""
    forms = [day.isoformat(), f"{day:%m/%d/%Y}", f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}"]
    assert {tuple(find_dates(form)[0]) for form in forms} == {(PartialDate(day.year, day.month, day.day),)}


def test_a_date_supports_what_says_less() -> None:
    """Never what says more."""
    assert set(coarser(PartialDate(2021, 3, 7))) == {
        (2021, 3, 7),
        (2021, 3, None),
        (2021, None, None),
        (None, 3, 7),
        (None, 3, None),
    }
    assert set(coarser(PartialDate(2021))) == {(2021, None, None)}
    assert set(coarser(PartialDate(None, 3))) == {(None, 3, None)}
