"""Inline text of an Attachment (https://hl7.org/fhir/R4/datatypes.html#attachment).

Read are text/plain, text/html and application/xhtml+xml with base64 data. Everything else is skipped
with a reason; of several forms of one content the first that can be read is taken, plain text first.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from email.message import Message
from html.parser import HTMLParser

from phiward.records.fhir.care import Skipped
from phiward.records.fhir.fields import Node

SKIP_EMPTY = "it carries no text"
SKIP_BY_URL = "its attachment stands elsewhere, by URL"
_PLAIN = frozenset({"text/plain"})
_HTML = frozenset({"text/html", "application/xhtml+xml", "application/xhtml"})
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}")
_CHARSETS = {"utf-8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "iso-8859-1", "windows-1252": "cp1252"}
_BLOCKS = frozenset(
    {"address", "article", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
    | {"li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_HIDDEN = frozenset({"script", "style", "head", "title"})


def attachment_text(attachments: Sequence[Node]) -> str | Skipped:
    """The text, or why there is none. Raises ImportFailedError for bad base64 or bad characters."""
    reason = SKIP_EMPTY
    for attachment in sorted(attachments, key=lambda node: _media_type(node)[0] not in _PLAIN):
        kind, charset = _media_type(attachment)
        if kind not in _PLAIN | _HTML:
            shown = kind if _MEDIA_TYPE.fullmatch(kind) else "unknown"
            reason = f"attachment of type {shown} is not read yet"
        elif attachment.text("data") is None:
            reason = SKIP_BY_URL if attachment.text("url") else SKIP_EMPTY
        else:
            text = _decode(attachment, charset)
            text = html_text(text) if kind in _HTML else text
            if text.strip():
                return text
            reason = SKIP_EMPTY
    return Skipped(reason)


def html_text(html: str) -> str:
    """What a reader sees, block by block on lines of its own; scripts and styles are left out."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Text(HTMLParser):
    """Collects text; a block element begins and ends a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in _BLOCKS and tag not in ("br", "hr"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def _media_type(attachment: Node) -> tuple[str, str]:
    """Media type without parameters, in lower case, and the charset (utf-8 unless it says)."""
    written = attachment.text("contentType")
    if written is None:
        return "unknown", "utf-8"
    message = Message()
    message["content-type"] = re.sub(r"[\r\n]", " ", written)
    charset = message.get_content_charset("utf-8")
    return written.partition(";")[0].strip().lower(), charset


def _decode(attachment: Node, charset: str) -> str:
    data = re.sub(r"\s+", "", attachment.need("data"))
    codec = _CHARSETS.get(charset)
    if codec is None:
        attachment.refuse("contentType", "texts of this character set are not read")
    try:
        return base64.b64decode(data, validate=True).decode(codec)
    except (binascii.Error, ValueError):
        attachment.refuse("data", "this is not base64 of a text in its character set")
