"""Quotations that answer a question, verbatim, with placeholders whole."""

import pytest

from phiward.model.extract import HEAD, NOTHING, answer, choose, sentences, stems

CONTEXT = """Capital words with a number in square brackets stand for identifiers.

[note 1] Clinic visit, [DATE_1]
# Medications
[PATIENT_1] was seen on [DATE_2: 3 days after DATE_1]. Furosemide was increased from 20 mg to 40 mg daily.
She is allergic to penicillin (rash).

[note 2] Telephone note, [DATE_3: 9 days after DATE_1]
Her daughter [NAME_1] called; the weight is stable. Follow-up with the heart failure clinic in two weeks.
"""


def test_a_question_that_nothing_answers_is_told_so() -> None:
    """It never makes something up."""
    assert answer("Which vaccines against rabies?", CONTEXT) == f"{HEAD}\n{NOTHING}"
    assert answer("anything?", "") == f"{HEAD}\n{NOTHING}"


@pytest.mark.parametrize(
    ("question", "quoted", "source"),
    [
        ("To what dose was furosemide changed?", "Furosemide was increased from 20 mg to 40 mg daily.", "[note 1]"),
        ("Any allergies?", "She is allergic to penicillin (rash).", "[note 1]"),
        ("What follow-up was planned?", "Follow-up with the heart failure clinic in two weeks.", "[note 2]"),
    ],
)
def test_the_sentence_that_answers_is_quoted_with_its_source(question: str, quoted: str, source: str) -> None:
    """Word for word."""
    assert f'"{quoted}" {source}' in answer(question, CONTEXT)


def test_every_quotation_stands_in_the_context() -> None:
    """Extraction: nothing is rephrased."""
    for one in sentences(CONTEXT):
        assert one.text in CONTEXT


def test_placeholders_are_never_cut() -> None:
    """Not at the colon, not at the bracket."""
    texts = [one.text for one in sentences(CONTEXT)]
    assert "[PATIENT_1] was seen on [DATE_2: 3 days after DATE_1]." in texts


def test_instructions_outside_the_notes_are_not_quoted() -> None:
    """Where notes have headings, only what stands under one counts."""
    assert all(one.note for one in sentences(CONTEXT))
    assert sentences("One plain sentence without a heading.")[0].note is None


def test_the_same_question_gives_the_same_answer() -> None:
    """Deterministic, and at most five quotations."""
    many = [*sentences(CONTEXT)] * 9
    assert choose("furosemide dose", many) == choose("furosemide dose", many)
    assert len(choose("furosemide dose", many)) <= 5


def test_words_meet_without_their_endings() -> None:
    """medications, medication; changed, changes."""
    assert stems("medications changed") == stems("medication changes")
