"""Which readings of a passage are searched."""

import pytest

from phiward.guard.views import Reading, tokens, views, words_in

from .encoded import ENCODINGS
from .house import INDEX


def readings(text: str, before: str = "") -> list[tuple[Reading, str]]:
    """All of them."""
    return [(view.reading, view.text) for view in views(words_in(text, INDEX), INDEX, before)]


TURNED = [
    ("rot13", "Mryqn Dhntzver", "Zelda Quagmire"),
    ("from the end", "erimgauQ adleZ", "Zelda Quagmire"),
    ("each word from its end", "adleZ erimgauQ", "Zelda Quagmire"),
    ("the last word first", "Sørensen Müller René", "René Müller Sørensen"),
    ("a name written as one word", "ZeldaQuagmire", "zelda quagmire"),
    ("a number from its end", "99991004", "40019999"),
    ("a number with letters from its end", "2144-77-NRM", "MRN-77-4412"),
    ("a number with letters by rot13", "ZEA-77-4412", "MRN-77-4412"),
    ("a number, the last group first", "555-0188 312", "312 555-0188"),
    ("an address by rot13", "mryqn.d@rknzcyr.bet", "zelda.q@example.org"),
    ("an address from its end", "gro.elpmaxe@q.adlez", "zelda.q@example.org"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in TURNED])
def test_a_turned_identifier_is_read(text: str, expected: str) -> None:
    """As a writer turned it."""
    assert (Reading.TURNED, expected) in readings(text)


def test_a_name_read_from_its_end_may_end_in_what_stood_before() -> None:
    """Its first words, so read, are the last to come."""
    assert (Reading.TURNED, "Zelda Quagmire") in readings("adleZ came", before="by erimgauQ ")


SPACED = [
    ("by spaces", "R o s e   R e a now", "Rose Rea"),
    ("by dashes", "Z-e-l-d-a", None),
    ("an address", "see z e l d a . q @ e x a m p l e . o r g now", "zelda.q@example.org"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in SPACED])
def test_characters_with_even_separators_are_put_together(text: str, expected: str | None) -> None:
    """From six of them on; the words that they were remain words."""
    found = [text for reading, text in readings(text) if reading is Reading.SPELT]
    assert any(expected in one for one in found) if expected else found == []


GLUED = [
    ("a capital within a word", "xyZelda Quagmire", "xy Zelda Quagmire"),
    ("a number behind a word", "Quagmire40019999", "Quagmire 40019999"),
    ("a word behind a number", "40019999now", "40019999 now"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in GLUED])
def test_words_are_parted_at_their_seams(text: str, expected: str) -> None:
    """Where small letters, capitals and digits meet."""
    assert (Reading.SPELT, expected) in readings(text)


def test_what_was_decoded_is_read_again() -> None:
    """Twice, and no deeper."""
    code = ENCODINGS["base64"]
    once, twice = code(ENCODINGS["rot13"]("Zelda Quagmire")), code(code("Zelda Quagmire"))
    assert (Reading.TURNED, "Zelda Quagmire") in readings(once)
    assert (Reading.BLOB, "Zelda Quagmire") in readings(twice)
    assert (Reading.BLOB, "Zelda Quagmire") not in readings(code(twice))


CLEAN = [
    "She takes lisinopril daily for her blood pressure, which is well controlled.",
    "Sodium 138, potassium 4.1 on 03/04.",
    "a",
    "",
]


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_prose_has_no_other_reading(text: str) -> None:
    """So that it costs little."""
    assert readings(text) == []


def test_what_may_not_hold_an_identifier_is_not_looked_at() -> None:
    """No digit, no at sign, no word that begins a name."""
    assert not words_in("nothing here", INDEX).may_hold
    assert words_in("a 1", INDEX).may_hold
    assert words_in("a@b", INDEX).may_hold
    assert words_in("Zelda", INDEX).may_hold
    assert words_in("caf\u00e9", INDEX).may_hold


def test_a_token_that_is_too_long_is_cut_as_the_finder_cuts_it() -> None:
    """At 64 characters."""
    assert tokens("x" * 70 + " a") == ["x" * 64, "x" * 6, "a"]


def test_a_view_prints_no_text() -> None:
    """It may be PHI."""
    assert "Quagmire" not in repr(next(views(words_in("erimgauQ adleZ", INDEX), INDEX)))
