"""Tokens and their canonical words."""

import sys
import unicodedata

import pytest

from phiward.domain.words import canonical_words
from phiward.guard.tokens import TOKEN, is_prefix, mirrored, rotated, seen, unescaped, words_of

TOKENS = [
    ("a hyphen separates", "Anne-Marie", ["Anne", "Marie"]),
    ("an underscore separates", "a_b", ["a", "b"]),
    ("an apostrophe joins", "O'Brien’s", ["O'Brien’s"]),  # noqa: RUF001
    ("a zero-width space joins", "Zel\u200bda", ["Zel\u200bda"]),
    ("a mark of another script joins", "Ze\u05b0lda", ["Ze\u05b0lda"]),
    ("letters in rings are letters", "\u24cfelda", ["\u24cfelda"]),
    ("brackets separate", "[a]", ["a"]),
    ("nothing", " .,-", []),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in TOKENS])
def test_a_token_is_what_a_reader_takes_for_one_word(text: str, expected: list[str]) -> None:
    """Cut where a reader would cut."""
    assert TOKEN.findall(text) == expected


def test_nothing_that_canonicalises_to_nothing_can_cut_a_word() -> None:
    """Every mark and format character of the Basic Multilingual Plane joins."""
    for one in map(chr, range(0x80, 0x10000)):
        if unicodedata.category(one) in {"Mn", "Mc", "Me", "Cf"}:
            assert TOKEN.fullmatch(f"a{one}b"), hex(ord(one))


def test_every_letter_and_digit_is_in_a_token() -> None:
    """Of all of Unicode."""
    for one in map(chr, range(sys.maxunicode + 1)):
        if one.isalnum():
            assert TOKEN.fullmatch(one), hex(ord(one))


@pytest.mark.parametrize("text", ["O'Brien's Zélda", "Ｚｅｌｄａ 12-34", "a_b'c", "x'"])  # noqa: RUF001
def test_the_words_of_the_tokens_are_the_words_of_the_text(text: str) -> None:
    """Reading token by token loses nothing."""
    assert [word for token in TOKEN.findall(text) for word in words_of(token)] == canonical_words(text)


ESCAPES = [
    ("a letter", "\\u005aelda", "Zelda"),
    ("a pair", "\\ud83d\\ude00", "\U0001f600"),
    ("a lone surrogate", "\\ud800", "\ufffd"),
    ("a line end", "a\\nb", "a b"),
    ("an escape twice over", "\\\\u005a", "\\Z"),
    ("no escape", "a\\x", "a\\x"),
    ("too short", "\\u00", "\\u00"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ESCAPES])
def test_json_escapes_are_undone(text: str, expected: str) -> None:
    """Whether the text is JSON or not."""
    assert unescaped(text) == expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [("MRN", True), ("S", True), ("Mrn", False), ("LABOR", False), ("12", False), ("", False)],
)
def test_short_capitals_may_stand_before_a_number(token: str, expected: bool) -> None:
    """And nothing else, so that ordinary words need not wait."""
    assert is_prefix(token) is expected


def test_what_is_seen_holds_no_marks() -> None:
    """Full width, accents and zero-width characters fall away."""
    assert seen("ｚé\u200bl＠x．org") == "zel@x.org"  # noqa: RUF001
    assert seen("plain") == "plain"


def test_turning_twice_gives_the_text_again() -> None:
    """By rot13, and from its end."""
    assert rotated("Zelda 4") == "Mryqn 4"
    assert rotated(rotated("Zelda é")) == "Zelda é"
    assert mirrored("Zelda") == "adleZ"
