"""What the reading process says: eight bytes of length (big-endian), then JSON. It is checked as foreign input is."""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from phiward.adapters.extraction.reasons import Reason, Refused

LENGTH_BYTES = 8
SOURCES = frozenset({"pdf", "scan", "docx"})
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_KEPT = "\n\t"


@dataclass(frozen=True, slots=True)
class Read:
    """The text, the form it came in ("pdf", "scan", "docx"), and its sections.

    A section is (start, end, title), in code points, the end exclusive. Sections are in order and do not overlap.
    """

    text: str = field(repr=False)
    source: str
    sections: tuple[tuple[int, int, str], ...] = field(default=(), repr=False)


def tidied(text: str) -> str:
    """Lines end with a line feed; what is no character or only controls a device is seen as U+FFFD."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = "\n".join(text.replace("\f", "\n").splitlines())
    controls = {ord(one): UNREADABLE for one in set(lines) if unicodedata.category(one) == "Cc" and one not in _KEPT}
    return lines.translate(controls).strip()


def of_pages(pages: Iterable[str], source: str) -> Read:
    """A Read whose sections are "page 1", "page 2" …; an empty page has none. Raises Refused when all are empty."""
    text, sections = "", []
    for number, page in enumerate(map(tidied, pages), 1):
        if page:
            text += "\n\n" if text else ""
            sections.append((len(text), len(text) + len(page), f"page {number}"))
            text += page
    if not text:
        raise Refused(Reason.NO_TEXT)
    return Read(text, source, tuple(sections))


def frame(said: Read | Refused) -> bytes:
    """The answer as bytes."""
    if isinstance(said, Refused):
        content: dict[str, Any] = {"refused": said.reason.name, "page": said.page}
    else:
        content = {"text": said.text, "source": said.source, "sections": said.sections}
    body = json.dumps(content, ensure_ascii=False).encode()
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def unframe(answer: bytes) -> Read:
    """What `frame` was given. Raises Refused: as the reader said, or CRASHED when this is not its whole answer."""
    length, body = answer[:LENGTH_BYTES], answer[LENGTH_BYTES:]
    if len(length) < LENGTH_BYTES or int.from_bytes(length, "big") != len(body):
        raise Refused(Reason.CRASHED)
    try:
        content = json.loads(body)
        if "refused" in content:
            raise Refused(Reason[content["refused"]], _page(content["page"]))
        return _read(content)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused(Reason.CRASHED) from None


def _page(page: Any) -> int | None:
    if page is not None and type(page) is not int:
        raise TypeError
    return page


def _read(content: Any) -> Read:
    text, source = content["text"], content["source"]
    sections = tuple((start, end, title) for start, end, title in content["sections"])
    if type(text) is not str or not text or source not in SOURCES:
        raise ValueError
    text.encode()  # a lone surrogate is a ValueError
    reached = 0
    for start, end, title in sections:
        if type(start) is not int or type(end) is not int or type(title) is not str:
            raise TypeError
        if not reached <= start <= end <= len(text):
            raise ValueError
        reached = end
    return Read(text, source, sections)
