"""One spelling for words and digits."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.words import canonical_digits, canonical_words


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("Quilla TESTOVA", ["quilla", "testova"], "case"),
        ("O'Reilly O\u2019Reilly O\u02bcReilly O`Reilly", ["oreilly"] * 4, "apostrophes inside a word"),
        ("'quoted'", ["quoted"], "apostrophes around a word"),
        ("Testova's Testova\u2019s", ["testova"] * 2, "a possessive is no part of the name"),
        ("Anne-Marie", ["anne", "marie"], "a hyphen separates"),
        ("Testova,Quilla_x", ["testova", "quilla", "x"], "punctuation and underscore separate"),
        ("Zoë Zoe\u0308", ["zoe"] * 2, "combining marks"),
        ("\uff31\uff55\uff49\uff4c\uff4c\uff41 \ufb01n", ["quilla", "fin"], "compatibility forms"),
        ("Qui\u200blla Qui\u00adlla Qui\ufeffl\u2060la", ["quilla"] * 3, "what cannot be seen"),
        ("Qui\u3164lla", ["quilla"], "a letter that shows nothing"),
        ("T\u0435st\u043ev\u0430", ["testova"], "Cyrillic look-alikes"),
        ("\u0422\u0415st\u039fv\u0391", ["testova"], "capitals of other alphabets"),
        ("Straße", ["strasse"], "casefold, not lower"),
        ("MRN-00123 ٣٤", ["mrn", "00123", "34"], "digits of any script"),
        ("日本 Δ", ["日本", "δ"], "letters without a Latin look stay"),
        (" .-'\u0301\u200b", [], "nothing to read"),
    ],
)
def test_spellings_of_a_word_are_one(text: str, words: list[str], reason: str) -> None:
    """Whatever hides a name from the eye or from a naive search."""
    assert canonical_words(text) == words, reason


@given(st.text())
@settings(max_examples=200)
def test_canonical_words_are_their_own_canonical_form(text: str) -> None:
    """Otherwise a digest of them would never be found again."""
    words = canonical_words(text)
    assert canonical_words(" ".join(words)) == words


@given(st.text(st.characters(codec="ascii")))
@settings(max_examples=100)
def test_the_quick_way_for_plain_text_gives_the_same(text: str) -> None:
    """Plain ASCII skips the folding; a zero-width character beside it does not."""
    assert canonical_words(text) == canonical_words(text + " \u200b")


@given(st.text())
@settings(max_examples=100)
def test_composed_and_decomposed_spellings_agree(text: str) -> None:
    """NFC and NFD of one text are one."""
    assert canonical_words(unicodedata.normalize("NFC", text)) == canonical_words(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("(555) 010-0199", "5550100199"),
        ("٣٤-5", "345"),
        ("\uff15\uff15", "55"),
        ("1\u200b2", "12"),
        ("none", ""),
    ],
)
def test_digits_come_out_alone(text: str, digits: str) -> None:
    """Of any script, as ASCII."""
    assert canonical_digits(text) == digits
