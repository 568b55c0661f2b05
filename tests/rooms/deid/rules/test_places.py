"""(B) cities and ZIP codes."""

import pytest

from phiward.deid.rules.places import Places
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    "text",
    [
        "Smith, MD",
        "glucose 13500",
        "alert, oriented",
        "Ohio",
        "DISCUSSED, OR not",
        "Ann Test, PA",
        "platelets 250000-4000",
    ],
)
def test_states_credentials_and_values_stay(text):
    """A state alone stays; MD is a degree unless a ZIP follows."""
    assert found(Places(), text) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Springfield, IL 62704", [("CITY", "Springfield"), ("ZIP", "62704")]),
        ("lives in Fort Payne, Alabama", [("CITY", "Fort Payne")]),
        ("IL 62704-1234", [("ZIP", "62704-1234")]),
        ("BALTIMORE, MD 21201", [("CITY", "BALTIMORE"), ("ZIP", "21201")]),
        ("St. Louis, MO", [("CITY", "St. Louis")]),
    ],
)
def test_the_city_and_the_zip_go_and_the_state_stays(text, spans):
    """Source: 45 CFR 164.514(b)(2)(i)(B)."""
    assert found(Places(), text) == spans
