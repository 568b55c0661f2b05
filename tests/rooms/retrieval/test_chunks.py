"""Cutting: everything exactly once, within its section, never above the limit."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.documents import Section
from phiward.retrieval.chunks import LIMIT, Chunk, cut

_PIECES = st.sampled_from(
    ["Fever. ", "PLAN:\n", "no end ", "x" * 37, "\n\n", " ", "2. ", "Dr. ", "é", "\u2028", "## Exam\n", "5.9 ", "\r\n"]
)
_TEXTS = st.lists(_PIECES, max_size=40).map("".join)


@st.composite
def _sectioned(draw: st.DrawFn) -> tuple[str, tuple[Section, ...]]:
    text = draw(_TEXTS)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pairs = zip(places[::2], places[1::2], strict=False)
    return text, tuple(Section(start, end, f"S{n}") for n, (start, end) in enumerate(pairs))


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ((Section(0, 99, ""),), "leaves the text"),
        ((Section(-1, 3, ""),), "begins before it"),
        ((Section(3, 2, ""),), "ends before it begins"),
        ((Section(0, 5, ""), Section(4, 6, "")), "overlaps"),
        ((Section(4, 6, ""), Section(0, 2, "")), "is out of order"),
    ],
)
def test_sections_that_cannot_be_are_refused(sections: tuple[Section, ...], reason: str) -> None:
    """Rather than text lost or cut twice."""
    with pytest.raises(ValueError, match="Sections"):
        cut("ten chars.", sections)


def test_a_limit_below_one_is_refused() -> None:
    """It would never end."""
    with pytest.raises(ValueError, match="at least one"):
        cut("text", limit=0)


@given(_sectioned(), st.integers(1, 60))
def test_every_character_but_white_space_is_in_exactly_one_chunk(
    given_text: tuple[str, tuple[Section, ...]], limit: int
) -> None:
    """In order, none empty, none above the limit, none with white space at its ends."""
    text, sections = given_text
    chunks = cut(text, sections, limit=limit)
    pieces = [text[one.start : one.end] for one in chunks]
    assert all(0 < len(piece) <= limit and piece == piece.strip() for piece in pieces)
    assert all(one.end <= other.start for one, other in pairwise(chunks))
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(_sectioned(), st.integers(1, 60))
def test_no_chunk_crosses_a_section(given_text: tuple[str, tuple[Section, ...]], limit: int) -> None:
    """And each carries the title of its own."""
    text, sections = given_text
    for chunk in cut(text, sections, limit=limit) if sections else ():
        holding = [one.title for one in sections if one.start <= chunk.start and chunk.end <= one.end]
        outside = all(chunk.end <= one.start or one.end <= chunk.start for one in sections)
        assert (chunk.section in holding) if holding else (outside and chunk.section == "")


@given(_TEXTS, st.integers(1, 60), st.integers(1, 60))
def test_chunks_keep_sentences_whole_where_the_limit_allows(text: str, one: int, other: int) -> None:
    """A larger limit never makes more chunks."""
    low, high = sorted((one, other))
    assert len(cut(text, (), limit=high)) <= len(cut(text, (), limit=low))


def test_sentences_are_packed_and_never_cut_below_the_limit() -> None:
    """As many as there is room for."""
    text = "Fever came. Cough too. He rests."
    assert [text[c.start : c.end] for c in cut(text, limit=22)] == ["Fever came. Cough too.", "He rests."]


def test_a_long_sentence_is_cut_at_white_space_and_a_long_word_within() -> None:
    """There is no other place."""
    text = "one two three " + "y" * 12
    assert [text[c.start : c.end] for c in cut(text, limit=8)] == ["one two", "three", "yyyyyyyy", "yyyy"]


def test_headings_are_used_only_where_the_source_names_no_section() -> None:
    """What the source says comes first."""
    text = "Plan: rest\n\nResults: fine"
    assert [one.section for one in cut(text)] == ["Plan", "Results"]
    assert [one.section for one in cut(text, (Section(0, 5, "Page 1"),))] == ["Page 1", ""]


def test_nothing_gives_nothing() -> None:
    """White space is nothing."""
    assert cut("") == cut(" \n\t") == ()
    assert LIMIT == 600


def test_a_chunk_does_not_print_its_title() -> None:
    """A title may name the patient."""
    assert "Testperson" not in repr(Chunk(0, 1, "Testperson"))
