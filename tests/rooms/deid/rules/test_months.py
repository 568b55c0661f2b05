"""(C) Dates in words."""

import pytest

from phiward.deid.rules.months import MonthDates
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("she may 5 mg", "the verb"),
        ("she may take two", "the verb"),
        ("May take with food", "the verb at the start"),
        ("the march to recovery", "the noun"),
        ("marked decrease", "inside a word"),
        ("decreased", "inside a word"),
        ("on Monday", "a weekday alone stays"),
        ("Christmas disease", "an eponym"),
        ("in the summer", "a season alone stays"),
        ("on the 5th rib", "anatomy"),
        ("fall in 2019", "an accident"),
        ("augmented", "inside a word"),
        ("sep 5 ml", "lower case"),
        ("the twenty-first century", "an age of the world"),
        ("the thirty second time", "a count"),
        ("Monday through Friday", "office hours"),
    ],
)
def test_what_is_no_date_stays(text, why):
    """Damage."""
    assert found(MonthDates(), text) == [], why


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("March 5th, 2024 at", "March 5th, 2024"),
        ("5 Mar 2024", "5 Mar 2024"),
        ("Mar 2024", "Mar 2024"),
        ("05MAR2024", "05MAR2024"),
        ("on Tuesday, March 5 she", "Tuesday, March 5"),
        ("in March", "March"),
        ("since last May,", "May"),
        ("in January", "January"),
        ("the 4th of July", "the 4th of July"),
        ("january tenth", "january tenth"),
        ("may 5th", "may 5th"),
        ("May 5, 2024", "May 5, 2024"),
        ("march 2024", "march 2024"),
        ("Christmas 2023", "Christmas 2023"),
        ("Thanksgiving", "Thanksgiving"),
        ("summer of 2023", "summer of 2023"),
        ("Q3 2023", "Q3 2023"),
        ("seen on the 5th.", "the 5th"),
        ("March 5-7, 2024", "March 5-7, 2024"),
        ("SEPTEMBER 3", "SEPTEMBER 3"),
        ("since mid-September, 6 words", "mid-September"),
        ("thurs 22nd", "thurs 22nd"),
        ("Friday the thirteenth", "Friday the thirteenth"),
        ("I can't do the twenty second because", "the twenty second"),
        ("january fifth nineteen seventy two", "january fifth nineteen seventy two"),
        ("may third two thousand eleven", "may third two thousand eleven"),
        ("ate ham over New Year's", "New Year's"),
        ("after Purim", "Purim"),
    ],
)
def test_every_written_form_goes(text, date):
    """Month with day, month with year, month alone; the longest span counts."""
    assert max((value for _, value in found(MonthDates(), text)), key=len, default=None) == date
