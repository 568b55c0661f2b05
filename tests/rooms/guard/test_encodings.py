"""Undoing encodings: what is readable of each, and nothing of ordinary words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.guard.encodings import MIN_READABLE, blobs, latin, lettered, spellings, unescape

from .encoded import ENCODINGS, b64

SECRET = "Zelda Quagmire"
BLOBS = [
    name for name in ENCODINGS if name.startswith(("base", "hex", "decimal", "binary", "tag")) and " in " not in name
]
SPELT = [
    name for name in ENCODINGS if name.startswith(("entities", "half", "JSON", "percent", "quoted", "Cyrillic", "full"))
]


@pytest.mark.parametrize("name", [*BLOBS, "base64url in a path", "base64url in a query"])
def test_a_blob_is_read_at_whatever_alignment_it_stands(name: str) -> None:
    """In prose, with something glued before it or behind."""
    assert any(SECRET in found for found in blobs(f"See {ENCODINGS[name](SECRET)} for more."))


@pytest.mark.parametrize("name", SPELT)
def test_escapes_and_look_alikes_are_undone_in_place(name: str) -> None:
    """What stands around them stays."""
    assert any(f"See {SECRET} now" in found for found in spellings(f"See {ENCODINGS[name](SECRET)} now"))


ESCAPES = [
    ("an octal escape", "\\132elda", "Zelda"),
    ("a code point in braces", "\\u{5a}elda", "Zelda"),
    ("as old browsers did", "%u005aelda", "Zelda"),
    ("a named entity", "O&apos;Brien", "O'Brien"),
    ("an escape within an escape", "%26%2390%3Belda", "Zelda"),
    ("a soft line end", "Zel=\r\nda", "Zelda"),
    ("a line end in JSON", "Zelda\\nQuagmire", "Zelda Quagmire"),
    ("bytes of UTF-8", "%C3%A9", "é"),
    ("a lone surrogate", "\\ud800", "\ufffd"),
    ("beyond Unicode", "\\u{ffffff}", "\ufffd"),
    ("a percentage", "97% of", "97% of"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ESCAPES])
def test_an_escape_is_undone(text: str, expected: str) -> None:
    """Those of HTML, JSON, URLs and quoted-printable."""
    assert unescape(text) == expected


LETTERS = [
    ("small capitals", "\u1d22", "Z"),
    ("a stroke", "\u01b6", "Z"),
    ("a regional indicator", "\U0001f1ff", "Z"),
    ("a negative circle", "\U0001f169", "Z"),
    ("Cherokee", "\u13c3", "Z"),
    ("Armenian", "\u0585", "o"),
    ("Cyrillic", "\u0430", "a"),
    ("a letter of its own", "\u05d0", "\u05d0"),
    ("a sign", "\u2603", "\u2603"),
]


@pytest.mark.parametrize(("character", "expected"), [pytest.param(*row[1:], id=row[0]) for row in LETTERS])
def test_a_look_alike_is_the_letter_that_it_looks_like(character: str, expected: str) -> None:
    """By table or by its Unicode name, without regard to case; other characters are themselves."""
    assert latin(character).casefold() == expected.casefold()


def test_digits_in_words_are_read_as_letters() -> None:
    """Both ways of reading a one; doses and lab values are left alone."""
    assert "Zelda Quagmire" in lettered("Z3lda Qu4gm1re")
    assert list(lettered("10 mg, B12, T4, 5 mL")) == []


def test_variation_selectors_that_hide_bytes_are_read() -> None:
    """Sixteen at U+FE00, the others at U+E0100."""
    hidden = "".join(chr(0xFE00 + one if one < 16 else 0xE0100 + one - 16) for one in SECRET.encode())
    assert SECRET in list(blobs("ok" + hidden))


PROSE = [
    "The electrocardiogram was unremarkable; hydrochlorothiazide 12.5 mg daily was continued.",
    "BP 128/78, pulse 72, sodium 138, potassium 4.1, creatinine 0.9, TSH 2.31 on 03/04/2024.",
    "HYPERTENSION AND HYPERLIPIDEMIA WERE DISCUSSED WITH THE PATIENT.",
]


@pytest.mark.parametrize("text", PROSE)
def test_clinical_prose_holds_no_readable_blob_of_words(text: str) -> None:
    """What is readable by chance is short and no words."""
    assert all(len(found) < 2 * MIN_READABLE for found in blobs(text))
    assert list(spellings(text)) == []


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing raises, whatever a model writes."""
    for found in [*blobs(text), *spellings(text), *lettered(text), unescape(text)]:
        found.encode("utf-8", "surrogatepass")


@given(st.text("abcdefghijklmnopqrstuvwxyz .@0123456789", min_size=MIN_READABLE, max_size=40), st.integers(0, 5))
def test_whatever_was_written_in_base64_is_read_back(text: str, shift: int) -> None:
    """At every alignment."""
    assert any(text in found for found in blobs(" " + "Q" * shift + b64(text) + " "))
