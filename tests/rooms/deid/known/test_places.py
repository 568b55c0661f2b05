"""Where the patient lives."""

import pytest

from phiward.deid.known.places import PlaceMatcher
from tests.rooms.deid.helpers import OKAFOR, K, patient

PLACES = PlaceMatcher(
    (*OKAFOR.identifiers, *patient((K.URL, "https://x.example/okafor"), (K.CITY, "Mobile")).identifiers)
)


def found(text):
    """(category, text) of each span."""
    return [(str(s.category), text[s.start : s.end]) for s in PLACES.find(text, text.lower())]


@pytest.mark.parametrize(
    "text", ["elm bark", "mobile and alert", "12 mg", "Mobile phone", "springfields", "Elm allergy"]
)
def test_ordinary_words_stay(text):
    """A city that is a word needs a place context."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("12 Elm Street Apt 3", "ADDRESS", "12 Elm Street Apt 3"),
        ("12 elm st., apt. 3", "ADDRESS", "12 elm st., apt. 3"),
        ("12 Elm St", "ADDRESS", "12 Elm St"),
        ("on Elm Street now", "ADDRESS", "Elm Street"),
        ("12 ELM STREET #3", "ADDRESS", "12 ELM STREET #3"),
        ("springfield", "CITY", "springfield"),
        ("SPRINGFIELD", "CITY", "SPRINGFIELD"),
        ("lives in Mobile now", "CITY", "Mobile"),
        ("Mobile, AL", "CITY", "Mobile"),
        ("M.Okafor@Example.org", "EMAIL", "M.Okafor@Example.org"),
        ("https://x.example/okafor", "URL", "https://x.example/okafor"),
    ],
)
def test_the_address_goes_however_it_is_shortened(text, category, value):
    """Street types, apartment words, case."""
    assert (category, value) in found(text)
