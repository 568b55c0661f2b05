"""Typed access to one message: segments, fields (counted from 1, as the standard does), repetitions, components.

The library `hl7` cuts the message; that its header is sound, and its size, is checked before. Absent, blank and
explicitly empty ("") values are all None. Source: HL7 v2.8 chapter 2.5.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import hl7  # type: ignore[import-untyped]

from phiward.records.hl7v2.charset import codec_of, decode
from phiward.records.hl7v2.escapes import Marks
from phiward.records.hl7v2.framing import RawMessage
from phiward.records.hl7v2.times import calendar_day, instant
from phiward.records.reading import refuse
from phiward.records.results import Place

MAX_PARTS = 500_000
"""Delimiters in one message: each part is an object of the library, so that this bounds the memory."""

_HEADER = re.compile(r"MSH([!-/:-@\[-`{-~])([!-/:-@\[-`{-~]{4,5})(?:\1|$)")
_VERSION = re.compile(r"2\.[3-8](?:\.\d)?")
_NULL = '""'


@dataclass(frozen=True, slots=True)
class Part:
    """One repetition of a field: components, each of subcomponents, still escaped."""

    components: tuple[tuple[str, ...], ...] = field(repr=False)
    marks: Marks
    place: Place

    def text(self, component: int = 1, sub: int = 1) -> str | None:
        """Unescaped and without blank ends. Raises ImportFailedError for an escape that cannot be read."""
        if component > len(self.components) or sub > len(self.components[component - 1]):
            return None
        written = self.components[component - 1][sub - 1]
        if written == _NULL:
            return None
        return self.marks.unescape(written, self.place).strip() or None


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. `index` is its place in the message."""

    name: str
    index: int
    fields: Any = field(repr=False)
    marks: Marks
    place: Place

    def at(self, number: int) -> Place:
        """ "File 1 of 1, message 3, PID-7"."""
        here = self.place
        return Place(here.file, here.files, here.name, here.line, f"{here.path}, {self.name}-{number}")

    def parts(self, number: int) -> list[Part]:
        """The repetitions of a field; none when it is absent."""
        if number >= len(self.fields):
            return []
        place = self.at(number)
        found = []
        for repetition in _children(self.fields[number]):
            components = tuple(tuple(map(str, _children(one))) for one in _children(repetition))
            found.append(Part(components, self.marks, place))
        return found

    def text(self, number: int, component: int = 1, sub: int = 1) -> str | None:
        """A component of the first repetition. Raises ImportFailedError."""
        parts = self.parts(number)
        return parts[0].text(component, sub) if parts else None

    def raw(self, number: int) -> str:
        """The whole field as it is written, delimiters and escapes in it; "" when absent or explicitly empty."""
        written = str(self.fields[number]) if number < len(self.fields) else ""
        return "" if written == _NULL else written

    def moment(self, number: int, *, end: bool = False) -> datetime | None:
        """The first instant of a time, or with `end` the last. Raises ImportFailedError where it is not one."""
        written = self.text(number)
        try:
            return None if written is None else instant(written, end=end)
        except ValueError:
            refuse(self.at(number), "this is not a time of HL7")

    def day(self, number: int) -> tuple[str, date | None] | None:
        """A date as far as it is written, in ISO form. Raises ImportFailedError where it is not one."""
        written = self.text(number)
        try:
            return None if written is None else calendar_day(written)
        except ValueError:
            refuse(self.at(number), "this is not a time of HL7")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `type` "ADT", `event` "A08", its segments in order, and when it was sent."""

    type: str
    event: str
    segments: tuple[Segment, ...] = field(repr=False)
    place: Place

    def all(self, name: str) -> Iterator[Segment]:
        """The segments of this name, in order."""
        return (segment for segment in self.segments if segment.name == name)

    def first(self, name: str) -> Segment | None:
        """The first segment of this name."""
        return next(self.all(name), None)

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]


def parse(raw: RawMessage) -> Message:
    """Raises ImportFailedError: header, version, character set or size is not as it must be."""
    place = raw.place
    head = _HEADER.match(raw.segments[0].decode("latin-1"))
    if head is None or len(set(head[1] + head[2])) != 1 + len(head[2]):
        refuse(place, "MSH does not declare its delimiters")
    if sum(segment.count(mark.encode()) for segment in raw.segments for mark in head[1] + head[2]) > MAX_PARTS:
        refuse(place, "it has too many parts")
    if any(segment[3:4] not in (b"", head[1].encode()) for segment in raw.segments):
        refuse(place, "a segment does not use the delimiters that MSH declares")
    fields = raw.segments[0].split(head[1].encode())
    codec = codec_of(fields[17].decode("latin-1") if len(fields) > 17 else "", place)
    text = decode(b"\r".join(raw.segments), codec, place)
    separator, component, repetition, escape, subcomponent, *truncation = list(head[1] + head[2])
    marks = Marks(separator, component, repetition, escape, subcomponent, "".join(truncation), codec)
    segments = tuple(Segment(str(one[0]), index, one, marks, place) for index, one in enumerate(_cut(text, place)))
    version = segments[0].text(12)
    if version is None or not _VERSION.fullmatch(version):
        refuse(segments[0].at(12), "only HL7 versions 2.3 to 2.8 are read")
    kind, event = segments[0].text(9, 1), segments[0].text(9, 2)
    if kind is None:
        refuse(segments[0].at(9), "this is missing")
    return Message(kind, event or "", segments, place)


def _cut(text: str, place: Place) -> Any:
    """The library's own errors repeat what they read, so that none of them goes further."""
    try:
        return hl7.parse(text)
    except (hl7.HL7Exception, ValueError, LookupError, AssertionError):
        pass
    refuse(place, "this is not an HL7 message")


def _children(container: Any) -> list[Any]:
    """What is in a container of the library, which leaves out levels that have no delimiter."""
    return [container] if isinstance(container, str) else list(container)
