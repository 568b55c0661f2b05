"""PDF: the text of each page, and what is filled in or noted on it; a page that is a scan is rendered and recognised.

Nothing in it is run or fetched: scripts, actions and embedded files are never looked at. What pypdf reads only with
a loss is refused, since a clinician would not see what is missing. Source: ISO 32000-1.
"""

import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from math import sqrt
from typing import Any

import pypdf._crypt_providers._fallback
import pypdf.filters
import pypdf.generic._image_inline  # noqa: F401 - pypdf imports these three late, when they may be out of reach
from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import NameObject, StreamObject

from phiward.adapters.extraction.answer import UNREADABLE, Read, of_pages, tidied
from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.reasons import Reason, Refused
from phiward.adapters.extraction.recognition import DPI, SCAN_PIXELS, SPARSE_CHARACTERS, recognised, rendered

_HEAD_BYTES = 1024  # ISO 32000-1, annex H: the header and the end mark stand within so many bytes
_POINTS_PER_INCH = 72
_LEAST_DPI = 100
_MOST_UNREADABLE = 0.1
_MAX_NESTING = 4
_ZLIB_HEAD = 2  # bytes
_LOSING = ("pypdf.filters", "pypdf._page")


def read(data: bytes, order: Order) -> Read:
    """The text of all pages; "scan" when a page had to be recognised. Raises Refused."""
    if b"%PDF-" not in data[:_HEAD_BYTES]:
        raise Refused(Reason.BROKEN)
    if b"%%EOF" not in data[-_HEAD_BYTES:]:
        raise Refused(Reason.CUT_SHORT)
    texts, source = [], "pdf"
    try:
        with _no_loss():
            for number, page in enumerate(_pages(PdfReader(BytesIO(data)), order), 1):
                text = tidied(page.extract_text())
                _refuse_half(page)
                if _is_scan(page, text):
                    text, source = _recognised(data, page, number, order), "scan"
                texts.append(text + _filled_in(page))
    except LimitReachedError:
        raise Refused(Reason.TOO_LARGE) from None
    except (PyPdfError, zlib.error):
        raise Refused(Reason.BROKEN) from None
    return of_pages(texts, source)


class _Loss(logging.Handler):
    """pypdf reports as warnings that it left something out."""

    def emit(self, record: logging.LogRecord) -> None:
        raise Refused(Reason.BROKEN)


@contextmanager
def _no_loss() -> Iterator[None]:
    handler = _Loss(logging.WARNING)
    for name in _LOSING:
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    finally:
        for name in _LOSING:
            logging.getLogger(name).removeHandler(handler)


def _pages(reader: PdfReader, order: Order) -> list[PageObject]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused(Reason.ENCRYPTED)
    root = reader.root_object
    if "/Collection" in root:
        raise Refused(Reason.HOLDS_OTHERS)
    if root.get("/NeedsRendering"):
        raise Refused(Reason.LIVE_FORM)
    count = _dictionary(root["/Pages"]).get("/Count")
    if not isinstance(count, int) or count > order.limits.max_pages:
        raise Refused(Reason.TOO_MANY_PAGES)
    pages = list(reader.pages)
    if len(pages) != count:
        raise Refused(Reason.BROKEN)
    return pages


def _refuse_half(page: PageObject) -> None:
    """A compressed content that ends too early is read by pypdf up to there without a word."""
    contents = _found(page.get("/Contents"))
    for reference in contents if isinstance(contents, list) else [contents]:
        content = _found(reference)
        if isinstance(content, StreamObject) and content.get("/Filter") in ("/FlateDecode", ["/FlateDecode"]):
            inflate = zlib.decompressobj(-zlib.MAX_WBITS)  # without the checksum, which some producers leave out
            inflate.decompress(content._data[_ZLIB_HEAD:])
            if not inflate.eof:
                raise Refused(Reason.CUT_SHORT)


def _is_scan(page: PageObject, text: str) -> bool:
    """Whether what is to be read on the page is a picture, or its fonts do not say which characters they show."""
    if text.count(UNREADABLE) > _MOST_UNREADABLE * len(text):
        return True
    pixels = _pixels(page.get("/Resources"), _MAX_NESTING)
    if not text:
        contents = page.get_contents()
        return pixels > 0 or (contents is not None and bool(contents.get_data().strip()))
    return pixels >= SCAN_PIXELS and len(text) < SPARSE_CHARACTERS


def _pixels(resources: Any, depth: int) -> int:
    """Those of all pictures of a page, also within its forms."""
    objects = _dictionary(_dictionary(resources).get("/XObject"))
    total = 0
    for reference in objects.values():
        found = _dictionary(reference)
        if found.get("/Subtype") == "/Image":
            total += int(found.get("/Width", 0)) * int(found.get("/Height", 0))
        elif depth > 0:
            total += _pixels(found.get("/Resources"), depth - 1)
    return total


def _found(value: Any) -> Any:
    """What a reference leads to, or the value itself."""
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> dict[Any, Any]:
    found = _found(value)
    return found if isinstance(found, dict) else {}


def _recognised(data: bytes, page: PageObject, number: int, order: Order) -> str:
    """Rendered at 300 dpi, or at fewer where the page is so large that it would have too many pixels."""
    square_inches = float(page.mediabox.width) * float(page.mediabox.height) / _POINTS_PER_INCH**2
    dpi = min(DPI, int(sqrt(order.limits.max_pixels / max(square_inches, 1))))
    if dpi < _LEAST_DPI:
        raise Refused(Reason.TOO_MANY_PIXELS, number)
    if order.tesseract is None:
        raise Refused(Reason.NEEDS_TESSERACT, number)
    try:
        return "\n".join(recognised(rendered(data, number, dpi, order), order, dpi))
    except Refused as refused:
        raise Refused(refused.reason, number) from None


def _filled_in(page: PageObject) -> str:
    """The values of form fields and the words of notes, one a line; the text of a page does not have them."""
    lines = []
    for reference in _found(page.get("/Annots")) or ():
        note = _dictionary(reference)
        kind = note.get("/Subtype")
        if kind == "/Widget":
            lines.append(_field(note))
        elif kind != "/Popup":
            lines.append(note.get("/Contents"))
    said = [line for line in lines if isinstance(line, str) and line.strip()]
    return "".join(f"\n{line}" for line in said)


def _field(widget: dict[Any, Any]) -> str | None:
    """ "name: value". A value or a name may stand with the parent, as for one field shown in several places."""
    parent = _dictionary(widget.get("/Parent"))
    value = _found(widget.get("/V", parent.get("/V")))
    name = widget.get("/T", parent.get("/T", ""))
    if isinstance(value, NameObject):  # a box or a button: the state of this very widget
        value = str(widget.get("/AS", value)).removeprefix("/")
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    return f"{name}: {value}" if isinstance(value, str) and value.strip() else None
