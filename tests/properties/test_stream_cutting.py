"""Promise 5: what was checked is what is released, however the stream was cut.

The texts are built from what decides something (placeholders, mangled ones, identifiers in many
spellings) and from what could hide or delay it. One filter gets the whole, another the pieces.
"""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.placeholders import PATTERN
from phiward.domain.words import canonical_digits, canonical_words
from phiward.guard.finder import WINDOW
from phiward.guard.output import WITHHELD
from tests.rooms.guard.house import INDEX, ISSUED, ZELDA, cut, made, released

PLACEHOLDERS = [*ISSUED, "[NAME_9]", "[patient_1]", "[PATIENT_1", "[DATE_2: 4 days after DATE_1]", "[FOO_1]"]
MANGLED = ["[ PATIENT 1 ]", "[Name-2: Zelda Quagmire]", "[Patient1]", "[DATE_2:", "[[PATIENT_1]]", "[\u017f\u017fn_1]"]
NAMES = ["Zelda Quagmire", "Quagmire, Zelda", "ZELDA  QUAGMIRE", "Zelda\nQuagmire's", "Margaret Okafor"]
HIDDEN_NAMES = [
    "Zel\u200bda Quagmire",
    "Ｚｅｌｄａ Ｑｕａｇｍｉｒｅ",  # noqa: RUF001
    "Zélda Quägmire",
    "Z\u0435ld\u0430 Quagmir\u0435",
    "Zelda Qua\u0301gmire",
    "\u24cfelda Quagmire",
    "Ze\u05b0lda Quagmire",
    "Zelda [Quagmire]",
    "**Zelda** Quagmire",
]
CODES = [
    "400-199-99",
    "40019999",
    "(400) 19999",
    "400 199 99",
    "400/199/99",
    "MRN-77-4412",
    "MRN 774412",
    "77 A12345",
    "40017723",
]
PHONES = ["(312) 555-0188", "+1-312-555-0188", "312.555.0188", "3125550188", "312\u2011555\u20110188", "312 555 0188"]
MAILS = [
    "zelda.q@example.org",
    "zel\u200bda.q@example.org",
    "zelda.q\uff20example\uff0eorg",
    "ZELDA.Q@EXAMPLE.ORG",
    "mailto:Zelda.Q@example.org",
]
FOREIGN = [*NAMES[:4], *HIDDEN_NAMES, *CODES[:-1], *PHONES, *MAILS]
FILLERS = [
    "Ada ",
    " ",
    "\n",
    ". ",
    ", ",
    "-",
    "_",
    "(",
    ")",
    "]",
    "[",
    "'",
    "@",
    ".",
    ":",
    "1",
    "a",
    "Zelda",
    "400",
    "-199",
]
WORDS = ["takes lisinopril", "x" * 63, "x" * 64, "x" * 70, "y" * 130, "1" * 12, "\u200b", "\u0301", "é", "caf\u00e9"]
PIECES = st.one_of(
    st.sampled_from(PLACEHOLDERS + MANGLED),
    st.sampled_from(NAMES + HIDDEN_NAMES),
    st.sampled_from(CODES + PHONES + MAILS),
    st.sampled_from(FILLERS),
    st.sampled_from(FILLERS),
    st.sampled_from(WORDS),
    st.text(max_size=4),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
CUTS = st.lists(st.integers(0, 500), max_size=30)
BEGINNINGS = {word for spelt in FOREIGN for word in canonical_words(spelt)} - {"mailto"}
SHORT = [
    "[PATIENT_1] met Zelda Quagmire.",
    "on [DATE_2: 3 days after DATE_1], [NAME_9]",
    "[patient_1] [ Name 2 ] [FOO_1]",
    "call +1-312-555-0188 now",
    "MRN 774412 (400) 19999.",
    "to zelda.q@example.org.",
]


@given(TEXTS, CUTS)
@settings(max_examples=200, deadline=None)
def test_a_text_gives_the_same_answer_however_it_is_cut(text: str, places: list[int]) -> None:
    """Released text and all counts are those of the whole."""
    assert released(cut(text, places)) == released([text])


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_text_gives_the_same_answer_character_by_character(text: str) -> None:
    """The finest cutting there is."""
    assert released(list(text)) == released([text])


@pytest.mark.parametrize("text", SHORT)
def test_every_cutting_into_three_gives_the_same_answer(text: str) -> None:
    """All pairs of places."""
    whole = released([text])
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            assert released([text[:first], text[first:second], text[second:]]) == whole


@given(TEXTS, CUTS)
@settings(max_examples=150, deadline=None)
def test_never_more_than_a_window_is_held_back(text: str, places: list[int]) -> None:
    """What was fed and neither released nor decided is at most WINDOW characters."""
    one = made()
    for piece in cut(text, places):
        one.feed(piece)
        assert len(one._held) <= WINDOW


def foreign_in(text: str) -> bool:
    """An oracle of its own: canonical words joined, digits squeezed, without the index."""
    words = f" {' '.join(canonical_words(text))} "
    squeezed = re.sub(r"[^0-9a-z@.]", "", unicodedata.normalize("NFKC", text).lower())
    return (
        " zelda quagmire " in words
        or " quagmire zelda " in words
        or any(code in canonical_digits(text) for code in ("40019999", "3125550188"))
        or any(code in "".join(canonical_words(text)) for code in ("mrn774412", "77a12345"))
        or "zelda.q@example.org" in squeezed
    )


@given(
    st.sampled_from(FOREIGN),
    st.sampled_from(["", "See ", "note: ", "(", "[", "\n- ", "x, "]),
    st.sampled_from(["", ".", " is here", ")", "]", "\n", ", and"]),
    CUTS,
)
@settings(max_examples=200, deadline=None)
def test_a_malicious_model_cannot_release_an_identifier(spelt: str, before: str, after: str, places: list[int]) -> None:
    """Whole or in pieces: nothing foreign is in what came out, at any moment."""
    # given a text that names Zelda, whom the caller did not ask about
    text = before + spelt + after
    assert foreign_in(spelt) or "\u24cf" in spelt
    # when it is released piece by piece
    one, out = made(), ""
    for piece in cut(text, places):
        out += one.feed(piece)
        # then no beginning of it went out before it was decided
        assert not foreign_in(out)
        assert not BEGINNINGS & set(canonical_words(out.replace(WITHHELD, "")))
    out += one.finish()
    assert not foreign_in(out)
    assert one.withheld == 1
    assert WITHHELD in out


@given(TEXTS, CUTS)
@settings(max_examples=150, deadline=None)
def test_what_was_released_is_never_taken_back(text: str, places: list[int]) -> None:
    """At every moment, the pieces released so far are a beginning of the whole answer."""
    whole = released([text])[0]
    one, out = made(), ""
    for piece in cut(text, places):
        out += one.feed(piece)
        assert whole.startswith(out)


@given(TEXTS, CUTS)
@settings(max_examples=150, deadline=None)
def test_every_issued_placeholder_is_restored_and_no_other(text: str, places: list[int]) -> None:
    """None is swallowed by an identifier beside it, none is restored twice."""
    issued = [found for found in PATTERN.finditer(text) if found[0] in ISSUED]
    assert released(cut(text, places))[3] == len(issued)


def test_the_oracle_sees_what_the_index_knows() -> None:
    """The oracle is no blind one: each plain spelling is foreign, Margaret's own are not."""
    assert all(foreign_in(one) for one in (*NAMES[:4], *CODES[:-1], *PHONES, *MAILS))
    assert not foreign_in("Margaret Okafor 40017723")
    assert INDEX.owners("name", "zelda quagmire") == {ZELDA.patient}
