"""Where identifiers are found in a whole text, and when a decision must wait."""

import pytest

from phiward.domain.patients import PatientRef
from phiward.guard.finder import MORE, WINDOW, Hit, decide, find_all, find_names, yields
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

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


def test_words_of_a_sentence_are_no_name() -> None:
    """Grace will, Will Grace."""
    index = index_of(patient("Will Grace", "4009"))
    assert find_all("Grace will call, as Grace said.", index) == []
    assert [(hit.start, hit.end) for hit in find_all("Ask Will Grace, or will grace.", index)] == [(4, 14), (19, 29)]


def test_another_hit_gives_way_to_one_that_is_mine() -> None:
    """One that begins inside it; a hit before it does not."""
    # given a patient whose name begins in another's
    grace, will = patient("Grace Young", "40055555"), patient("Will Grace", "4009")
    index = index_of(grace, will)

    def mine(_: str, owners: frozenset[PatientRef]) -> bool:
        return grace.patient in owners

    # when both stand in one
    # then hers is found, or the other's for whom she is not
    text = "Will Grace Young"
    assert [text[hit.start : hit.end] for hit in find_all(text, index, mine)] == ["Grace Young"]
    assert [text[hit.start : hit.end] for hit in find_all(text, index)] == ["Will Grace"]
    assert len(find_all("Will Grace, Grace Young", index, mine)) == 2


def test_whether_a_hit_gives_way_waits_for_more_text() -> None:
    """Not beyond the window."""
    index = index_of(patient("Grace Young", "40055555"), patient("Will Grace", "4009"))
    hit = Hit(0, 10, frozenset())
    assert yields("Will Grace ", hit, index, lambda *_: True, final=False) is MORE
    assert yields("Will Grace ", hit, index, lambda *_: True, final=True) is False
    assert yields("Will Grace Young ", hit, index, lambda *_: True, final=False) is True
    assert yields("Will Grace".ljust(WINDOW), hit, index, lambda *_: True, final=False) is False


def test_names_are_found_among_tokens_whatever_stood_between() -> None:
    """As they are written."""
    assert list(find_names(["met", "ZELDA", "Quagmire's", "Zelda"], INDEX)) == ["ZELDA Quagmire's", "Quagmire's Zelda"]
    assert list(find_names(["Zelda"], INDEX)) == []


def test_a_hit_prints_no_text() -> None:
    """Places and owners only."""
    assert decide("Zelda Quagmire!", 0, 5, INDEX, final=True) == Hit(0, 14, frozenset({ZELDA.patient}))
