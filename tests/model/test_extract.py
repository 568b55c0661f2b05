"""Quotations that answer a question, verbatim, with placeholders whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.model.extract import HEAD, MAX_QUOTES, NOTHING, answer, choose
from phiward.model.sentences import sentences
from tests.model.test_sentences import CONTEXT

ANSWERS = [
    ("To what dose was furosemide changed?", "Furosemide was increased from 20 mg to 40 mg daily.", 1, "its words"),
    ("Any allergies?", "She is allergic to penicillin (rash).", 1, "a stem"),
    ("What follow-up was planned?", "Follow-up with the heart failure clinic in two weeks.", 2, "two words"),
    ("Which medications were changed?", "Furosemide was increased from 20 mg to 40 mg daily.", 1, "related words"),
    ("Who is [NAME_1]?", "Her daughter [NAME_1] called; the weight is stable.", 2, "a placeholder"),
]


def test_a_question_that_nothing_answers_is_told_so() -> None:
    """It never makes something up."""
    assert answer("Which vaccines against rabies?", CONTEXT) == f"{HEAD}\n{NOTHING}"
    assert answer("anything?", "") == f"{HEAD}\n{NOTHING}"
    assert answer("", CONTEXT) == f"{HEAD}\n{NOTHING}"


def test_naming_the_patient_alone_finds_nothing() -> None:
    """She is in every sentence; that is no reason to quote one."""
    assert NOTHING in answer("What about [PATIENT_1] (MRN [MRN_1])?", CONTEXT)


@pytest.mark.parametrize(("question", "quoted", "note", "reason"), ANSWERS, ids=[row[3] for row in ANSWERS])
def test_the_sentence_that_answers_is_quoted_with_its_source(
    question: str, quoted: str, note: int, reason: str
) -> None:
    """Word for word."""
    assert f'"{quoted}" [note {note}]' in answer(question, CONTEXT)


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    """Inverse sentence frequency within this context."""
    context = "The weight is stable. The weight was taken. The weight and the oedema. The weight again."
    assert '"The weight and the oedema."' in answer("weight oedema", context).splitlines()[1]


def test_a_question_for_an_amount_prefers_a_sentence_with_one() -> None:
    """Of six sentences with the same words, where five are quoted and the earlier ones would win."""
    same = [f"Metformin was discussed {how}." for how in ("again", "now", "there", "then", "so")]
    candidates = sentences("\n".join([*same, "Metformin 500 mg was given."]))
    amount = candidates[-1]
    assert amount in choose("How much metformin?", candidates)
    assert amount not in choose("Metformin?", candidates)


def test_a_question_for_a_time_gets_the_heading_of_the_note_as_well() -> None:
    """Often the date stands nowhere else."""
    assert "[note 1] (Clinic visit, [DATE_1])" in answer("When was furosemide increased?", CONTEXT)
    assert "(Clinic visit" not in answer("Was furosemide increased?", CONTEXT)


def test_a_bare_list_is_found_by_the_title_above_it() -> None:
    """Records are lists."""
    context = "Medications:\n- lisinopril one in the morning\nHobbies:\n- chess on most evenings"
    assert answer("Which medications?", context).splitlines()[1:] == ['- "lisinopril one in the morning"']


@given(st.permutations(["furosemide", "dose", "when", "[NAME_1]", "allergy", "follow-up"]))
@settings(max_examples=60)
def test_the_same_question_gives_the_same_answer(order: list[str]) -> None:
    """Deterministic, at most five quotations, in the order of the context."""
    many = [*sentences(CONTEXT)] * 9
    question = " ".join(order)
    chosen = choose(question, many)
    assert chosen == choose(question, many)
    assert 0 < len(chosen) <= MAX_QUOTES


@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=150)
def test_whatever_is_quoted_stands_in_the_context(question: str, context: str) -> None:
    """Extraction: nothing is rephrased, for any text."""
    for one in choose(question, sentences(context)):
        assert one.text in context
