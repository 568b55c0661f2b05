"""Inline text of an attachment."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.attachments import attachment_text, html_text
from phiward.records.fhir.care import Skipped
from phiward.records.fhir.fields import Node
from tests.rooms.records.fhir_files import CANARY, HERE, b64


def _read(*attachments: dict[str, Any]) -> str | Skipped:
    return attachment_text([Node(content, HERE.at(n)) for n, content in enumerate(attachments)])


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
