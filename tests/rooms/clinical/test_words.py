"""Words in one spelling, and which of them count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.words import EXPANSIONS, TYPOGRAPHY, is_content, plain, readable, stem

PLAIN = [
    ("full width", "４.１", "4.1"),  # noqa: RUF001
    ("accents", "Ménière", "Meniere"),
    ("an invisible character", "no\u200bt", "not"),
    ("a fraction", "½", "1/2"),
    ("a fraction behind a number", "1½", "1 1/2"),
    ("a power", "m²", "m2"),
    ("micro", "\u00b5g \u03bcg", "ug ug"),
    ("a minus sign", "\u22122", "-2"),
    ("a dash of a range", "3\u20135", "3-5"),
    ("a dash of a sentence", "well\u2014no", "well;no"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in PLAIN])
def test_one_spelling(text: str, expected: str) -> None:
    """As a reader sees it."""
    assert plain(text) == expected


@given(st.text())
def test_plain_text_stays_plain(text: str) -> None:
    """And typography alone changes no length."""
    assert len(text.translate(TYPOGRAPHY)) == len(text)
    once = plain(text)
    assert not once.isascii() or plain(once) == once


@pytest.mark.parametrize(
    ("text", "holds"), [("no", True), ("n\u043e", False), ("нет", True), ("5 ug", True), ("\u03b12", True)]
)
def test_a_word_of_two_scripts_cannot_be_read(text: str, holds: bool) -> None:
    """A Cyrillic letter in "no" would hide a negation from the check, not from the reader."""
    assert readable(text) is holds


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("medication medications", {"medication"}),
        ("increase increased increases increasing", {"increas"}),
        ("allergy allergies", {"allergy"}),
        ("diagnosis", {"diagnosis"}),
        ("mass", {"mass"}),
        ("labs lab", {"lab"}),
        ("edema", {"edema"}),
    ],
)
def test_forms_of_a_word_are_one(words: str, expected: set[str]) -> None:
    """Only endings are taken away."""
    assert {stem(word) for word in words.split()} == expected


def test_common_words_are_no_content() -> None:
    """Nor are words about the record, units and single letters."""
    words = ("the", "patient", "evidence", "mg", "x", "pneumonia", "not")
    assert [word for word in words if is_content(word)] == ["pneumonia"]


def test_expansions_are_words_of_their_own() -> None:
    """No expansion holds another abbreviation: they are read once."""
    assert all(len(words) >= 1 and not EXPANSIONS.keys() & set(words) for words in EXPANSIONS.values())
