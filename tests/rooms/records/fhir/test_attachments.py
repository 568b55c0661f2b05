"""Inline text of an attachment."""

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.documents import Section, SourceFormat
from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.attachments import SKIP_BY_URL, SKIP_OTHERS_BINARY, Reader, html_text
from phiward.records.fhir.care import Skipped
from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory
from phiward.records.ports import Extracted
from phiward.records.reading import Resource
from phiward.records.results import Place
from tests.rooms.records.fhir_files import CANARY, HERE, b64, write


def _read(*attachments: dict[str, Any]) -> str | Skipped:
    found = Reader(Directory(), "Patient/pat-1").read(
        [Node(content, HERE.at(n)) for n, content in enumerate(attachments)]
    )
    return found if isinstance(found, Skipped) else found.text


@pytest.mark.parametrize(
    ("attachment", "reason"),
    [
        (
            {"contentType": "application/pdf", "data": b64("x")},
            "attachment of type application/pdf is not read yet",
        ),
        ({"data": b64("x")}, "attachment of type unknown is not read yet"),
        ({"contentType": CANARY, "data": b64("x")}, "attachment of type unknown is not read yet"),
        (
            {"contentType": "text/plain", "url": "https://example.com/1"},
            "its attachment stands elsewhere, by URL",
        ),
        ({"contentType": "text/plain"}, "it carries no text"),
        ({"contentType": "text/plain", "data": b64(" \n")}, "it carries no text"),
        ({"contentType": "text/html", "data": b64("<p> </p>")}, "it carries no text"),
    ],
)
def test_what_cannot_be_read_is_skipped_with_a_reason(attachment: dict[str, Any], reason: str) -> None:
    """A content type that is no media type is not repeated."""
    assert _read(attachment) == Skipped(reason)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("text/plain", "not base64!"),
        ("text/plain", "QUJ"),
        ("text/plain", base64.b64encode(b"\xff\xfe").decode()),
        ("text/plain; charset=utf-16", b64("x")),
    ],
)
def test_data_that_is_no_text_is_refused(kind: str, data: str) -> None:
    """A half-read note would be worse than none."""
    with pytest.raises(ImportFailedError):
        _read({"contentType": kind, "data": data})


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip))
@settings(max_examples=50)
def test_plain_text_comes_out_as_it_went_in(text: str) -> None:
    """Line breaks within the base64 are allowed."""
    data = b64(text)
    assert _read({"contentType": "text/plain; charset=UTF-8", "data": data[:4] + "\n" + data[4:]}) == text


def test_latin_1_is_read_where_it_says_so() -> None:
    """By its charset parameter."""
    data = base64.b64encode("Zoë".encode("latin-1")).decode()
    assert _read({"contentType": "text/plain; charset=ISO-8859-1", "data": data}) == "Zoë"


def test_of_several_forms_plain_text_is_taken_first() -> None:
    """Then the first that can be read."""
    pdf = {"contentType": "application/pdf", "data": b64("x")}
    html = {"contentType": "text/html", "data": b64("<b>From HTML</b>")}
    plain = {"contentType": "text/plain", "data": b64("From plain")}
    assert _read(pdf, html, plain) == "From plain"
    assert _read(pdf, html) == "From HTML"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("a<br/>b", "a\nb"),
        ("<b>Bo</b>ld", "Bold"),
        ("<style>p {}</style><script>x()</script><p>Seen</p>", "Seen"),
        ("<html><head><title>T</title></head><body>Seen</body></html>", "Seen"),
        ("<table><tr><td>K</td><td>4.1</td></tr></table>", "K 4.1"),
        ("5 &lt; 6 &#x41;", "5 < 6 A"),
        ("<p>Open <b>never closed", "Open never closed"),
        ("<!-- hidden --><p>Seen", "Seen"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(html: str, text: str) -> None:
    """Blocks on lines of their own, words not glued or torn."""
    assert html_text(html) == text


class Pages:
    """An extractor that reads PDF only, and says what it was given."""

    def extract(self, data: bytes, media_type: str, place: Place) -> Extracted:
        """As records.ports.Extractor."""
        return Extracted(f"{media_type} {data.decode()} {place.path}", SourceFormat.PDF, (Section(0, 3, "Page 1"),))

    def reads(self, media_type: str) -> bool:
        """As records.ports.Extractor."""
        return media_type == "application/pdf"


_PDF = {"contentType": "application/pdf", "data": b64("pages")}


@pytest.mark.parametrize("kind", ["application/rtf", "application/xml", "application/hl7-sda+xml", "text/xml"])
def test_what_the_extractor_does_not_read_is_skipped(kind: str) -> None:
    """A C-CDA document within FHIR too, unless it says that it reads it."""
    reader = Reader(Directory(), "Patient/pat-1", Pages())
    found = reader.read([Node({"contentType": kind, "data": b64("x")}, HERE)])
    assert found == Skipped(f"attachment of type {kind} is not read yet")


def test_an_extractor_is_given_the_bytes_and_a_text_is_taken_before_it() -> None:
    """Its sections and its format come with the text."""
    reader = Reader(Directory(), "Patient/pat-1", Pages())
    pdf, text = Node(_PDF, HERE.at("pdf")), Node({"contentType": "text/plain", "data": b64("Plain.")}, HERE)
    found, first = reader.read([pdf]), reader.read([pdf, text])
    assert found == Extracted("application/pdf pages pdf.data", SourceFormat.PDF, (Section(0, 3, "Page 1"),))
    assert first == Extracted("Plain.", SourceFormat.FHIR)


def _in_binary(tmp_path: Path, url: str, **more: Any) -> Extracted | Skipped:
    content = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": b64("Apart."), **more}
    path = write(tmp_path, content)
    directory = Directory()
    directory.add(Resource("Binary", content, None, Place(1, 1, str(path))))
    attachment = Node({"contentType": "text/plain", "url": url}, HERE)
    return Reader(directory, "Patient/pat-1").read([attachment])


@pytest.mark.parametrize(
    ("url", "more", "reason"),
    [
        ("Binary/other", {}, SKIP_BY_URL),
        ("https://example.org/file.pdf", {}, SKIP_BY_URL),
        ("Binary/b", {"securityContext": {"reference": "Patient/pat-2"}}, SKIP_OTHERS_BINARY),
        ("Binary/b", {"data": None}, "it carries no text"),
    ],
)
def test_bytes_that_stand_elsewhere_or_are_anothers_are_not_read(
    tmp_path: Path, url: str, more: dict[str, Any], reason: str
) -> None:
    """Nothing is ever fetched."""
    assert _in_binary(tmp_path, url, **more) == Skipped(reason)


@pytest.mark.parametrize("url", ["Binary/b", "https://ehr.example/fhir/Binary/b"])
def test_the_bytes_of_a_binary_are_read_where_a_document_refers_to_it(tmp_path: Path, url: str) -> None:
    """By a relative and by an absolute URL."""
    own = {"reference": "Patient/pat-1"}
    assert _in_binary(tmp_path, url, securityContext=own) == Extracted("Apart.", SourceFormat.FHIR)
