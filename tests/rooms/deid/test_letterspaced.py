"""Lines set letter by letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.letterspaced import close_up, unfold
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category
from tests.rooms.deid.helpers import DEIDENTIFIER, TODAY

FORM = "N A M E : S U Z U K I   H A R U T O\nB o r n : 1 9 8 1 / 0 6 / 3 0\nA l l e r g i e s : s h r i m p"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("H A T H C O C K", "one spelled name is the spelling rule's"),
        ("airway: A B C D E", "steps"),
        ("a b c d e f g in a line of many other ordinary words that part them", "a line of words"),
        ("BP 120/70 HR 80", "no single characters"),
        ("", "nothing"),
    ],
)
def test_what_is_not_letterspaced_is_left_as_it_is(text, reason):
    """No offsets: the detectors read the text itself."""
    assert close_up(text) == (text, None), reason


def test_a_letterspaced_form_is_read_as_words():
    """Two spaces or more part words; one does not."""
    closed, offsets = close_up("seen 5/1\n" + FORM)
    assert closed.split("\n")[0] == "seen 5/1"
    assert "SUZUKI HARUTO" in closed
    assert "1981/06/30" in closed
    assert offsets is not None
    assert len(offsets) == len(closed) + 1


def test_labels_stay_and_what_they_name_goes():
    """The form as a whole, by the shipped detectors."""
    hidden = DEIDENTIFIER.conversation(None, TODAY).hide(FORM)
    assert "S U Z U K I" not in hidden
    assert "1 9 8 1" not in hidden
    assert "s h r i m p" in hidden


@given(st.text(alphabet="ab \n:", max_size=80))
def test_every_span_of_the_closed_text_has_its_place_in_the_original(text):
    """Each character of the closed text stands where its offset says."""
    closed, offsets = close_up(text)
    if offsets is None:
        return
    assert [text[offset] for offset in offsets[:-1]] == list(closed)
    assert offsets == sorted(set(offsets))
    for start in range(len(closed)):
        span = unfold(Span(start, start + 1, Category.NAME, "test"), offsets)
        assert text[span.start : span.end] == closed[start]
