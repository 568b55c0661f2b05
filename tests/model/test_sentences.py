"""Cutting a context: word for word, and never through a placeholder."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.model.sentences import pieces, sentences

CONTEXT = """Capital words with a number in square brackets stand for identifiers.

[note 1] Clinic visit, [DATE_1]
# Medications
[PATIENT_1] was seen on [DATE_2: 3 days after DATE_1]. Furosemide was increased from 20 mg to 40 mg daily.
She is allergic to penicillin (rash).

[note 2] Telephone note, [DATE_3: 9 days after DATE_1]
Her daughter [NAME_1] called; the weight is stable. Follow-up with the heart failure clinic in two weeks.
"""

CUTS = [
    ("She is well. Weight 68.4 kg.", ["She is well.", "Weight 68.4 kg."], "a decimal point ends nothing"),
    ("Seen by Dr. Example. Stable.", ["Seen by Dr. Example.", "Stable."], "a title ends nothing"),
    ("Signed J. Doe today.", ["Signed J. Doe today."], "an initial ends nothing"),
    ("1. Metformin 500 mg", ["1. Metformin 500 mg"], "the number of a list ends nothing"),
    ("- lisinopril 10 mg", ["lisinopril 10 mg"], "a bullet is not part of the sentence"),
    ("Better! Is it? Yes.", ["Better!", "Is it?", "Yes."], "all three marks"),
    ("Stop. [PATIENT_1] left.", ["Stop.", "[PATIENT_1] left."], "a placeholder opens a sentence"),
    ("Given e.g. aspirin.", ["Given e.g. aspirin."], "no capital follows"),
    ("", [], "nothing"),
]

_PARTS = (
    "seen|on.|Then|stable.|40|mg.|Dr.|\n|why?|A.|-|:|# x\n|[PATIENT_1]|[DATE_2: 3 days after DATE_1]|"
    "[DATE_12: same day as DATE_1].|[LITERAL_3]!"
)
_WORDS = st.sampled_from(_PARTS.split("|"))


@pytest.mark.parametrize(("line", "expected", "reason"), CUTS, ids=[row[2] for row in CUTS])
def test_a_line_is_cut_where_a_sentence_ends(line: str, expected: list[str], reason: str) -> None:
    """And nowhere else."""
    assert pieces(line) == expected


@given(st.lists(_WORDS, max_size=40).map(" ".join))
@settings(max_examples=150)
def test_every_sentence_stands_in_the_context_and_no_placeholder_is_cut(context: str) -> None:
    """Whatever the context: verbatim, and brackets stay in pairs."""
    for one in sentences(context):
        assert one.text in context
        assert one.text.count("[") == one.text.count("]")


def test_every_word_of_a_line_is_in_some_piece() -> None:
    """Nothing is lost between two sentences but the space."""
    line = "One is here. Two [DATE_2: 3 days after DATE_1]. 3 mg more? Yes"
    assert " ".join(pieces(line)) == line


def test_instructions_outside_the_notes_are_not_quoted() -> None:
    """Where notes have headings, only what stands under one counts."""
    assert all(one.note for one in sentences(CONTEXT))
    assert sentences("One plain sentence without a heading.")[0].note is None


def test_a_sentence_knows_its_note_its_heading_and_the_title_above_it() -> None:
    """The heading tells the date, the title tells what a bare list is about."""
    found = {one.text: one for one in sentences(CONTEXT)}
    seen = found["[PATIENT_1] was seen on [DATE_2: 3 days after DATE_1]."]
    assert (seen.note, seen.heading, seen.section) == (1, "Clinic visit, [DATE_1]", "Medications")
    assert found["Her daughter [NAME_1] called; the weight is stable."].section == ""


def test_titles_dates_and_single_words_are_no_sentences() -> None:
    """They answer nothing by themselves; a short result does."""
    assert [one.text for one in sentences("# Plan\nPlan:\n2020-01-31\nStable\nBP 148/92.")] == ["BP 148/92."]


def test_a_sentence_prints_without_its_text() -> None:
    """It may be PHI."""
    assert "furosemide" not in repr(sentences(CONTEXT)).lower()
