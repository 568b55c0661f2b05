"""What a scanner made of numbers."""

import pytest

from phiward.deid.rules.scanned import Scanned
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SOB/SOB/SO", "no digit"),
        ("12/03/1961", "no letter: another rule's"),
        ("IIS/B/20", "more letters than digits"),
        ("l3/4O/1961", "no such day"),
        ("dose B12-500-1000", "not a form"),
        ("L4-5-S1", "vertebrae"),
    ],
)
def test_what_could_not_be_a_number_stays(text, reason):
    """One row for each trap."""
    assert found(Scanned(), text) == [], reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D0B: l2/O3/1961", ("DATE", "l2/O3/1961")),
        ("seen O9/2l/2O24.", ("DATE", "O9/2l/2O24")),
        ("Fax (6O3) 555-Ol26", ("PHONE", "(6O3) 555-Ol26")),
        ("call 5l3 555 Ol72", ("PHONE", "5l3 555 Ol72")),
    ],
)
def test_what_would_be_one_goes(text, expected):
    """Read with the digits that the letters look like."""
    assert found(Scanned(), text) == [expected]
