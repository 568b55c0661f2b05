"""Which sentences claim nothing; when in doubt, one claims."""

import pytest

from phiward.clinical.claims import read_sentence
from phiward.clinical.statements import claims_nothing

KNOWN = frozenset({"potassium", "metoprolol", "kidney", "pneumonia"})

CLAIMS = [
    ("a heading with a number", "## Potassium 9.9"),
    ("a heading with a date", "## Labs of March 2021"),
    ("a heading that denies", "## No pneumonia"),
    ("a heading of words that nobody knows", "## Pancreatic cancer"),
    ("a heading that is a sentence", "## He has pneumonia"),
    ("a bold sentence", "**He has pneumonia.**"),
    ("a bold item", "- **Pneumonia**"),
    ("a lead-in that tells something", "He was diagnosed with pneumonia:"),
    ("a lead-in with a number", "Here are the 3 drugs:"),
    ("a word", "Yes."),
    ("words about the record alone", "The results show a new finding."),
    ("advice", "Please consult a physician."),
    ("nothing said, and then advice", "The notes do not say so, but give morphine."),
    ("nothing said, and then more", "The notes do not say why; he has pneumonia."),
    ("nothing said, and another subject", "The notes do not mention it, he takes morphine."),
    ("nothing said, with a number", "The notes do not mention a dose above 40 mg."),
    ("a finding that is denied", "The notes do not show pneumonia."),
    ("a finding that is denied without the notes", "There is no pneumonia."),
    ("a quotation", 'Nothing in the notes answers "what he takes now".'),
]


@pytest.mark.parametrize("text", [pytest.param(row[1], id=row[0]) for row in CLAIMS])
def test_this_claims_something(text: str) -> None:
    """And is checked like any other sentence."""
    assert not claims_nothing(text, read_sentence(text), KNOWN)


BUILT_IN_HEAD = "Extractive answer (quotations from the context; this is not a language model):"
BUILT_IN_NOTHING = "Nothing in the context answers this: no sentence of it shares a word with the question."
NOTHING = [
    ("a heading", "## Summary"),
    ("a heading of charts", "**Medications**"),
    ("a numbered heading", "2. Labs:"),
    ("a heading in words of the passages", "## Metoprolol and kidneys"),
    ("a lead-in", "Here is a summary of the notes:"),
    ("a lead-in about a finding", "Here is what the notes say about his kidneys:"),
    ("a lead-in that is a sentence", "Based on the provided notes, here is a summary."),
    ("the head of the built-in model", BUILT_IN_HEAD),
    ("the built-in model found nothing", BUILT_IN_NOTHING),
    ("the passages do not say", "The passages do not say whether he smokes."),
    ("the notes don't mention", "The provided notes don't mention metoprolol."),
    ("nothing after a date", "The notes do not say what happened after March 3, 2021."),
    ("no information", "There is no information about his diet in the chart."),
    ("no mention", "No mention of allergies was found in the notes."),
    ("not documented", "His diet is not documented in the notes."),
    ("not found", "I could not find his diet."),
    ("marks of Markdown", "---"),
    ("nothing", "  "),
]


@pytest.mark.parametrize("text", [pytest.param(row[1], id=row[0]) for row in NOTHING])
def test_this_claims_nothing(text: str) -> None:
    """It is neither supported nor counted."""
    assert claims_nothing(text, read_sentence(text), KNOWN)
