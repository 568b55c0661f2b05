"""HTML and XHTML: the text as a reader sees it, with a way back to the offsets in the source.

`<b>Mar</b>garet Oka<i>for</i>` is one name to a reader, so it must be one to the detectors: inline tags and
comments vanish, block tags become line breaks, rows of a table lines with a tab before each cell, entities
their character. What a span covers between its first and last letter goes with it, tags included.
Attributes and comments are a second text. Only names of HTML elements make a tag: `<Okafor>` is text.
Source: https://html.spec.whatwg.org/multipage/indices.html#elements-3
"""

import html
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from phiward.deid.canonical import fold
from phiward.deid.spans import Span

_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "ruby",
        "rt",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_CELLS = frozenset(["td", "th"])
_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "iframe",
        "img",
        "input",
        "legend",
        "li",
        "link",
        "main",
        "menu",
        "meta",
        "nav",
        "object",
        "ol",
        "optgroup",
        "option",
        "p",
        "picture",
        "pre",
        "script",
        "section",
        "select",
        "source",
        "style",
        "summary",
        "svg",
        "table",
        "tbody",
        "template",
        "textarea",
        "tfoot",
        "thead",
        "title",
        "tr",
        "ul",
        "video",
    ]
)
_NAMES = "|".join(sorted(_INLINE | _CELLS | _BLOCK, key=len, reverse=True))
_ENTITY_FORM = r"&(?:\#[0-9]{1,7};?|\#[xX][0-9a-fA-F]{1,6};?|[A-Za-z]{2,24}[0-9]{0,2};)"
_MARK = re.compile(
    rf"""<!--(?P<comment>.*?)-->
    | </?(?:[A-Za-z]{{1,10}}:)?(?P<tag>{_NAMES})(?P<attributes>(?:[\s/](?:[^<>"']|"[^"<]*"|'[^'<]*')*)?)>
    | (?P<cdata><!\[CDATA\[|\]\]>)
    | (?P<entity>{_ENTITY_FORM})""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"[\w:.-]+\s*=\s*(?:\"(?P<double>[^\"<]*)\"|'(?P<single>[^'<]*)'|(?P<bare>[^\s\"'<>]+))")
_ENTITY = re.compile(_ENTITY_FORM)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text to detect in, and for each of its characters where it begins and ends in the source.

    `breaks` are the characters that stand for a block tag, a cell or the end of an attribute, in order.
    """

    text: str
    starts: list[int]
    ends: list[int]
    breaks: list[int]

    def map_back(self, span: Span) -> Iterator[Span]:
        """The span in the source, inline tags within it included; one for each cell or block that it reaches over."""
        start = span.start
        for index in (*self.breaks[bisect_left(self.breaks, start) : bisect_left(self.breaks, span.end)], span.end):
            piece = self.text[start:index]
            first = start + len(piece) - len(piece.lstrip())
            last = index - len(piece) + len(piece.rstrip())
            if first < last:
                yield replace(span, start=self.starts[first], end=self.ends[last - 1])
            start = index + 1


def is_markup(text: str) -> bool:
    """Whether `text` holds a tag, a comment or an entity."""
    return ("<" in text or "&" in text) and _MARK.search(text) is not None


def readings(text: str) -> Iterator[Reading]:
    """The text without its markup; then what its attributes and comments say, where they say anything."""
    marks = list(_MARK.finditer(text))
    yield _Page(text).read(marks)
    if said := _said(text, marks):
        yield said


class _Page:
    """Builds the text that a reader sees."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._breaks: list[int] = []
        self._in_cell = False
        self._table = False

    def read(self, marks: list[re.Match[str]]) -> Reading:
        end = 0
        block = False
        for mark in marks:
            name = (mark["tag"] or "").lower()
            opens = name in _BLOCK or name in _CELLS
            self._between(end, mark.start(), table=self._table and (block or opens))
            self._mark(mark, name)
            block = opens or (block and name == "" and mark["comment"] is not None)
            end = mark.end()
        self._between(end, len(self._text), table=False)
        return Reading("".join(self._pieces), self._starts, self._ends, self._breaks)

    def _between(self, start: int, end: int, *, table: bool) -> None:
        piece = self._text[start:end]
        if table and not piece.strip():
            return  # the line breaks of the source part no rows and no cells
        self._pieces.append(piece.replace("\n", " ").replace("\t", " ") if self._in_cell else piece)
        self._starts.extend(range(start, end))
        self._ends.extend(range(start + 1, end + 1))

    def _mark(self, mark: re.Match[str], name: str) -> None:
        shown = ""
        opens = mark.group()[1:2] != "/"
        if mark["entity"] is not None:
            shown = fold(html.unescape(mark.group()))
        elif name in ("table", "tr"):
            self._table, self._in_cell = opens or name == "tr", False
            shown = "\n" if opens or name == "table" else ""
        elif name in _CELLS:
            self._in_cell, shown = opens, "\t" if opens else ""
        elif name in _BLOCK:
            shown = " " if self._in_cell else "\n"
        if shown and mark["entity"] is None:
            self._breaks.append(len(self._starts))
        self._pieces.append(shown)
        self._starts.extend([mark.start()] * len(shown))
        self._ends.extend([mark.end()] * len(shown))


def _said(text: str, marks: list[re.Match[str]]) -> Reading | None:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: list[int] = []
    for start, end in _values(marks):
        while start < end:
            entity = _ENTITY.match(text, start, end)
            stop = entity.end() if entity else start + 1
            shown = fold(html.unescape(entity.group())) if entity else text[start]
            pieces.append(shown)
            starts.extend([start] * len(shown))
            ends.extend([stop] * len(shown))
            start = stop
        pieces.append("\n")
        breaks.append(len(starts))
        starts.append(end)
        ends.append(end)
    return Reading("".join(pieces), starts, ends, breaks) if pieces else None


def _values(marks: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for mark in marks:
        if mark["comment"]:
            yield mark.span("comment")
        elif mark["attributes"]:
            for match in _ATTRIBUTE.finditer(mark["attributes"]):
                first, last = match.span(match.lastgroup or 0)
                if first < last:
                    yield mark.start("attributes") + first, mark.start("attributes") + last
