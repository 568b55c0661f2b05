"""Quotations: what is one, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.quotations import is_open, level, locate, quotations


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ('a way of "so called" speaking', []),
        ("no marks at all here", []),
        ("he is 5'10\" tall and 200 lb", []),
        ('He said "I have chest pain" again', ["I have chest pain"]),
        ("He said “I have chest pain” again", ["I have chest pain"]),
        ('"Potassium was 4.1" and "Sodium was 140"', ["Potassium was 4.1", "Sodium was 140"]),
        ('He said "I have chest pain', ["I have chest pain"]),
    ],
)
def test_three_words_between_marks_are_a_quotation(sentence: str, expected: list[str]) -> None:
    """One that is not closed runs to the end."""
    assert quotations(sentence) == expected


@pytest.mark.parametrize(
    ("quotation", "text"),
    [
        ("I have chest pain", "I had chest pain"),
        ("I have chest pain", "I have no chest pain"),
        ("have chest pain", "Have chest pain"),
        ("no chest pain", "no chest pains"),
        ("was 4.1 again", "was 14.1 again"),
        ("I have … pain", "I have chest pain"),
        ("a.b c d", "axb c d"),
    ],
)
def test_a_quotation_that_is_changed_stands_nowhere(quotation: str, text: str) -> None:
    """Word for word, in the same case, whole words; nothing in it is a pattern."""
    assert locate(quotation, level(text)) is None


@pytest.mark.parametrize(
    ("quotation", "span"),
    [
        ("I have chest pain", (3, 22)),
        ("have chest pain,", (5, 22)),
        ("can't sleep well.", (27, 43)),
    ],
)
def test_white_space_and_typography_do_not_matter(quotation: str, span: tuple[int, int]) -> None:
    """The offsets are those of the text as it is."""
    text = "..«I have\n  chest pain», I can\u2019t sleep\u00a0well today"
    assert locate(quotation, level(text)) == span


def test_inches_open_no_quotation() -> None:
    """A straight mark behind a digit closes one, or is a measure."""
    assert not is_open("5'10\"", 0, 5, quoted=False)
    assert not is_open('was 4.1"', 0, 8, quoted=True)
    assert is_open(' "x', 0, 3, quoted=False)


@given(st.lists(st.text(alphabet="abc., ", min_size=1, max_size=6), min_size=3, max_size=6))
def test_what_is_cut_from_a_text_stands_in_it(words: list[str]) -> None:
    """At the place it was cut from, or an earlier one that reads the same."""
    said = "x " + " ".join("".join(words).split()) + " x"
    found = locate(said, level(f"before {said} after"))
    assert found is not None
    assert f"before {said} after"[found[0] : found[1]].startswith("x ")
