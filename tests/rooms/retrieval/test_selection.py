"""Which notes reach the model: never another patient's, never above the budget, always the same."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.patients import DocumentId, Note, PatientRef
from phiward.retrieval.selection import CUT_MARK, content_words, context_text, cut_text, select

_DAY = datetime(2020, 1, 1, 23, 30, tzinfo=UTC)
_WORDS = st.sampled_from(["potassium", "sodium", "stable", "fever", "cough", "insulin", "the", "of.", "\n\n"])
_TEXTS = st.lists(_WORDS, min_size=1, max_size=120).map(" ".join)


def _note(number: int, text: str, *, day: int = 0, title: str = "Progress note") -> Note:
    return Note(DocumentId(UUID(int=number)), PatientRef(UUID(int=99)), _DAY + timedelta(days=day), title, text)


_NOTES = st.lists(st.tuples(_TEXTS, st.integers(0, 9)), max_size=8).map(
    lambda rows: [_note(n, text, day=day) for n, (text, day) in enumerate(rows)]
)


@given(_NOTES, _TEXTS, st.integers(0, 2000))
@settings(max_examples=150)
def test_the_layout_never_exceeds_the_budget(notes: list[Note], question: str, budget: int) -> None:
    """Headings, blank lines and the mark included."""
    assert len(context_text(select(notes, question, budget))) <= budget


@given(_NOTES, _TEXTS, st.integers(0, 2000), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_choice_is_the_same_for_every_order_of_the_notes(
    notes: list[Note], question: str, budget: int, order: random.Random
) -> None:
    """A function of the notes alone; nothing is in it that was not given."""
    shuffled = list(notes)
    order.shuffle(shuffled)
    chosen = select(notes, question, budget)
    assert select(shuffled, question, budget) == chosen
    assert {note.document for note in chosen} <= {note.document for note in notes}
    assert [n.written_at for n in chosen] == sorted(n.written_at for n in chosen)


def test_no_budget_or_no_notes_gives_nothing() -> None:
    """And an empty layout."""
    assert select([], "potassium", 1000) == ()
    assert select([_note(1, "x")], "potassium", 0) == ()
    assert context_text(()) == ""


def test_a_note_that_answers_comes_before_a_newer_one_that_does_not() -> None:
    """Words of the question decide first, its stop words not."""
    old, new = _note(1, "Potassium was 5.9." * 12), _note(2, "What was the plan?" * 12, day=5)
    assert select([old, new], "What was the potassium?", 300) == (old,)


def test_the_title_counts_too() -> None:
    """A question for the discharge summary finds it."""
    summary = _note(1, "x" * 200, title="Discharge summary")
    assert select([summary, _note(2, "y" * 200, day=5)], "discharge summary?", 260) == (summary,)


def test_on_a_tie_the_newer_note_is_chosen_then_the_lower_id() -> None:
    """Deterministic to the last."""
    notes = [_note(n, "fever " * 30, day=n // 2) for n in range(4)]
    assert [n.document.int for n in select(notes, "fever", 240)] == [2]


def test_an_accent_or_a_capital_does_not_hide_a_word() -> None:
    """Words are compared in canonical form."""
    assert content_words("The POTÁSSIUM of a") == content_words("potassium") == {"potassium"}


def test_notes_without_a_word_in_common_fill_what_is_left() -> None:
    """Newest first; the output is chronological."""
    notes = [_note(1, "fever", day=0), _note(2, "cough", day=1), _note(3, "rash", day=2)]
    assert [n.text for n in select(notes, "fever", 10_000)] == ["fever", "cough", "rash"]
    assert [n.text for n in select(notes, "fever", 130)] == ["fever", "rash"]


def test_only_one_note_is_cut_and_it_says_so() -> None:
    """The rest is left out whole."""
    notes = [_note(n, "Fever came back. " * 100, day=n) for n in range(3)]
    (cut,) = select(notes, "fever", 600)
    assert cut.document.int == 2
    assert cut.text.endswith(f"back.\n{CUT_MARK}")


def test_a_second_note_is_not_cut_even_where_there_is_room() -> None:
    """Fragments of many notes would mislead more than one note cut."""
    notes = [_note(n, "Fever. " * 90 + "\n\n" + "x" * 2000, day=n) for n in range(3)]
    assert [note.document.int for note in select(notes, "fever", 1250)] == [2]


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("One one one.\n\nTwo two. Three", 24, f"One one one.\n{CUT_MARK}"),
        ("One one. Two two two. Three", 26, f"One one. Two two two.\n{CUT_MARK}"),
        ("word " * 10, 22, f"word word word\n{CUT_MARK}"),
        ("x" * 50, 20, "x" * 16 + f"\n{CUT_MARK}"),
    ],
)
def test_a_cut_falls_at_a_paragraph_else_a_sentence_else_a_word(text: str, room: int, expected: str) -> None:
    """Never above the room."""
    found = cut_text(text, room)
    assert found == expected
    assert len(found) <= room


def test_the_layout_heads_each_note_with_number_title_and_date() -> None:
    """Dates in UTC."""
    notes = (_note(1, "First."), _note(2, "Second.", day=1, title="Letter"))
    assert context_text(notes) == ("[note 1] Progress note, 2020-01-01\nFirst.\n\n[note 2] Letter, 2020-01-02\nSecond.")
