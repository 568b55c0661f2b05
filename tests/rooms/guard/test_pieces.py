"""Where a passage ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.guard.pieces import MAX_PASSAGE, PassageCutter


def cut(*texts: str) -> list[str]:
    """All passages, the rest last."""
    one = PassageCutter()
    return [piece for text in texts for piece in one.feed(text)] + [one.finish()]


CUTS = [
    ("sentences", "She is well. He is not! Why? Now", ["She is well. ", "He is not! ", "Why? ", "Now"]),
    ("lines", "a\n\n- b\nc", ["a\n", "\n", "- b\n", "c"]),
    ("a title and an initial", "Dr. A. Test came today. Yes", ["Dr. A. Test came today. ", "Yes"]),
    ("a decimal point", "0.9 mg daily. Yes", ["0.9 mg daily. ", "Yes"]),
    ("a mark behind a quotation", 'He said "never." Then', ['He said "never." ', "Then"]),
    ("a bracket before a stop", "well (today). Then", ["well (today). ", "Then"]),
    ("no end", "nothing", ["nothing"]),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in CUTS])
def test_a_passage_is_a_sentence_or_a_line(text: str, expected: list[str]) -> None:
    """A stop after an abbreviation ends none."""
    assert cut(text) == expected


def test_what_never_ends_is_cut_between_words() -> None:
    """And anywhere where there is no space."""
    assert [len(one) for one in cut("word " * 500)] == [2000, 500]
    assert [len(one) for one in cut("x" * (MAX_PASSAGE + 5))] == [MAX_PASSAGE, 5]


def test_a_passage_goes_on_as_soon_as_its_end_has_come() -> None:
    """Not with the next one."""
    one = PassageCutter()
    assert one.feed("She is well.") == []
    assert one.feed(" ") == ["She is well. "]


@given(st.text('ab. !?\n)"', max_size=200), st.integers(1, 20))
def test_the_passages_are_the_same_for_every_cut(text: str, step: int) -> None:
    """And nothing is lost."""
    whole = cut(text)
    assert cut(*(text[at : at + step] for at in range(0, len(text), step))) == whole
    assert "".join(whole) == text


def test_it_prints_no_text() -> None:
    """What waits is PHI."""
    one = PassageCutter()
    one.feed("Zelda")
    assert "Zelda" not in repr(one)
