"""DOCX: headers, the body with its headings and tables, footers, notes and comments, in this order.

The document is walked as it is written, not through a library that knows paragraphs only: text in content controls,
text boxes, links and accepted changes counts, deleted text does not. Nothing that it links to is fetched.
Source: ECMA-376 part 1, 17 (WordprocessingML).
"""

from collections.abc import Iterator

from lxml import etree

from phiward.adapters.extraction.answer import Read, tidied
from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.package import Package
from phiward.adapters.extraction.pictures import pixels, texts
from phiward.adapters.extraction.reasons import Reason, Refused
from phiward.adapters.extraction.recognition import SCAN_PIXELS, SPARSE_CHARACTERS

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = (_W + "t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_TEXT = frozenset({_FALLBACK, _W + "del", _W + "moveFrom", _W + "instrText", _W + "pPr", _W + "rPr", _W + "sdtPr"})
_BREAKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_CELLS = " | "
_NOTES = (("footnotes", "Footnotes"), ("endnotes", "Endnotes"), ("comments", "Comments"))

Block = tuple[str, bool]
"""The text of a paragraph or of a row, and whether it is a heading."""


def read(data: bytes, order: Order) -> Read:
    """The text, and the headings' sections: each reaches to the next heading. Raises Refused."""
    package = Package(data, order)
    main = package.parts(f"{_TYPE}document.main+xml")
    if len(main) != 1:
        raise Refused(Reason.MACROS)
    if next(main[0].iter(_W + "altChunk"), None) is not None:
        raise Refused(Reason.HOLDS_OTHERS)
    headings = _headings(package)
    blocks = [*_margins(package, "header"), *_blocks(main[0], headings), *_margins(package, "footer")]
    for part, title in _NOTES:
        notes = [block for root in package.parts(f"{_TYPE}{part}+xml") for block in _blocks(root, frozenset())]
        blocks += [(title, True), *notes] if notes else []
    scans = _scans(package, order) if sum(len(text) for text, _ in blocks) < SPARSE_CHARACTERS else []
    return _assembled(blocks + scans, "scan" if scans else "docx")


def _scans(package: Package, order: Order) -> list[Block]:
    """The text of pasted pictures that are as large as a page; asked for where there is little other text."""
    large = (picture for picture in package.pictures() if max(pixels(picture, order), default=0) >= SCAN_PIXELS)
    return [(text, False) for picture in large for text in map(tidied, texts(picture, order)) if text]


def _assembled(blocks: list[Block], source: str) -> Read:
    text, starts = "", []
    for said, heading in blocks:
        text += "\n" if text else ""
        if heading:
            starts.append((len(text), said))
        text += said
    if not text:
        raise Refused(Reason.NO_TEXT)
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return Read(text, source, tuple((start, end, title) for (start, title), end in zip(starts, ends, strict=False)))


def _headings(package: Package) -> frozenset[str]:
    """Ids of the styles of headings. Their ids are in the language of the author, their names are not."""
    found = set()
    for root in package.parts(f"{_TYPE}styles+xml"):
        for style in root.iter(_W + "style"):
            name = style.find(_W + "name")
            if name is not None and name.get(_W + "val", "").lower().startswith(("heading ", "title")):
                found.add(style.get(_W + "styleId", ""))
    return frozenset(found)


def _margins(package: Package, kind: str) -> list[Block]:
    """Headers or footers; the same words on several pages are said once."""
    found = (block for root in package.parts(f"{_TYPE}{kind}+xml") for block in _blocks(root, frozenset()))
    return list(dict.fromkeys(found))


def _blocks(element: etree._Element, headings: frozenset[str]) -> Iterator[Block]:
    """Paragraphs and rows below an element, in reading order."""
    for child in element:
        if child.tag in _NOT_TEXT:
            continue
        if child.tag == _W + "p":
            text, heading = tidied("".join(_words(child))), _is_heading(child, headings)
            if text:
                yield text.replace("\n", " ") if heading else text, heading
            for box in _boxes(child):
                yield from _blocks(box, headings)
        elif child.tag == _W + "tr":
            cells = [" ".join(text for text, _ in _blocks(cell, frozenset())) for cell in _cells(child)]
            if any(cells):
                yield _CELLS.join(cells).replace("\n", " "), False
        else:
            yield from _blocks(child, headings)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == _W + "tc":
            yield child
        elif child.tag not in _NOT_TEXT:
            yield from _cells(child)


def _words(element: etree._Element) -> Iterator[str]:
    """The text of a paragraph; text boxes that hang on it are paragraphs of their own."""
    for child in element:
        if child.tag in _TEXT:
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag == _W + "sym":
            yield chr(int(child.get(_W + "char", "FFFD"), 16))
        elif child.tag == _W + "checkBox":
            yield "\N{BALLOT BOX WITH X}" if _ticked(child) else "\N{BALLOT BOX}"
        elif child.tag not in _NOT_TEXT and child.tag != _W + "txbxContent":
            yield from _words(child)


def _ticked(box: etree._Element) -> bool:
    state = box.find(_W + "checked")
    state = box.find(_W + "default") if state is None else state
    return state is not None and state.get(_W + "val", "1") not in ("0", "false", "off")


def _boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    for child in paragraph:
        if child.tag == _W + "txbxContent":
            yield child
        elif child.tag not in _NOT_TEXT:
            yield from _boxes(child)


def _is_heading(paragraph: etree._Element, headings: frozenset[str]) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and style.get(_W + "val") in headings
