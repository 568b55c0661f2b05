"""Bytes of a file to the bytes of its messages: MLLP blocks, batches (FHS, BHS, BTS, FTS), or one after the other.

Segments may end with CR, LF or both; every character set that is read is a superset of ASCII, so that bytes can be cut
before they are decoded. What is cut off is found where the file says how much it holds: a block without its end, a
batch without its trailer or with another count. Sources: HL7 v2.8 chapter 2.10, MLLP release 1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from phiward.records.reading import refuse
from phiward.records.results import Place

MAX_SEGMENT_BYTES = 32 * 1024 * 1024
"""Of one segment: a PDF in base64 has room, a run-away file has not."""

_START, _END = b"\x0b", b"\x1c"
_LINE_END = re.compile(rb"[\r\n]+")
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{2}(?![A-Za-z0-9])")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ENVELOPE = frozenset({b"FHS", b"BHS", b"BTS", b"FTS"})


@dataclass(frozen=True, slots=True)
class RawMessage:
    """The segments of one message, undecoded, MSH first. `place` names it by its number in the file, from 1."""

    segments: tuple[bytes, ...] = field(repr=False)
    place: Place


def messages(data: bytes, place: Place) -> Iterator[RawMessage]:
    """The messages in the order of the file. Raises ImportFailedError at the first that is broken or cut off."""
    number, current, envelope = 0, list[bytes](), _Envelope(place)
    for line in _lines(data, place):
        name = line[:3]
        if current and (name in _ENVELOPE or name == b"MSH"):
            yield RawMessage(tuple(current), message_place(place, number))
            current = []
        if name in _ENVELOPE:
            envelope.add(line)
            continue
        if name == b"MSH":
            number += 1
            envelope.count += 1
        elif not current:
            refuse(message_place(place, number + 1), "a segment stands before its MSH")
        if not _SEGMENT.match(line):
            refuse(message_place(place, number), "a line is not a segment")
        if len(line) > MAX_SEGMENT_BYTES:
            refuse(message_place(place, number), f"a segment is longer than {MAX_SEGMENT_BYTES} bytes")
        if _CONTROL.search(line):
            refuse(message_place(place, number), "it holds a control character")
        current.append(line)
    envelope.close()
    if current:
        yield RawMessage(tuple(current), message_place(place, number))
    if number == 0:
        refuse(place, "it holds no HL7 message")


def message_place(place: Place, number: int) -> Place:
    """ "File 1 of 1, message 3"."""
    return Place(place.file, place.files, place.name, None, f"message {number}")


@dataclass(slots=True)
class _Envelope:
    """Which batch headers are open, and how many messages came since the last."""

    place: Place
    opened: list[bytes] = field(default_factory=list)
    count: int = 0

    def add(self, line: bytes) -> None:
        name = line[:3]
        if name in (b"FHS", b"BHS"):
            if name in self.opened or (name == b"FHS" and self.opened):
                refuse(self.place, "a batch begins within a batch")
            self.opened.append(name)
            self.count = 0
            return
        if not self.opened or self.opened.pop() != name[:1] + b"HS":
            refuse(self.place, "a batch ends that did not begin")
        stated = line[4:].split(line[3:4])[0].strip() if len(line) > 4 else b""
        if name == b"BTS" and stated and stated != str(self.count).encode():
            refuse(self.place, "a batch holds another number of messages than it says")

    def close(self) -> None:
        if self.opened:
            refuse(self.place, "it is cut off: a batch does not end")


def _lines(data: bytes, place: Place) -> Iterator[bytes]:
    """Segments and envelopes without the marks of MLLP blocks. Raises ImportFailedError at a block without its end."""
    within = False
    for piece in _LINE_END.split(data.removeprefix(b"\xef\xbb\xbf")):
        line = piece
        if line.startswith(_END):
            within, line = False, line[1:]
        if line.startswith(_START):
            if within:
                refuse(place, "it is cut off: a block begins within a block")
            within, line = True, line[1:]
        ends = line.endswith(_END)
        line = line.removesuffix(_END).strip(b" \t") if ends else line
        if line.strip(b" \t"):
            yield line
        within = within and not ends
    if within:
        refuse(place, "it is cut off: a block does not end")
