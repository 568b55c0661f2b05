"""Citation marks: which passages they name, and what is no mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.marks import MAX_MARK, beginning, mark_at, read_marks, without_marks

NO_MARK = ["[PATIENT_1]", "[2021]", "[note]", "[]", "[note two]", "(2)", "(2021)", "[x 2]", "[2.5]", "[note 2", "[-1]"]


@pytest.mark.parametrize("text", NO_MARK)
def test_this_is_no_mark(text: str) -> None:
    """A year, a placeholder, a number in round brackets."""
    found = read_marks(text, 9)
    assert (found.passages, found.invalid, found.spans) == ((), 0, ())


MARKS = [
    ("[note 2]", (2,), 0),
    ("[Note 2]", (2,), 0),
    ("[2]", (2,), 0),
    ("[note 1, 3]", (1, 3), 0),
    ("[notes 1 and 3]", (1, 3), 0),
    ("[note 1, note 3]", (1, 3), 0),
    ("[notes 1, 2, and 3]", (1, 2, 3), 0),
    ("[1-3]", (1, 2, 3), 0),
    ("[notes 1 to 3]", (1, 2, 3), 0),
    ("[3; 1]", (3, 1), 0),
    ("[passage 2]", (2,), 0),
    ("[Source #2]", (2,), 0),
    ("(note 2)", (2,), 0),
    ("(see notes 2, 3)", (2, 3), 0),
    ("[2] and [2]", (2,), 0),
    ("[0]", (), 1),
    ("[note 10]", (), 1),
    ("[note 2, 77]", (2,), 1),
    ("[note 2021]", (), 1),
    ("[8-11]", (8, 9), 2),
    ("[3-1]", (3, 1), 0),
]


@pytest.mark.parametrize(("text", "passages", "invalid"), MARKS)
def test_a_mark_names_passages_by_their_numbers(text: str, passages: tuple[int, ...], invalid: int) -> None:
    """Of nine passages; a number that none has is counted as invalid."""
    found = read_marks(f"Potassium was 4.1 {text}.", 9)
    assert (found.passages, found.invalid) == (passages, invalid)


def test_spaces_take_the_place_of_marks() -> None:
    """The length stays, and so do all offsets."""
    text = "K 4.1 [note 2], Na 140 [3]."
    assert without_marks(text, read_marks(text, 3)) == "K 4.1         , Na 140    ."


@given(st.sampled_from([row[0] for row in MARKS if row[0].count("[") < 2]), st.integers(0, 20))
def test_every_beginning_of_a_mark_could_become_one(mark: str, length: int) -> None:
    """Or a stream could be decided too early."""
    assert mark_at(mark, 0) == len(mark)
    assert not 0 < length < len(mark) or beginning(mark[:length], 0)


def test_a_mark_has_a_bound() -> None:
    """What is longer is text like any other."""
    long = "[notes " + ", ".join("1" * 1 for _ in range(30)) + "]"
    assert len(long) > MAX_MARK
    assert mark_at(long, 0) is None
    assert read_marks(long, 3).passages == ()
