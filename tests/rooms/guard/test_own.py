"""What may stand in an answer although the index knows it."""

import pytest

from phiward.guard.finder import Hit
from phiward.guard.own import Own

from .house import GRANTED, MARGARET, ZELDA

OTHERS = frozenset({ZELDA.patient})
OWN = Own(GRANTED, ["Zelda Quagmire-Jones", "400-199-99", "Ada"])
COVERED = [
    ("the patient's own", "anything", frozenset({MARGARET.patient}), True),
    ("one that a namesake shares", "anything", frozenset({MARGARET.patient, ZELDA.patient}), True),
    ("a restored value", "Zelda Quagmire Jones", OTHERS, True),
    ("a part of one", "ZELDA QUAGMIRE", OTHERS, True),
    ("its words in another order", "Quagmire, Zelda", OTHERS, True),
    ("a restored number, written otherwise", "400 19999", OTHERS, True),
    ("words of two values", "Ada Quagmire", OTHERS, False),
    ("more than a value", "Ada Test", OTHERS, False),
    ("another's", "Rene Muller", OTHERS, False),
]


@pytest.mark.parametrize(("text", "owners", "expected"), [pytest.param(*row[1:], id=row[0]) for row in COVERED])
def test_a_hit_is_covered_by_its_owner_or_by_one_restored_value(text: str, owners: frozenset, expected: bool) -> None:  # type: ignore[type-arg]
    """By all its words within one value."""
    assert OWN.covers(text, owners) is expected


def test_what_is_covered_is_taken_out_of_a_text() -> None:
    """Hits, and whole values as they are written; a bare name hides nothing."""
    hit = Hit(2, 7, frozenset({MARGARET.patient}))
    assert OWN.outside("a OKAFOR b zelda quagmire-jones c Ada d", [hit]) == ["a ", "R b ", " c Ada d"]
    assert OWN.outside("a OKAFOR b", [Hit(2, 8, OTHERS)]) == ["a OKAFOR b"]


def test_restored_values_are_found_without_separators() -> None:
    """Every place, of values long enough to be one."""
    assert Own(GRANTED, ["Ada Test", "x"]).spans("adatestxadatest") == [(0, 7), (8, 15)]


def test_it_prints_no_names() -> None:
    """They are PHI."""
    assert "Quagmire" not in repr(OWN)
