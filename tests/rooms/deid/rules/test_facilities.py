"""Institutions."""

import pytest

from phiward.deid.rules.facilities import Facilities
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    "text",
    [
        "the Hospital",
        "Cardiology Clinic",
        "Emergency Department",
        "Health maintenance",
        "the clinic",
        "Home Hospice",
    ],
)
def test_departments_and_kinds_stay(text):
    """A specialty names nobody."""
    assert found(Facilities(), text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("at Invented Valley Hospital today", "Invented Valley Hospital"),
        ("St. Testa's Hospital", "St. Testa's Hospital"),
        ("University of Nowhere", "University of Nowhere"),
        ("The Zebedee Clinic", "Zebedee Clinic"),
    ],
)
def test_named_institutions_go(text, value):
    """Treated as identifiers."""
    assert found(Facilities(), text) == [("NAME", value)]
