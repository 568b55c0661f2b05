"""One request, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.conversation import Conversation
from phiward.deid.restore import reidentify
from phiward.domain.errors import UnsafeContentError
from phiward.domain.placeholders import Category
from tests.rooms.deid.helpers import OKAFOR, TODAY, conversation

PIECES = st.sampled_from(
    [
        "Okafor",
        "Mrs. ",
        "Margaret",
        " ",
        ", ",
        "[PATIENT_1]",
        "[DATE_2: 3 days after DATE_1]",
        "[",
        "]",
        "PATIENT_1",
        ": ",
        "07/22/1949",
        "March 5, 2024",
        "555-010-4477",
        "O\u200bkafor",
        "é",
        "ﬁ",
        "\\n",
        "\\u0041",
        "Dr. Kumar",
        "93 y/o",
        "\n",
        "m.okafor@example.org",
        "12 Elm St",
        "\ud800",
        "MRN 00482915",
        "J\u0301",
    ]
)


class Broken:
    """A detector with a fault whose message holds what it saw."""

    def find(self, text):
        """Fails."""
        raise RuntimeError(text)


def test_a_broken_detector_stops_everything_and_repeats_nothing():
    """Fail closed; the error neither says nor chains what it saw."""
    with pytest.raises(UnsafeContentError) as caught:
        Conversation([Broken()], TODAY).hide("Margaret Okafor")
    assert "Okafor" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_look_alike_of_the_user_is_not_resolved():
    """`[PATIENT_1]` typed by the user stands for itself."""
    one = conversation(OKAFOR)
    assert one.hide("[PATIENT_1] Okafor") == "[LITERAL_1] [PATIENT_1]"
    assert one.placeholders == {"[LITERAL_1]": "[PATIENT_1]", "[PATIENT_1]": "Okafor"}


@given(st.text(max_size=80))
def test_every_text_comes_back(text):
    """The inverse is exact for arbitrary text."""
    one = conversation(OKAFOR)
    assert reidentify(one.hide(text), one.placeholders) == text


@given(st.lists(PIECES, max_size=14).map("".join))
def test_every_mixture_of_identifiers_and_look_alikes_comes_back(text):
    """The inverse is exact where identifiers, disguises and look-alikes touch."""
    one = conversation(OKAFOR)
    assert reidentify(one.hide(text), one.placeholders) == text


@given(st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES, max_size=8).map("".join))
def test_the_same_history_gives_the_same_placeholders(first, second):
    """Prompt caches and the reader rely on it."""
    one, two = conversation(OKAFOR), conversation(OKAFOR)
    assert [one.hide(first), one.hide(second)] == [two.hide(first), two.hide(second)]
    assert dict(one.placeholders) == dict(two.placeholders)


def test_nothing_found_changes_nothing():
    """And nothing is issued."""
    one = conversation(OKAFOR)
    assert one.hide("blood pressure 120/80") == "blood pressure 120/80"
    assert not one.placeholders
    assert one.spans == ()


def test_spans_are_those_of_the_original_text():
    """Zero-width characters count as code points."""
    one = conversation(OKAFOR)
    text = "for O\u200bkafor, 03/05/2024"
    one.hide(text)
    assert [(text[s.start : s.end], s.category) for s in one.spans] == [
        ("O\u200bkafor", Category.PATIENT),
        ("03/05/2024", Category.DATE),
    ]


def test_counts_are_distinct_values():
    """Twice the same name counts once."""
    one = conversation(OKAFOR)
    one.hide("Okafor, then Okafor, on 03/05/2024")
    assert one.counts == {Category.PATIENT: 1, Category.DATE: 1}
