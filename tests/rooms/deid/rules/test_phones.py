"""(D) and (E)."""

import pytest

from phiward.deid.rules.phones import Phones
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    "text",
    [
        "150-1000 mL",
        "<ndc>0409-6629-02</ndc>",
        "(12) 345-678 units",
        "BP 120/80, HR 72",
        "12345678",
        "2024-03-05",
        "sodium 138, 140",
        "call in 3 days",
        "dose 200-1000",
        "turned at 0600 0800 1000",
        "0400-0800-1200",
        "05-06-2024",
        "0.05 0.10 0.20",
        "pain 7-6-5-4",
        "(12) 300-400 mL",
    ],
)
def test_other_numbers_stay(text):
    """Ranges, values, dates."""
    assert found(Phones(), text) == []


@pytest.mark.parametrize(
    ("text", "category", "number"),
    [
        ("555-234-5678", "PHONE", "555-234-5678"),
        ("(98) 95555-0127", "PHONE", "(98) 95555-0127"),
        ("Bleep 0917", "PHONE", "0917"),
        ("(555) 234-5678 x12", "PHONE", "(555) 234-5678 x12"),
        ("555.234.5678", "PHONE", "555.234.5678"),
        ("+1 555 234 5678", "PHONE", "+1 555 234 5678"),
        ("5552345678", "PHONE", "5552345678"),
        ("1-800-555-0199", "PHONE", "1-800-555-0199"),
        ("+44 20 7946 0958", "PHONE", "+44 20 7946 0958"),
        ("0049 30 901820", "PHONE", "0049 30 901820"),
        ("call 555-0142", "PHONE", "555-0142"),
        ("tel: 020 7946 0958", "PHONE", "020 7946 0958"),
        ("fax 555-234-5678", "FAX", "555-234-5678"),
        ("Fax: (555) 234-5678", "FAX", "(555) 234-5678"),
        ("pager 4567", "PHONE", "4567"),
        ("ext. 4567", "PHONE", "4567"),
        ("800-FLOWERS", "PHONE", "800-FLOWERS"),
        ("01.84.17.61.18", "PHONE", "01.84.17.61.18"),
        ("0680 298 70 63", "PHONE", "0680 298 70 63"),
        ("020 7946 0958", "PHONE", "020 7946 0958"),
        ("71-33-52-22", "PHONE", "71-33-52-22"),
        ("(37) 788-063", "PHONE", "(37) 788-063"),
    ],
)
def test_every_form_goes(text, category, number):
    """The longest span counts."""
    assert max(found(Phones(), text), key=lambda one: len(one[1]), default=None) == (category, number)
