"""The first three digits of a ZIP."""

import pytest

from phiward.deid.zip3 import ALLOWED, CENSUS_YEAR, LISTED, RESTRICTED, generalised
from tests.rooms.deid.helpers import hide

KEPT = [
    ("62704", "627", "well over 20,000 people"),
    ("62704-1234", "627", "nine digits"),
    ("Springfield, IL 62704", "627", "at the end of an address"),
    ("03601", "000", "fewer than 20,000 people"),
    ("05901", "000", "3,352 people"),
    ("55601", "000", "16,415 people: a list of the Census of 2000 has it too"),
    ("36901", "000", "17,596 people: new since the Census of 2000"),
    ("06301", "063", "released since the Census of 2000"),
    ("79001", "790", "released since the Census of 2000"),
    ("09012", "000", "military"),
    ("21301", "000", "not assigned"),
    ("20201", "000", "nobody lives in the departments"),
    ("12 Elm Street", "", "no ZIP"),
    ("1234567", "", "no ZIP"),
]


@pytest.mark.parametrize(("text", "prefix", "reason"), KEPT)
def test_the_prefix_stays_only_where_enough_people_live(text, prefix, reason):
    """45 CFR 164.514(b)(2)(i)(B)."""
    assert generalised(text) == prefix, reason


def test_the_table_is_that_of_the_census():
    """894 prefixes have people, 18 of them too few."""
    assert CENSUS_YEAR == 2020
    assert len(LISTED) == 894
    assert len(RESTRICTED) == 18
    assert RESTRICTED < LISTED
    assert len(ALLOWED) == 876


def test_the_placeholder_carries_what_may_stay():
    """And nothing more."""
    assert hide("ZIP: 62704") == "ZIP: [ZIP_1: 627]"
