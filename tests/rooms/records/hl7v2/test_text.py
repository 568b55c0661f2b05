"""The text of OBX segments."""

import base64

import pytest

from phiward.domain.documents import SourceFormat
from phiward.domain.errors import ImportFailedError
from phiward.records.hl7v2.text import NO_EXTRACTOR, NOT_READ, Draft, compose, is_text

from .feeds import CANARY, Reads, msh, nothing, parsed

DATA = base64.b64encode(b"first page").decode()


def draft(*segments: str, extractor: Reads | None = None, count: object = None) -> Draft:
    """The text of these segments."""
    return compose(parsed(msh(), *segments).segments[1:], extractor, count if count is not None else nothing())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(f"X^application^pdf^Base64^{CANARY}!", id="no base64"),
        pytest.param("X^application^pdf^Hex^0G", id="no hexadecimal"),
        pytest.param(f"X^application^pdf^Rot13^{DATA}", id="an encoding that is not known"),
    ],
)
def test_data_that_is_not_as_it_says_is_refused(field: str) -> None:
    """Without repeating it."""
    with pytest.raises(ImportFailedError, match="OBX-5: this is not data") as caught:
        draft(f"OBX|1|ED|P||{field}", extractor=Reads())
    assert CANARY not in str(caught.value)


def test_an_embedded_file_is_counted_when_nobody_reads_it() -> None:
    """Without an extractor, or of another type."""
    count = nothing()
    pdf, word = f"OBX|1|ED|P||X^application^pdf^Base64^{DATA}", f"OBX|1|ED|P||X^application^msword^Base64^{DATA}"
    assert draft(pdf, count=count).text == ""
    assert draft(word, extractor=Reads(), count=count).text == ""
    assert count == {NO_EXTRACTOR: 1, NOT_READ: 1}


def test_an_embedded_file_is_read_with_its_pages() -> None:
    """After the text before it, with offsets into the whole."""
    found = draft("OBX|1|TX|T^Text||before", f"OBX|2|ED|P||X^Application^PDF^Base64^{DATA}", extractor=Reads())
    assert found.text == "before\n\nfirst page\n\nsecond"
    assert [(one.title, found.text[one.start : one.end]) for one in found.sections] == [
        ("Page 1", "first page"),
        ("Page 2", "second"),
    ]
    assert found.source is SourceFormat.PDF


def test_lines_under_one_name_are_one_text_without_a_title() -> None:
    """The document has a title of its own."""
    found = draft("OBX|1|TX|R^Report||one", "OBX|2|TX|R^Report||", "OBX|3|FT|R^Report||two\\.br\\three")
    assert found.text == "one\n\ntwo\nthree"
    assert found.sections == []


def test_parts_with_names_are_sections() -> None:
    """Each with its name on a line of its own; a note belongs to what it follows."""
    found = draft("OBX|1|TX|F^Findings||clear", "NTE|1||seen twice", "OBX|2|TX|I^Impression||normal")
    assert found.text == "Findings\nclear\nseen twice\n\nImpression\nnormal"
    assert [(one.title, found.text[one.start : one.end]) for one in found.sections] == [
        ("Findings", "Findings\nclear\nseen twice"),
        ("Impression", "Impression\nnormal"),
    ]


def test_text_is_text_and_a_figure_is_none() -> None:
    """TX, FT and ST."""
    segments = parsed(msh(), "OBX|1|TX|T||x", "OBX|2|NM|T||1").segments[1:]
    assert [is_text(one) for one in segments] == [True, False]
