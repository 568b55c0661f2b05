"""The evidence gate: what goes out, and that no cutting of the stream changes it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.clinical.claims import Claim
from phiward.clinical.evidence import Evidence, SentenceKind
from phiward.clinical.gate import LEFT_OUT, EvidenceGate, UnsupportedPolicy

from .made import passage, released

LABS = "Labs today: potassium 4.1 mmol/L, creatinine 1.20 mg/dL."
DROP = UnsupportedPolicy.DROP
WITHHELD = "[withheld: identifier of another person]"

MARKED = [
    ("a sentence in between", "K 9.9 [1]. Potassium 4.1 [1].", "K 9.9 [1]. [unsupported] Potassium 4.1 [1]."),
    ("a line", "- K 9.9\n- Potassium 4.1\n", "- K 9.9 [unsupported]\n- Potassium 4.1\n"),
    ("the last sentence", "Potassium 4.1 [1]. K 9.9.", "Potassium 4.1 [1]. K 9.9. [unsupported]"),
    ("a withheld identifier", f"{WITHHELD} left.", f"{WITHHELD} left. [unsupported]"),
    ("what only begins like data", '{"a": 1} K 9.9', '{"a": 1} K 9.9 [unsupported]'),
]


@pytest.mark.parametrize(("answer", "expected"), [pytest.param(*row[1:], id=row[0]) for row in MARKED])
def test_an_unsupported_sentence_is_marked(answer: str, expected: str) -> None:
    """Behind the sentence, before the white space that follows it."""
    assert released([answer], LABS)[0] == expected


def test_prose_behind_a_fenced_block_is_checked() -> None:
    """A fence at the beginning hides nothing."""
    text, sentences = released(["```\nx\n```\nK 9.9"], LABS)
    assert text.endswith("K 9.9 [unsupported]")
    assert sentences[-1].missing == (Claim.CITATION,)


DROPPED = [
    ("one", "K 9.9. Potassium 4.1 [1].", f"{LEFT_OUT} Potassium 4.1 [1].", 1),
    ("two in a row", "K 9.9. Na 999. Potassium 4.1 [1].", f"{LEFT_OUT} Potassium 4.1 [1].", 2),
    ("two apart", "K 9.9. Potassium 4.1 [1]. Na 999.", f"{LEFT_OUT} Potassium 4.1 [1]. {LEFT_OUT}", 2),
    ("lines", "- K 9.9\n- Na 999\n## Labs\n", f"{LEFT_OUT}\n\n## Labs\n", 2),
    ("data", '{"K": 9.9}', LEFT_OUT, 1),
    ("all", "K 9.9", LEFT_OUT, 1),
]


@pytest.mark.parametrize(("answer", "expected", "count"), [pytest.param(*row[1:], id=row[0]) for row in DROPPED])
def test_a_dropped_sentence_leaves_a_note(answer: str, expected: str, count: int) -> None:
    """One for all that were left out in a row; each is counted, at the point where it would stand."""
    gate = EvidenceGate([passage(LABS)], DROP)
    text = gate.feed(answer) + gate.finish()
    assert (text, gate.left_out) == (expected, count)
    left = [one for one in gate.sentences if one.missing]
    assert len(left) == count
    assert all(one.start == one.end <= len(text) for one in left)


PASSING = [
    ("supported", "Potassium was 4.1 mmol/L [1]. Creatinine was 1.2 mg/dL [1].\n"),
    ("headings", "## Labs\n\nHere is a summary:\n- Potassium 4.1 [1]\n"),
    ("nothing found", "The notes do not say whether he smokes."),
    ("white space", " \n\n"),
    ("nothing", ""),
    ("JSON", '{"potassium": 9.9, "text": "He is ill. Very ill."}'),
    ("a fenced block", "```json\n{}\n```\n"),
]


@pytest.mark.parametrize("answer", [pytest.param(row[1], id=row[0]) for row in PASSING])
def test_this_passes_unchanged(answer: str) -> None:
    """To the last space."""
    assert released([answer], LABS)[0] == answer


def test_data_counts_as_one_claim_without_support() -> None:
    """It cannot be checked, and nobody may think that it was."""
    _, sentences = released([' {"potassium": 4.1}\n'], LABS)
    assert [(one.kind, one.supported, one.start, one.end) for one in sentences] == [
        (SentenceKind.UNCHECKED, False, 1, 19)
    ]


def test_a_sentence_without_end_is_never_supported() -> None:
    """Not even where all its words stand in a passage."""
    _, sentences = released(["potassium " * 250 + "[1]. Potassium 4.1 [1]."], LABS)
    assert [one.missing for one in sentences] == [(Claim.LENGTH,), (Claim.LENGTH,), ()]


def test_an_error_in_the_check_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence is gone; the flow makes a refusal of the error."""

    def broken(self: Evidence, sentence: str, start: int = 0) -> None:
        raise RuntimeError

    monkeypatch.setattr(Evidence, "check", broken)
    gate = EvidenceGate([passage(LABS)], UnsupportedPolicy.MARK)
    assert gate.feed("Potassium 4.1") == ""
    with pytest.raises(RuntimeError):
        gate.feed(". And")
    with pytest.raises(RuntimeError):
        gate.finish()


def test_a_sentence_goes_out_when_the_next_begins() -> None:
    """The stream is held back by one sentence only."""
    gate = EvidenceGate([passage(LABS)], UnsupportedPolicy.MARK)
    assert gate.feed("Potassium 4.1 [1]. ") == ""
    assert gate.feed("C") == "Potassium 4.1 [1]. "


PARTS = st.sampled_from(
    [
        "Potassium 4.1",
        "K 9.9",
        ". ",
        " [1]",
        " [note 7]",
        "\n",
        "{",
        "}",
        '"',
        "```",
        " ",
        "He has no ",
        "fever",
        "## Labs",
        ":",
        "1. ",
        WITHHELD,
        " " * 3,
        "word " * 150,
    ]
)


@settings(max_examples=150)
@given(st.lists(PARTS, max_size=16), st.sampled_from(UnsupportedPolicy), st.integers(1, 40))
def test_no_cutting_of_the_stream_changes_text_or_evidence(
    parts: list[str], policy: UnsupportedPolicy, step: int
) -> None:
    """And the offsets are those of the text that went out."""
    answer = "".join(parts)
    text, sentences = released([answer], LABS, policy=policy)
    assert released(list(answer), LABS, policy=policy) == (text, sentences)
    cut = [answer[place : place + step] for place in range(0, len(answer), step)]
    assert released(cut, LABS, policy=policy) == (text, sentences)
    places = [place for one in sentences for place in (one.start, one.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@given(st.lists(PARTS, max_size=16))
def test_marking_only_adds_marks(parts: list[str]) -> None:
    """Whoever takes them away has the answer as it was."""
    answer = "".join(parts)
    assert released([answer], LABS)[0].replace(" [unsupported]", "") == answer


@given(st.lists(PARTS, max_size=16))
def test_offsets_cut_the_sentence_out_of_the_released_text(parts: list[str]) -> None:
    """Without the white space around it and without the mark."""
    text, sentences = released(["".join(parts)], LABS)
    cut = [text[one.start : one.end] for one in sentences]
    assert all(piece and piece == piece.strip() and "[unsupported]" not in piece for piece in cut)
