"""Where sentences end, and that nothing is lost between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.retrieval.sentences import is_break, spans

PROSE = st.text(alphabet=st.sampled_from(list("aZ.b.!?\"')(- 1,:;\n\r\f\t é\u2028")), max_size=120)


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Seen by Dr. Testperson today.", "a title"),
        ("Seen by J. Q. Testperson.", "initials"),
        ("Potassium was 5.9 and rose.", "a decimal point"),
        ("Metformin 500 mg b.i.d. with meals.", "an abbreviation before a small letter"),
        ("Metformin 500 mg t.i.d. 30 tablets.", "an abbreviation before a number"),
        ("Room No. 5 is free.", "an abbreviation of a number"),
        ("Approx. 20 mL e.g. Saline.", "abbreviations that never end a sentence"),
        ("Aspirin vs. Placebo.", "an abbreviation before a capital"),
        ("2. Diabetes, stable.", "the number of a list"),
        ("Follow-up on Jan. 5, 2020.", "a month"),
        ("The patient was seen in the clinic for the first time and\nreports pain.", "a wrapped line"),
        ("The patient was seen in the clinic for the first time by\nDr. Testperson.", "a wrapped line before a name"),
        ("Given q.h.s.\nwith water.", "a wrapped line after an abbreviation"),
        ("Cough... worse at night.", "dots before a small letter"),
    ],
)
def test_what_looks_like_an_end_and_is_none(text: str, reason: str) -> None:
    """One sentence, whatever marks are in it."""
    assert _cut(text) == [text], reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No fever. No cough.", ["No fever.", "No cough."]),
        ("Fever? Yes! Since Monday.", ["Fever?", "Yes!", "Since Monday."]),
        ('He said "it hurts." Then he left.', ['He said "it hurts."', "Then he left."]),
        ("Stable (no fever.) Continue.", ["Stable (no fever.)", "Continue."]),
        ("- Aspirin 81 mg\n- Metformin 500 mg", ["- Aspirin 81 mg", "- Metformin 500 mg"]),
        ("1. Aspirin\n2. Metformin", ["1. Aspirin", "2. Metformin"]),
        ("Plan:\nrest", ["Plan:", "rest"]),
        ("BP 120/80\nHR 70", ["BP 120/80", "HR 70"]),
        ("no end\n\nnew paragraph", ["no end", "new paragraph"]),
        ("page one\fpage two", ["page one", "page two"]),
        ("first\r\n\r\nsecond", ["first", "second"]),
        ("Metformin b.i.d. Continue aspirin.", ["Metformin b.i.d.", "Continue aspirin."]),
        ("Take 2 tabs. Return if worse.", ["Take 2 tabs.", "Return if worse."]),
        ("Potassium is 5.9. Repeat.", ["Potassium is 5.9.", "Repeat."]),
        ("The list of all the medications that he takes today is here.\n- aspirin", None),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str] | None) -> None:
    """At marks, at blank lines, at lines that stand for themselves."""
    assert _cut(text) == (expected or text.split("\n"))


@given(PROSE, st.data())
def test_every_character_but_white_space_is_in_one_sentence_in_order(text: str, data: st.DataObject) -> None:
    """And no sentence is empty, or begins or ends with white space."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = spans(text, start, end)
    pieces = [text[a:b] for a, b in found]
    assert all(piece and piece == piece.strip() for piece in pieces)
    assert [place for a, b in found for place in (a, b)] == sorted(place for pair in found for place in pair)
    assert "".join("".join(pieces).split()) == "".join(text[start:end].split())


@pytest.mark.parametrize("piece", [".", "'", " ", "\n", ". ", "\r", "a.\n", "1. "])
def test_long_runs_of_one_mark_are_read_in_one_pass(piece: str) -> None:
    """A hostile text costs no more than its length; the time limit of the suite would end a quadratic one."""
    text = piece * 300_000
    assert sum(end - start for start, end in spans(text)) <= len(text)


def test_a_blank_line_and_a_new_page_are_breaks() -> None:
    """A single line break is none."""
    assert is_break("\n \n")
    assert is_break("\f")
    assert is_break("\r\r")
    assert not is_break("\r\n")
    assert not is_break("  ")
