"""What waits for the next passage."""

import pytest

from phiward.guard.tails import TAIL, tail_start

from .house import INDEX

TAILS = [
    ("nothing", "She is well.\n", ""),
    ("the first word of a name", "Ask Zelda\n", "Zelda\n"),
    ("the first of three words", "Ask René Müller\n", "René Müller\n"),
    ("a name that something followed", "Zelda called her today again.\n", ""),
    ("the first word by rot13", "Ask Mryqn\n", "Mryqn\n"),
    ("the last words before a name read from its end", "She said erimgauQ\n", "erimgauQ\n"),
    ("a number", "call 312 555\n", "312 555\n"),
    ("a number that words follow", "He took 312 on that day.\n", ""),
    ("capitals that may lead a number", "number MRN\n", "MRN\n"),
    ("single letters", "so Z e l\n", "Z e l\n"),
    ("single letters that a word follows", "plan a of them all today.\n", ""),
    ("code", "see WmVsZGEg\n", "WmVsZGEg\n"),
    ("an escape", "see %5Aelda\n", "%5Aelda\n"),
    ("an escape in the last words", "see &#90;elda is here\n", "&#90;elda is here\n"),
    ("a soft line end", "said so=\n", "so=\n"),
    ("an at sign", "mail zelda.q@\n", "zelda.q@\n"),
    ("characters beyond ASCII", "see caf\u00e9 now\n", "caf\u00e9 now\n"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in TAILS])
def test_a_tail_begins_with_the_first_word_that_may_begin_an_identifier(text: str, expected: str) -> None:
    """And is empty where nothing may."""
    assert text[tail_start(text, INDEX) :] == expected


def test_a_tail_is_bounded() -> None:
    """A row of numbers of any length, to the word."""
    text = "12 " * 400
    assert 0 < len(text) - tail_start(text, INDEX) <= TAIL + 4
