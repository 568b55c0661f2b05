r"""Escape sequences of HL7 text: \F\ \S\ \T\ \R\ \E\ \P\ for delimiters, \X…\ for bytes, \.br\ and its kin for lines.

A sequence that is not known stays as it is written, so that no text is lost; one that switches the character set is
refused. Source: HL7 v2.8 chapter 2.7.
"""

import re
from dataclasses import dataclass

from phiward.records.hl7v2.charset import decode
from phiward.records.reading import refuse
from phiward.records.results import Place

_HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)")
_SPACING = re.compile(r"\.(?:in|ti)[+-]?\d*|\.(?:fi|nf)|[HN]")
_LINES = re.compile(r"\.(?:br|ce)|\.sp\+?(\d{0,2})")
_SKIP = re.compile(r"\.sk\+? ?(\d{1,2})")
_SWITCH = re.compile(r"[CM][0-9A-Fa-f]{4,6}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Marks:
    """The delimiters that MSH-1 and MSH-2 declare, and the codec of the message. `truncation` may be absent ("")."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    truncation: str
    codec: str

    def unescape(self, text: str, place: Place) -> str:
        """The text that was meant. Raises ImportFailedError for bytes or switches that cannot be read."""
        if self.escape not in text:
            return text
        pieces = text.split(self.escape)
        found, index = [pieces[0]], 1
        while index < len(pieces):
            meant = self._meaning(pieces[index], place) if index + 1 < len(pieces) else None
            if meant is None:
                found += [self.escape, pieces[index]]
                index += 1
            else:
                found += [meant, pieces[index + 1]]
                index += 2
        return "".join(found)

    def _meaning(self, code: str, place: Place) -> str | None:
        """What stands for the sequence; None when it is not known."""
        delimiters = {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
            "P": self.truncation or None,
        }
        if code in delimiters:
            return delimiters[code]
        if _SWITCH.fullmatch(code):
            refuse(place, "it switches its character set within a text")
        if hexadecimal := _HEX.fullmatch(code):
            return self._bytes(hexadecimal[1], place)
        if _SPACING.fullmatch(code):
            return ""
        if lines := _LINES.fullmatch(code):
            return "\n" * min(int(lines[1] or 1), 9)
        if skip := _SKIP.fullmatch(code):
            return " " * int(skip[1])
        return None

    def _bytes(self, digits: str, place: Place) -> str:
        text = decode(bytes.fromhex(digits), self.codec, place)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if _CONTROL.search(text):
            refuse(place, "an escape sequence stands for a control character")
        return text
