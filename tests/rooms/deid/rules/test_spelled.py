"""Said digit by digit, spelled letter by letter."""

import pytest

from phiward.deid.rules.spelled import Spelled
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("one or two tablets", "a dose"),
        ("one two three, breathe", "counting"),
        ("airway: A B C D E", "steps"),
        ("vitamins A D E K", "vitamins"),
        ("I A B", "three letters"),
        ("grade A and B", "grades"),
    ],
)
def test_what_spells_nothing_stays(text, reason):
    """One row for each trap."""
    assert found(Spelled(), text) == [], reason


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("five eight oh five five five oh one four three", "PHONE", "a number in a voicemail"),
        ("Two oh eight, five five five, oh one seven nine", "PHONE", "with commas"),
        ("H A T H C O C K", "NAME", "a caller spells"),
        ("g u r p r e e t", "NAME", "in lower case"),
        ("Q-u-u-x", "NAME", "with hyphens"),
        ("four, twelve, eighty nine", "DATE", "a date of birth"),
        ("one twenty nine nineteen fifty", "DATE", "a date of birth without commas"),
    ],
)
def test_what_is_spelled_goes(text, expected, reason):
    """The whole of it."""
    told = f"Date of birth {text}." if expected == "DATE" else text
    assert found(Spelled(), told) == [(expected, text)], reason
