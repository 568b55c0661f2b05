"""Small access to CDA elements: children by local name in urn:hl7-org:v3, values, null flavors, places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Never

from lxml import etree

from phiward.records.ccda.safe_xml import line_of
from phiward.records.hl7v2.times import calendar_day, instant
from phiward.records.reading import refuse
from phiward.records.results import Place

Element = etree._Element
V3 = "{urn:hl7-org:v3}"
SDTC = "{urn:hl7-org:sdtc}"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def children(element: Element | None, name: str) -> list[Element]:
    """The children of this name, in order."""
    return [] if element is None else element.findall(V3 + name)


def child(element: Element | None, *path: str) -> Element | None:
    """The first element along the path; None where it breaks off."""
    for name in path:
        if element is None:
            return None
        element = element.find(V3 + name)
    return element


def descendants(element: Element, name: str) -> Iterator[Element]:
    """All of this name below, and the element itself if it is one."""
    return element.iter(V3 + name)


def tag(element: Element) -> str:
    """ "observation"; of another namespace with it in braces."""
    return str(element.tag).removeprefix(V3)


def attribute(element: Element | None, name: str) -> str | None:
    """An attribute without blank ends; None when absent or blank."""
    value = None if element is None else element.get(name)
    return (value or "").strip() or None


def words(element: Element | None) -> str | None:
    """All text within, blanks collapsed; None when there is none."""
    return None if element is None else " ".join("".join(map(str, element.itertext())).split()) or None


def is_null(element: Element | None) -> bool:
    """Whether it is absent, or says by a null flavor that there is no value."""
    return element is None or element.get("nullFlavor") is not None


def templates(element: Element) -> frozenset[str]:
    """The roots of its template ids, whatever their version."""
    return frozenset(root for one in children(element, "templateId") if (root := attribute(one, "root")) is not None)


def data_type(element: Element) -> str:
    """The xsi:type without its prefix, "PQ"; "" when absent."""
    return (element.get(_XSI_TYPE) or "").rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads values of one document: where it stands, and its elements by the ids that references name."""

    place: Place
    by_id: dict[str, Element] = field(default_factory=dict, repr=False)

    def at(self, element: Element) -> Place:
        """ "File 1 of 1, line 12, observation"; the name of a foreign element is not repeated."""
        here, name = self.place, str(element.tag)
        known = tag(element) if name.startswith(V3) else ""
        return Place(here.file, here.files, here.name, line_of(element), known)

    def refuse(self, element: Element, message: str) -> Never:
        """Raise ImportFailedError at the element."""
        refuse(self.at(element), message)

    def instant(self, element: Element | None, *, end: bool = False) -> datetime | None:
        """The time of @value in UTC; None when absent or null. Raises ImportFailedError where it is no time."""
        written = None if is_null(element) else attribute(element, "value")
        if element is None or written is None:
            return None
        try:
            return instant(written, end=end)
        except ValueError:
            self.refuse(element, "this is not a time of HL7")

    def day(self, element: Element | None) -> tuple[str, date | None] | None:
        """A date as far as it is written; None when absent or null. Raises ImportFailedError where it is none."""
        written = None if is_null(element) else attribute(element, "value")
        if element is None or written is None:
            return None
        try:
            return calendar_day(written)
        except ValueError:
            self.refuse(element, "this is not a time of HL7")

    def start(self, element: Element | None) -> datetime | None:
        """When an effectiveTime begins: its value, else its low, else its high. Raises ImportFailedError."""
        found = self.instant(element) or self.instant(child(element, "low"))
        return found or self.instant(child(element, "high"))

    def referred(self, element: Element | None) -> Element | None:
        """The narrative to which <reference value="#id"/> within leads; None when there is none."""
        name = attribute(child(element, "reference"), "value")
        return None if name is None else self.by_id.get(name.removeprefix("#"))

    def said(self, element: Element | None) -> str | None:
        """Text written in the element, else the narrative to which it refers."""
        return words(element) or _as_shown(self.referred(element))


def _as_shown(element: Element | None) -> str | None:
    """The words of a piece of narrative; the cells of a row are kept apart."""
    if element is None or tag(element) != "tr":
        return words(element)
    return " | ".join(cell for one in element if (cell := words(one)) is not None) or None


def by_id(root: Element) -> dict[str, Element]:
    """Elements by their narrative id; one that stands twice means nothing and is left out."""
    found: dict[str, Element] = {}
    twice: set[str] = set()
    for element in root.iter():
        name = element.get("ID")
        if name is not None:
            if name in found:
                twice.add(name)
            found[name] = element
    return {name: element for name, element in found.items() if name not in twice}
