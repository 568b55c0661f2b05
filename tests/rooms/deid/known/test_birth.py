"""The birth date of the patient in context."""

from datetime import date

import pytest

from phiward.deid.known.birth import BirthMatcher
from tests.rooms.deid.helpers import TODAY


def found(born, text):
    """(category, text) of each span."""
    return [(str(s.category), text[s.start : s.end]) for s in BirthMatcher(born, ()).find(text, TODAY)]


def test_the_birth_year_of_somebody_under_90_stays():
    """A bare year is no identifier."""
    assert found(date(1949, 7, 22), "in 1949") == []


def test_the_birth_year_of_somebody_over_89_goes_without_any_context():
    """It tells the age."""
    assert found(date(1930, 7, 22), "in 1930") == [("AGE", "1930")]


@pytest.mark.parametrize("text", ["19490722", "07221949", "072249"])
def test_compact_spellings_go(text):
    """What no rule can know without a label."""
    assert found(date(1949, 7, 22), f"x {text}.") == [("DATE", text)]
    assert found(date(1949, 7, 22), f"x 1{text}.") == []
