"""The human-readable text of the sections, as a reader sees it, and where each section stands.

Tables are written row by row, cells divided by " | ", lists with "- " or numbers; a superscript keeps a "^", for
"10^9" must not become "109". What is marked as deleted is left out, and counted. Source: CDA R2, narrative block.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from phiward.domain.documents import Section
from phiward.records.ccda.elements import Element, attribute, child, children, tag, words

PICTURE = "a picture in the narrative is not read"
DELETED = "a passage that is marked as deleted is left out"
NO_NARRATIVE = "a section has entries and no narrative"
_BLOCKS = frozenset({"paragraph", "caption"})
_ROWS = ("thead", "tbody", "tfoot")


@dataclass(slots=True)
class _Lines:
    """Lines of text; what is inline collects until the line ends."""

    unresolved: Counter[str]
    lines: list[str] = field(default_factory=list, repr=False)
    current: list[str] = field(default_factory=list, repr=False)

    def end(self) -> None:
        line = " ".join("".join(self.current).split())
        if line:
            self.lines.append(line)
        self.current = []

    def content(self, element: Element) -> None:
        """What is within the element."""
        self.current.append(element.text or "")
        for one in element:
            self.element(one)
            self.current.append(one.tail or "")

    def element(self, element: Element) -> None:
        name = tag(element)
        if element.get("revised") == "delete":
            self.unresolved[DELETED] += 1
        elif name == "br":
            self.end()
        elif name in _BLOCKS:
            self.end()
            self.content(element)
            self.end()
        elif name == "list":
            self.end()
            self.lines += _list(element, self.unresolved)
        elif name == "table":
            self.end()
            self.lines += _table(element, self.unresolved)
        elif name == "renderMultiMedia":
            self.unresolved[PICTURE] += 1
            self.content(element)
        else:
            self._inline(element, name)

    def _inline(self, element: Element, name: str) -> None:
        before, after = {"sup": ("^", ""), "footnote": (" [", "] ")}.get(name, ("", ""))
        self.current.append(before)
        self.content(element)
        self.current.append(after)


@dataclass(frozen=True, slots=True)
class Body:
    """A text and its sections: offsets in code points, end exclusive."""

    text: str = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)


def render(element: Element, unresolved: Counter[str]) -> list[str]:
    """The lines of a narrative block."""
    lines = _Lines(unresolved)
    lines.content(element)
    lines.end()
    return lines.lines


def body(structured: Element, unresolved: Counter[str]) -> Body:
    """All sections in order, nested ones after the text of theirs, each with its title on a line of its own."""
    pieces: list[str] = []
    sections: list[Section] = []
    length = 0
    for section in all_sections(structured):
        block = child(section, "text")
        lines = render(block, unresolved) if block is not None else []
        unresolved[NO_NARRATIVE] += not lines and bool(children(section, "entry"))
        title = section_title(section)
        if not lines and words(child(section, "title")) is None:
            continue
        piece = "\n".join([*([title] if title else []), *lines])
        start = length + (2 if pieces else 0)
        pieces.append(piece)
        length = start + len(piece)
        sections += [Section(start, length, title)] if title else []
    return Body("\n\n".join(pieces), tuple(sections))


def all_sections(structured: Element) -> Iterator[Element]:
    """The sections in the order of the document, each before those nested in it."""
    for component in children(structured, "component"):
        for section in children(component, "section"):
            yield section
            yield from all_sections(section)


def section_title(section: Element) -> str | None:
    """Its title, else the name of its code."""
    return words(child(section, "title")) or attribute(child(section, "code"), "displayName")


def _list(element: Element, unresolved: Counter[str]) -> Iterator[str]:
    ordered = element.get("listType") == "ordered"
    for caption in children(element, "caption"):
        yield from render(caption, unresolved)
    for number, item in enumerate(children(element, "item"), 1):
        mark = f"{number}. " if ordered else "- "
        for position, line in enumerate(render(item, unresolved)):
            yield (mark if position == 0 else " " * len(mark)) + line


def _table(element: Element, unresolved: Counter[str]) -> Iterator[str]:
    for caption in children(element, "caption"):
        yield from render(caption, unresolved)
    groups = [group for name in _ROWS for group in children(element, name)]
    for row in (row for group in (*groups, element) for row in children(group, "tr")):
        cells = ["; ".join(render(cell, unresolved)) for cell in row if tag(cell) in ("th", "td")]
        if any(cells):
            yield " | ".join(cells)
