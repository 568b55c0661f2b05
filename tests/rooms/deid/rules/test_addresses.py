"""(B) streets."""

import pytest

from phiward.deid.rules.addresses import Addresses
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    "text",
    [
        "room 12, bed 4",
        "5 days on the road",
        "2 Head CT",
        "step 2",
        "unit 5 South",
        "20 mg PO daily",
        "10 drops",
        "3 new patients",
        "drive 5 miles",
    ],
)
def test_rooms_doses_and_journeys_stay(text):
    """Room and bed alone stay."""
    assert found(Addresses(), text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 Elm Street Apt 3, then", "12 Elm Street Apt 3"),
        ("1200 N. Main St.", "1200 N. Main St."),
        ("480 W 5th Ave #4", "480 W 5th Ave #4"),
        ("P.O. Box 618", "P.O. Box 618"),
        ("2505 US Highway 431 North", "2505 US Highway 431 North"),
        ("44 invented lane", "44 invented lane"),
        ("lives on Elm Street", "Elm Street"),
        ("Apt 4B", "Apt 4B"),
        ("401 VANITY FAIR LANE", "401 VANITY FAIR LANE"),
        ("RR 2 Box 15", "RR 2 Box 15"),
    ],
)
def test_streets_go_with_number_and_apartment(text, value):
    """The longest span counts."""
    assert max(found(Addresses(), text), key=lambda one: len(one[1]), default=None) == ("ADDRESS", value)
