"""Where sentences end, and that no cutting of the stream moves an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.sentences import MAX_SENTENCE, Piece, PieceKind, SentenceCutter, form

SPLIT = [
    ("two sentences", "Potassium was 4.1. Sodium 140.", ["Potassium was 4.1. ", "Sodium 140."]),
    ("a mark behind the stop", "K was 4.1. [note 2] Sodium 140.", ["K was 4.1. [note 2] ", "Sodium 140."]),
    ("a mark before the stop", "K was 4.1 [note 2]. Sodium 140.", ["K was 4.1 [note 2]. ", "Sodium 140."]),
    ("a mark glued to the stop", "K was 4.1.[2] Sodium 140.", ["K was 4.1.[2] ", "Sodium 140."]),
    ("several marks", "K low. [1][2] [notes 1 and 3] Next.", ["K low. [1][2] [notes 1 and 3] ", "Next."]),
    ("a mark behind a stop, then a stop", "K low. [note 2]. Next.", ["K low. [note 2]. ", "Next."]),
    ("a mark and a small letter", "K low. [note 2] then high.", ["K low. [note 2] ", "then high."]),
    (
        "the heading behind a mark",
        'He "came in". [note 2] (Visit, 2021)\nX',
        ['He "came in". [note 2] (Visit, 2021)\n', "X"],
    ),
    ("a bracket that is no mark", "K low. [NAME_1] came.", ["K low. ", "[NAME_1] came."]),
    ("a bracket that is never closed", "K low. [note", ["K low. ", "[note"]),
    ("a line end", "- K low\n- Na high\n", ["- K low\n", "- Na high\n"]),
    ("a stop at the end of a line", "K low. \nNa high", ["K low. \n", "Na high"]),
    ("a blank line", "A b.\n\nC", ["A b.\n", "\n", "C"]),
    ("questions and calls", "Better? Yes! Good.", ["Better? ", "Yes! ", "Good."]),
    ("dosing before a capital", "25 mg b.i.d. Potassium 4.", ["25 mg b.i.d. ", "Potassium 4."]),
    ("a quotation with its stop inside", 'He said "I am well." Then left.', ['He said "I am well." ', "Then left."]),
    ("inches", "He is 5'10\" tall. He left.", ["He is 5'10\" tall. ", "He left."]),
    ("bold at the end", "**K low.** Na high.", ["**K low.** ", "Na high."]),
]
WHOLE = [
    ("a number with a point", "Potassium was 4.1 today"),
    ("a title", "Seen by Dr. Testov today"),
    ("an initial", "Seen by A. Testov today"),
    ("dosing before a number", "25 mg b.i.d. 3 times"),
    ("dosing before a small letter", "25 mg p.o. daily"),
    ("for example", "Statins, e.g. Lipitor"),
    ("the number of a list", "1. Lisinopril"),
    ("the number of an item behind a bullet", "- 2. Lisinopril"),
    ("a small letter", "pH 7.3. then more"),
    ("inside a quotation", '"I am well. Really."'),
    ("inside a quotation with curved marks", "“I am well. Really.” he said"),
    ("against", "apixaban vs. Warfarin"),
    ("nothing behind the stop", "K.L"),
]


def cut(pieces: list[str]) -> list[Piece]:
    """All pieces of a stream."""
    one = SentenceCutter()
    return [piece for text in pieces for piece in one.feed(text)] + one.finish()


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in SPLIT])
def test_a_sentence_ends_here(text: str, expected: list[str]) -> None:
    """With the marks and the white space that belong to it."""
    assert [piece.text for piece in cut([text])] == expected


@pytest.mark.parametrize("text", [pytest.param(row[1], id=row[0]) for row in WHOLE])
def test_a_sentence_does_not_end_here(text: str) -> None:
    """A stop is not always an end."""
    assert [piece.text for piece in cut([text])] == [text]


FORMS = [
    ("## Labs\n", PieceKind.HEADING),
    ("**Labs**\n", PieceKind.HEADING),
    ("Here is what the notes say:\n", PieceKind.HEADING),
    ("**He is ill.**\n", PieceKind.SENTENCE),
    ("- **Labs**\n", PieceKind.SENTENCE),
    ("#1 is missing", PieceKind.SENTENCE),
    ("x" * 81 + ":", PieceKind.SENTENCE),
    (" \n", PieceKind.BLANK),
]


@pytest.mark.parametrize(("text", "kind"), FORMS)
def test_headings_are_known_by_their_form(text: str, kind: PieceKind) -> None:
    """Whether one claims something is decided elsewhere."""
    assert form(text) is kind


def test_nothing_waits_longer_than_one_sentence() -> None:
    """As soon as the next sentence begins, the one before is out."""
    one = SentenceCutter()
    assert one.feed("Potassium was 4.1.") == []
    assert one.feed(" ") == []
    assert one.feed("[no") == []
    assert [piece.text for piece in one.feed("w] it")] == ["Potassium was 4.1. "]
    assert [piece.text for piece in one.finish()] == ["[now] it"]


def test_a_sentence_without_end_is_released_in_fragments() -> None:
    """Between words, and the rest of it is a fragment too; the next sentence is none."""
    pieces = cut(["word " * 500 + "end. Next one."])
    assert [piece.kind for piece in pieces] == [PieceKind.FRAGMENT, PieceKind.FRAGMENT, PieceKind.SENTENCE]
    assert len(pieces[0].text) <= MAX_SENTENCE
    assert pieces[0].text.endswith("word ")
    assert pieces[2].text == "Next one."


def test_a_word_without_end_is_cut() -> None:
    """Nothing else can be done with it."""
    assert [len(piece.text) for piece in cut(["x" * 4500])] == [MAX_SENTENCE, MAX_SENTENCE, 500]


PARTS = st.sampled_from(
    [
        "K was 4.1",
        ". ",
        ".",
        " ",
        "\n",
        "[note 2]",
        "[2]",
        "[",
        "note",
        "]",
        '"',
        "“",
        "”",
        "Dr.",
        " A.",
        "b.i.d.",
        "He",
        "(see note 3)",
        "a",
        "**",
        "1.",
        "!",
        ":",
        "#",
    ]
)


@given(st.lists(PARTS, max_size=30), st.data())
def test_no_cutting_of_the_stream_changes_the_pieces(parts: list[str], data: st.DataObject) -> None:
    """Character by character, all at once, or anything between; and nothing is lost."""
    text = "".join(parts)
    whole = cut([text])
    assert "".join(piece.text for piece in whole) == text
    assert cut(list(text)) == whole
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    assert cut([text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]) == whole


@given(
    st.integers(1960, 2040),
    st.sampled_from([". Next", ". [note 2] Next", "\n", ".  ", "“. N", ". [note"]),
    st.integers(1, 90),
)
def test_no_cutting_changes_what_happens_at_the_bound(length: int, end: str, step: int) -> None:
    """Where a sentence is almost as long as one may be."""
    text = ("word " * 500)[:length] + end + " and more. Last."
    whole = cut([text])
    assert "".join(piece.text for piece in whole) == text
    assert cut([text[place : place + step] for place in range(0, len(text), step)]) == whole


@given(st.text())
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    """Of every script."""
    assert "".join(piece.text for piece in cut([text])) == text
    assert cut(list(text)) == cut([text])


def test_a_piece_does_not_print_its_text() -> None:
    """It holds PHI."""
    assert "Testov" not in repr(cut(["Ada Testov"]))
