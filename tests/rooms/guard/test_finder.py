"""Where identifiers are found in a whole text, and when a decision must wait."""

import pytest

from phiward.guard.finder import MORE, WINDOW, Hit, decide, find_all

from .house import INDEX, ZELDA

FOUND = [
    ("a name", "Ask Zelda Quagmire.", ["Zelda Quagmire"]),
    ("seven characters between", "Zelda ..... Quagmire", []),
    ("exactly six", "Zelda .... Quagmire", ["Zelda .... Quagmire"]),
    ("both in bold", "**Zelda** **Quagmire**", ["Zelda** **Quagmire"]),
    ("a name of three words with a hyphen", "René Müller-Sørensen", ["René Müller-Sørensen"]),
    ("a word between", "Zelda May Quagmire", []),
    ("a code in groups", "400-199-99", ["400-199-99"]),
    ("a code before another group", "400-199-99-5", ["400-199-99"]),
    ("a code behind a number", "12 40019999", ["40019999"]),
    ("a code with letters, glued", "MRN774412", ["MRN774412"]),
    ("a code with letters, spaced", "MRN 77 4412", ["MRN 77 4412"]),
    ("a telephone number within a sentence", "at 1 (312) 555-0188, ok", ["1 (312) 555-0188"]),
    ("a code on a new line is another", "400\n19999", []),
    ("an e-mail address before a point", "zelda.q@example.org.", ["zelda.q@example.org"]),
    ("a longer e-mail address", "not.zelda.q@example.org", ["zelda.q@example.org"]),
    ("two", "Zelda Quagmire 40019999", ["Zelda Quagmire", "40019999"]),
    ("none", "Nothing here", []),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in FOUND])
def test_identifiers_are_found_with_their_places(text: str, expected: list[str]) -> None:
    """Left to right, the longest, none inside another."""
    assert [text[hit.start : hit.end] for hit in find_all(text, INDEX)] == expected


WAITING = [
    ("the first word of a name", "Zelda ", 5),
    ("a name whose last word may go on", "Zelda Quagmire", 5),
    ("a number", "400 ", 3),
    ("a number whose last group may go on", "400-199-9", 3),
    ("capitals that may lead a number", "MRN ", 3),
    ("a word before a dash", "abc-", 3),
    ("the beginning of an e-mail address", "zelda.", 5),
]


@pytest.mark.parametrize(("text", "end"), [pytest.param(*row[1:], id=row[0]) for row in WAITING])
def test_a_decision_waits_where_more_text_could_change_it(text: str, end: int) -> None:
    """And is made when the text is final."""
    assert decide(text, 0, end, INDEX, final=False) is MORE
    assert decide(text, 0, end, INDEX, final=True) is not MORE


def test_a_decision_does_not_wait_beyond_the_window() -> None:
    """A row of groups that never ends is decided at its first WINDOW characters."""
    assert decide("1-" * WINDOW, 0, 1, INDEX, final=False) is None
    assert decide("a." * WINDOW, 0, 1, INDEX, final=False) is None


def test_a_hit_prints_no_text() -> None:
    """Places and owners only."""
    assert decide("Zelda Quagmire!", 0, 5, INDEX, final=True) == Hit(0, 14, frozenset({ZELDA.patient}))
