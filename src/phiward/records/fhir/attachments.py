"""The text of an Attachment (https://hl7.org/fhir/R4/datatypes.html#attachment).

Its bytes stand in it as base64, or in a Binary resource of the same import to which its URL leads. Read are text/plain,
text/html and application/xhtml+xml, and what the extractor reads (PDF, scans, DOCX). Everything else is skipped with a
reason; of several forms of one content the first that can be read is taken, plain text first, then HTML.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from html.parser import HTMLParser

from phiward.domain.documents import SourceFormat
from phiward.records.fhir.care import Skipped
from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory
from phiward.records.ports import Extracted, Extractor

SKIP_EMPTY = "it carries no text"
SKIP_BY_URL = "its attachment stands elsewhere, by URL"
SKIP_OTHERS_BINARY = "its Binary belongs to another patient"
_PLAIN = frozenset({"text/plain"})
_HTML = frozenset({"text/html", "application/xhtml+xml", "application/xhtml"})
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}")
_CHARSETS = {"utf-8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "iso-8859-1", "windows-1252": "cp1252"}
_BLOCKS = frozenset(
    {"address", "article", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
    | {"li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_HIDDEN = frozenset({"script", "style", "head", "title"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads attachments of one patient ("Patient/1"). Without an extractor only texts are read."""

    directory: Directory
    patient: str
    extractor: Extractor | None = None

    def read(self, attachments: Sequence[Node]) -> Extracted | Skipped:
        """The text, or why there is none. Raises ImportFailedError for bad base64, bad characters or a broken file."""
        reason = SKIP_EMPTY
        for attachment in sorted(attachments, key=lambda node: _rank(_media_type(node)[0])):
            kind, charset = _media_type(attachment)
            if not self._is_read(kind):
                shown = kind if _MEDIA_TYPE.fullmatch(kind) else "unknown"
                reason = f"attachment of type {shown} is not read yet"
                continue
            holder = self._holder(attachment)
            if isinstance(holder, Skipped):
                reason = holder.reason
                continue
            found = self._text(holder, kind, charset)
            if found.text.strip():
                return found
            reason = SKIP_EMPTY
        return Skipped(reason)

    def _is_read(self, kind: str) -> bool:
        return kind in _PLAIN | _HTML or (self.extractor is not None and self.extractor.reads(kind))

    def _holder(self, attachment: Node) -> Node | Skipped:
        """Where the bytes stand: the attachment itself, or the Binary to which its URL leads."""
        if attachment.text("data") is not None:
            return attachment
        url = attachment.text("url")
        if url is None:
            return Skipped(SKIP_EMPTY)
        binary = self.directory.binaries.find(self.directory.by_text(url) or "")
        if binary is None:
            return Skipped(SKIP_BY_URL)
        context = binary.child("securityContext")
        owner = self.directory.resolve(context) if context is not None else None
        if owner is not None and owner.startswith("Patient/") and owner != self.patient:
            return Skipped(SKIP_OTHERS_BINARY)
        return binary if binary.text("data") is not None else Skipped(SKIP_EMPTY)

    def _text(self, holder: Node, kind: str, charset: str) -> Extracted:
        if kind in _PLAIN | _HTML or self.extractor is None:
            text = _decode(holder, charset)
            return Extracted(html_text(text) if kind in _HTML else text, SourceFormat.FHIR)
        return self.extractor.extract(_bytes(holder), kind, holder.place.at("data"))


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


def _rank(kind: str) -> int:
    """Plain text first: nothing is lost on the way."""
    return 0 if kind in _PLAIN else 1 if kind in _HTML else 2


def _decode(holder: Node, charset: str) -> str:
    codec = _CHARSETS.get(charset)
    if codec is None:
        holder.refuse("contentType", "texts of this character set are not read")
    try:
        return _bytes(holder).decode(codec)
    except ValueError:
        holder.refuse("data", "this is not base64 of a text in its character set")


def _bytes(holder: Node) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", holder.need("data")), validate=True)
    except (binascii.Error, ValueError):
        holder.refuse("data", "this is not base64 of a text in its character set")
