"""Promises 3 and 5 at the last gate: a malicious model releases nothing of another patient, however it cuts or codes.

Texts are put together from identifiers in every encoding, from what could hide or delay them, and from clean prose. An
oracle that knows the plain identifiers reads what came out.
"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.words import canonical_words
from phiward.guard.passage import Rule
from phiward.guard.release import ReleaseGate, mark
from tests.rooms.guard.encoded import ENCODINGS
from tests.rooms.guard.house import GRANTED, INDEX, cut

CANARY = "phw-canary-7f3a"
FOREIGN = [
    "Zelda Quagmire",
    "Quagmire Zelda",
    "40019999",
    "400-199-99",
    "MRN-77-4412",
    "(312) 555-0188",
    "zelda.q@example.org",
]
CLEAN = [
    "Margaret Okafor takes 5 mg. ",
    "Her number is 40017723.\n",
    "She is well.\n",
    "Zelda ",
    "Quagmire ",
    "Ask ",
    "MRN ",
    "400 ",
    "- item\n",
    "Dr. ",
    " ",
    "\n",
    "e\u0301 ",
    "\u200b",
]
ACTIVE = [
    "[x](https://evil.example/",
    "![",
    "](",
    ")",
    "<b>",
    "</b>",
    "<img src=x ",
    "javascript:",
    "https://",
    "<",
    "www.",
    "=\n",
    "%5A",
    "&#90;",
]
CODED = st.tuples(st.sampled_from(sorted(ENCODINGS)), st.sampled_from(FOREIGN)).map(
    lambda pair: ENCODINGS[pair[0]](pair[1])
)
PIECES = st.one_of(st.sampled_from(CLEAN), st.sampled_from(CLEAN), st.sampled_from(ACTIVE), CODED, st.text(max_size=4))
TEXTS = st.lists(PIECES, max_size=9).map("".join)
CUTS = st.lists(st.integers(0, 800), max_size=20)
MARKS = re.compile("|".join(re.escape(mark(rule)) for rule in Rule))


def gate() -> ReleaseGate:
    """For an answer about Margaret."""
    return ReleaseGate(INDEX, GRANTED, own=["Margaret Okafor"], seen=lambda _: True, canaries=[CANARY])


def released(pieces: Sequence[str]) -> tuple[str, dict[str, int], int]:
    """What went out, and the counts."""
    one = gate()
    text = "".join([one.feed(piece) for piece in pieces]) + one.finish()
    return text, dict(one.withheld), one.inert


@given(TEXTS, CUTS)
@settings(max_examples=150, deadline=None)
def test_a_text_gives_the_same_answer_however_it_is_cut(text: str, places: list[int]) -> None:
    """Released text and all counts are those of the whole."""
    assert released(cut(text, places)) == released([text])


@given(TEXTS)
@settings(max_examples=80, deadline=None)
def test_what_was_released_is_never_taken_back(text: str) -> None:
    """Character by character, what went out so far is a beginning of the whole answer."""
    whole = released([text])[0]
    one, out = gate(), ""
    for character in text:
        out += one.feed(character)
        assert whole.startswith(out)
    assert out + one.finish() == whole


@given(
    st.sampled_from(sorted(ENCODINGS)), st.sampled_from(FOREIGN), st.sampled_from(CLEAN), st.sampled_from(CLEAN), CUTS
)
@settings(max_examples=400, deadline=None)
def test_a_malicious_model_releases_no_encoded_identifier(
    name: str, identifier: str, before: str, after: str, places: list[int]
) -> None:
    """At no moment is the code, or the identifier, in what went out."""
    code = ENCODINGS[name](identifier)
    text = f"{before}: {code} {after}"
    one, out = gate(), ""
    for piece in cut(text, places):
        out += one.feed(piece)
        assert code not in out
    out += one.finish()
    assert code not in out
    assert one.withheld
    assert not reads_foreign(out)


def reads_foreign(text: str) -> bool:
    """An oracle of its own: the canonical words of the text, marks left out, and the plain identifiers."""
    words = f" {' '.join(canonical_words(MARKS.sub(' . ', text)))} "
    return any(f" {' '.join(canonical_words(one))} " in words for one in FOREIGN)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_nothing_foreign_is_read_in_what_went_out(text: str) -> None:
    """Whatever stands around it."""
    assert not reads_foreign(released([text])[0])


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_what_went_out_passes_again_as_it_is(text: str) -> None:
    """What was checked is what was released: a second gate finds nothing and changes nothing."""
    out = released([text])[0]
    assert released([out]) == (out, {}, 0)


@given(st.lists(st.sampled_from(CLEAN[:3]), max_size=9).map("".join), CUTS)
@settings(max_examples=60, deadline=None)
def test_a_clean_answer_goes_out_unchanged(text: str, places: list[int]) -> None:
    """And passages of it go out while it comes."""
    assert released(cut(text, places)) == (text, {}, 0)


def test_the_oracle_is_not_blind() -> None:
    """It reads each plain identifier, and not the patient's own."""
    assert all(reads_foreign(f"See {one}.") for one in FOREIGN)
    assert not reads_foreign("Margaret Okafor 40017723")


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_every_cutting_into_two_gives_the_same_answer(name: str) -> None:
    """Each encoding, each place."""
    text = f"See {ENCODINGS[name]('Zelda Quagmire')} now.\nShe is well.\n"
    whole = released([text])
    for place in range(len(text)):
        assert released([text[:place], text[place:]]) == whole
