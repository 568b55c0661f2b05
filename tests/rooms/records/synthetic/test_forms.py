"""Dates and names in the forms in which notes write them."""

from datetime import date

import pytest

from phiward.records.synthetic import forms
from phiward.records.synthetic.forms import NameForms

DAY = date(2024, 3, 5)
PEGGY = NameForms("Margaret", "Adaeze", "Okafor", "Peggy", "Mrs.")
PLAIN = NameForms("Grace", "", "Young", "", "Ms.")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param(forms.numeric, "03/05/2024", id="month first, with zeros"),
        pytest.param(forms.brief, "3/5/24", id="as hands write it"),
        pytest.param(forms.without_year, "March 5", id="a partial date"),
        pytest.param(forms.spelled, "March 5, 2024", id="in letters"),
        pytest.param(forms.day_first, "5 March 2024", id="day first"),
        pytest.param(forms.abbreviated, "05-Mar-2024", id="as laboratories write it"),
        pytest.param(forms.month_and_year, "March 2024", id="finer than a year"),
    ],
)
def test_a_date_is_written_in_each_form(form: object, expected: str) -> None:
    """One day, seven forms."""
    assert callable(form)
    assert form(DAY) == expected


@pytest.mark.parametrize(
    ("birth", "years"),
    [
        pytest.param(date(1949, 3, 6), 74, id="the day before the birthday"),
        pytest.param(date(1949, 3, 5), 75, id="on the birthday"),
        pytest.param(date(1949, 3, 4), 75, id="the day after"),
    ],
)
def test_age_counts_completed_years(birth: date, years: int) -> None:
    """The birthday itself completes a year."""
    assert forms.years_between(birth, DAY) == years


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("full", "Margaret Okafor"),
        ("complete", "Margaret Adaeze Okafor"),
        ("titled", "Mrs. Okafor"),
        ("listed", "Okafor, Margaret A."),
        ("initials", "M.A.O."),
        ("initial_and_family", "M. Okafor"),
        ("informal", "Peggy"),
    ],
)
def test_a_name_is_written_in_each_form(form: str, expected: str) -> None:
    """As notes name a person."""
    assert getattr(PEGGY, form) == expected


def test_who_has_no_middle_name_and_no_nickname_is_written_without() -> None:
    """No double blanks, no stray points."""
    assert (PLAIN.complete, PLAIN.listed, PLAIN.informal) == ("Grace Young", "Young, Grace", "Grace")
