"""Passages of a text without PHI."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from phiward.retrieval.chunks import Chunk, cut
from phiward.retrieval.corpus import passages_of

DOCUMENT = UUID(int=5)


def halves(text: str) -> Sequence[Chunk]:
    """Two pieces."""
    return (Chunk(0, 3, "Dosing"), Chunk(3, len(text), ""))


def test_a_passage_is_what_the_text_says_there() -> None:
    """With the title of the text, and the section it stands in; an astral character is one code point."""
    first, second = passages_of(DOCUMENT, "Invented guideline", "\U0001f48abc defg", halves)
    assert (first.text, first.section, first.start, first.end) == ("\U0001f48abc", "Dosing", 0, 3)
    assert (second.text, second.section, second.title) == (" defg", "", "Invented guideline")
    assert {first.document, second.document} == {DOCUMENT}


def test_an_id_is_of_its_document_and_place() -> None:
    """And is the same the next time, whatever the title and the words have become."""
    passages = passages_of(DOCUMENT, "Invented", "abcdef", halves)
    assert [one.id for one in passages] == [one.id for one in passages_of(DOCUMENT, "Renamed", "uvwxyz", halves)]
    assert {one.id for one in passages}.isdisjoint(one.id for one in passages_of(uuid4(), "Invented", "abcdef", halves))
    assert len({one.id for one in passages}) == 2


@given(st.text(max_size=400))
def test_the_chunker_of_the_charts_cuts_a_guideline_too(text: str) -> None:
    """All that is not white space is in a passage; no two have the same id."""
    passages = passages_of(DOCUMENT, "Invented", text, cut)
    assert "".join("".join(one.text for one in passages).split()) == "".join(text.split())
    assert len({one.id for one in passages}) == len(passages)
    assert all(one.text == text[one.start : one.end] for one in passages)


def test_a_text_without_words_has_no_passage() -> None:
    """Nothing to search."""
    assert passages_of(DOCUMENT, "Invented", " \n ", cut) == ()
