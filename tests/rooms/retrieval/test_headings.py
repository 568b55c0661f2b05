"""Which lines are headings, and that sections cover the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.retrieval.headings import find

_LINES = st.lists(
    st.sampled_from(
        ["PLAN", "Plan:", "## Exam", "ASSESSMENT: ok", "x y z.", "", "  ", "----", "**Labs**", "\f", "a\r"]
    ),
    max_size=14,
)


def _titles(text: str) -> list[str]:
    return [section.title for section in find(text)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("BP: 120/80\nPulse: 70", "a measured value is no section"),
        ("DNR\n\nfull care", "too short to tell from an abbreviation"),
        ("SODIUM 140\n\npotassium 4", "a value in capitals"),
        ("He came and said the following thing which is much longer than any heading that was ever seen:", "too long"),
        ("NO FEVER TODAY.\n\nstable now", "a sentence in capitals"),
        ("THE PATIENT\n\nIS WELL TODAY\n\nAND GOES HOME", "a text in capitals throughout"),
        ("stable\n\n-----\n\nmore", "a rule, not an underline"),
        ("at 10:30 he left", "a time"),
        ("He takes:aspirin", "a colon without a space"),
        ("#hashtag here", "no space after the mark"),
        (":\n::", "marks without words"),
    ],
)
def test_what_looks_like_a_heading_and_is_none(text: str, reason: str) -> None:
    """The text stays one section without a title."""
    assert _titles(text) == [""], reason


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ASSESSMENT:\nstable", "ASSESSMENT"),
        ("ASSESSMENT: stable", "ASSESSMENT"),
        ("Plan: rest", "Plan"),
        ("Plan:\nrest", "Plan"),
        ("Things to do:\nrest", "Things to do"),
        ("## Plan\nrest", "Plan"),
        ("**Plan:**\nrest", "Plan"),
        ("__Plan__\nrest", "Plan"),
        ("Plan\n----\nrest", "Plan"),
        ("Plan\n====\nrest", "Plan"),
        ("HISTORY OF PRESENT ILLNESS\nHe is well and came alone.", "HISTORY OF PRESENT ILLNESS"),
        ("1. ASSESSMENT AND PLAN\nrest, and see him again in May", "ASSESSMENT AND PLAN"),
        ("PREOPERATIVE STATE: well and in good spirits", "PREOPERATIVE STATE"),
        ("Assessment & Plan: rest", "Assessment & Plan"),
    ],
)
def test_a_heading_opens_a_section(text: str, title: str) -> None:
    """In each of its forms, and what stands before it is a section without a title."""
    assert _titles(text) == [title]
    assert _titles(f"Seen today.\n\n{text}") == ["", title]


def test_headings_with_nothing_under_them_are_read_together_with_the_next() -> None:
    """A chunk that holds a heading alone would answer nothing."""
    text = "PHYSICAL EXAM\n\nLungs:\nclear to the bases\n\nPlan:\nrest"
    assert [(one.title, text[one.start : one.end].strip()) for one in find(text)] == [
        ("PHYSICAL EXAM / Lungs", "PHYSICAL EXAM\n\nLungs:\nclear to the bases"),
        ("Plan", "Plan:\nrest"),
    ]


def test_a_heading_at_the_very_end_is_not_lost() -> None:
    """Even with nothing under it."""
    assert _titles("Seen today and is well.\n\nPlan:") == ["", "Plan"]


@given(_LINES)
def test_sections_cover_the_text_without_gap_or_overlap(lines: list[str]) -> None:
    """In order; none is empty."""
    text = "\n".join(lines)
    found = find(text)
    assert "".join(text[one.start : one.end] for one in found) == text
    assert all(one.start < one.end for one in found)


@pytest.mark.parametrize("line", ["A: ", "#", "**", "PLAN\n\n", "-\n", " \n", "X" * 10])
def test_long_runs_are_read_in_one_pass(line: str) -> None:
    """The time limit of the suite would end a quadratic one."""
    assert find(line * 100_000)


def test_a_section_does_not_print_its_title() -> None:
    """A title may name the patient."""
    assert "Testperson" not in repr(find("## Testperson\nx y z"))
