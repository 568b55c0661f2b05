"""What the reading process says is checked as foreign input is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.extraction.answer import Read, frame, of_pages, tidied, unframe
from phiward.adapters.extraction.reasons import Reason, Refused


def framed(content: object) -> bytes:
    """JSON in the frame of an answer."""
    body = json.dumps(content).encode()
    return len(body).to_bytes(8, "big") + body


def said(**changed: object) -> bytes:
    """A good answer, changed."""
    return framed({"text": "K 4.1", "source": "pdf", "sections": [], **changed})


def test_the_good_answer_of_these_tests_is_good() -> None:
    """Or every table below would be empty words."""
    assert unframe(said()) == Read("K 4.1", "pdf")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="the process died at once"),
        pytest.param(b"\0\0\0", id="the length is cut"),
        pytest.param(said()[:-1], id="the text is cut"),
        pytest.param(said() + b"x", id="more than it says"),
        pytest.param(b"Traceback (most recent call last)", id="something else was printed"),
        pytest.param(framed([1]), id="a list"),
        pytest.param(framed("refused"), id="a word"),
        pytest.param(framed({"refused": "Zebedee Quillfeather", "page": 1}), id="a reason of its own"),
        pytest.param(framed({"refused": "BROKEN", "page": "Zebedee"}), id="a page that is a name"),
        pytest.param(framed({"text": "K 4.1"}), id="without source"),
        pytest.param(said(text=""), id="an empty text"),
        pytest.param(said(text=7), id="a number as text"),
        pytest.param(said(text="\ud800"), id="half a character"),
        pytest.param(said(source="fhir"), id="a source that it cannot have"),
        pytest.param(said(sections=[[0, 6, "page 1"]]), id="a section beyond the end"),
        pytest.param(said(sections=[[3, 2, "page 1"]]), id="a section that ends before it starts"),
        pytest.param(said(sections=[[0, 3, "a"], [2, 4, "b"]]), id="sections that overlap"),
        pytest.param(said(sections=[[0, True, "a"]]), id="a boolean as offset"),
        pytest.param(said(sections=[[0, 1, None]]), id="a section without title"),
        pytest.param(said(sections=[[0, 1]]), id="a section of two"),
    ],
)
def test_what_is_not_a_whole_answer_is_a_crash(answer: bytes) -> None:
    """Its own words are never repeated."""
    with pytest.raises(Refused) as refused:
        unframe(answer)
    assert refused.value.reason in (Reason.CRASHED,)


@given(st.binary())
def test_any_bytes_are_an_answer_or_a_refusal(answer: bytes) -> None:
    """No other error escapes."""
    for given_bytes in (answer, len(answer).to_bytes(8, "big") + answer):
        with pytest.raises(Refused):
            unframe(given_bytes)


@pytest.mark.parametrize("page", [None, 4])
def test_a_refusal_arrives_with_its_page(page: int | None) -> None:
    """As the reader said it."""
    with pytest.raises(Refused) as refused:
        unframe(frame(Refused(Reason.NEEDS_TESSERACT, page)))
    assert (refused.value.reason, refused.value.page) == (Reason.NEEDS_TESSERACT, page)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_pages_are_found_again_by_their_sections(pages: list[str]) -> None:
    """Through the frame, for any text."""
    if not any(map(tidied, pages)):
        with pytest.raises(Refused, match="NO_TEXT"):
            of_pages(pages, "pdf")
        return
    read = unframe(frame(of_pages(pages, "pdf")))
    found = {title: read.text[start:end] for start, end, title in read.sections}
    assert found == {f"page {number}": tidied(page) for number, page in enumerate(pages, 1) if tidied(page)}


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        pytest.param(" a\r\nb\rc\fd ", "a\nb\nc\nd", id="line ends of all kinds"),
        pytest.param("a\x00b\x1bc", "a\ufffdb\ufffdc", id="controls stay visible"),
        pytest.param("\ud83d\ude00 \ud800", "😀 \ufffd", id="halves are joined or marked"),
        pytest.param("K\t4.1", "K\t4.1", id="a tabulator"),
    ],
)
def test_nothing_is_silently_dropped_when_a_text_is_tidied(text: str, tidy: str) -> None:
    """What is no character is seen as such."""
    assert tidied(text) == tidy


def test_the_text_is_never_printed() -> None:
    """Nor are the sections."""
    assert "Zebedee" not in repr(Read("Zebedee", "pdf", ((0, 7, "Zebedee"),)))
