"""All known identifiers together, through the whole room."""

import pytest

from phiward.deid.known.matcher import KnownMatcher
from tests.rooms.deid.helpers import OKAFOR, TODAY, hide


def test_a_matcher_prints_nothing():
    """It holds identifiers."""
    assert repr(KnownMatcher(OKAFOR)) == "KnownMatcher(…)"


@pytest.mark.parametrize(
    "text",
    ["Оkafor", "O\u200bkafor", "OKÁFOR", "Ｏｋａｆｏｒ", "Okafo\u0301r", "Oka\u00adfor", "\\u004fkafor"],  # noqa: RUF001 - look-alikes are the point
    ids=["Cyrillic", "zero width", "accent", "full width", "combining", "soft hyphen", "escape"],
)
def test_a_disguised_name_is_hidden_whole(text):
    """Found on the canonical copy, hidden in the original."""
    assert hide(text, OKAFOR) == "[PATIENT_1]"


def test_every_identifier_of_the_record_is_hidden():
    """Nothing of what is known passes."""
    text = " | ".join(one.value for one in OKAFOR.identifiers)
    hidden = hide(text, OKAFOR)
    assert not [one.kind for one in OKAFOR.identifiers if one.value in hidden]


def test_a_known_name_is_the_patient_and_not_just_a_name():
    """A title rule and the record agree on the place; the record says who it is."""
    assert hide("Mrs. Okafor", OKAFOR) == "[PATIENT_1]"
    assert TODAY
