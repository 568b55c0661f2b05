"""The text that the OBX segments of a report or a document carry, line by line, and where its parts stand.

Where the observation identifier (OBX-3) changes, a part with its name begins: a radiologist's findings and impression
come so. Encapsulated data (ED) is read by the extractor that is handed over, or it is skipped with a reason.
Source: HL7 v2.8 chapters 7.4.2 and 9.6; data type ED.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from phiward.domain.documents import Section, SourceFormat
from phiward.records.hl7v2.message import Segment
from phiward.records.hl7v2.values import ENCAPSULATED, TEXT_TYPES, free_text
from phiward.records.ports import Extractor
from phiward.records.reading import refuse

NO_EXTRACTOR = "an embedded file is not read, because this import reads no embedded files"
NOT_READ = "an embedded file of this type is not read"
_READ_AS_TEXT = TEXT_TYPES | {"ST"}


@dataclass(slots=True)
class Draft:
    """A text that grows, with its sections: offsets in code points, end exclusive."""

    parts: list[str] = field(default_factory=list, repr=False)
    sections: list[Section] = field(default_factory=list, repr=False)
    length: int = 0
    source: SourceFormat = SourceFormat.HL7V2

    @property
    def text(self) -> str:
        """What stands there so far."""
        return "".join(self.parts)

    def add(self, title: str | None, body: str, inner: Sequence[Section] = ()) -> None:
        """A part after a blank line, its title on a line of its own; `inner` are sections within `body`."""
        if not body.strip():
            return
        self._write("\n\n" if self.length else "")
        start = self.length
        if title is not None:
            self._write(f"{title}\n")
        offset = self.length
        self._write(body)
        if title is not None and not inner:
            self.sections.append(Section(start, self.length, title))
        self.sections += [Section(one.start + offset, one.end + offset, one.title) for one in inner]

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)


def compose(segments: Sequence[Segment], extractor: Extractor | None, unresolved: Counter[str]) -> Draft:
    """The text of OBX segments (NTE among them are lines too). Raises ImportFailedError, also the extractor's."""
    draft = Draft()
    titles = {title for segment in segments if (title := _title(segment)) is not None}
    for title, run in _runs(segments):
        if run[0].text(2) == ENCAPSULATED and run[0].name == "OBX":
            _embedded(run[0], draft, extractor, unresolved)
        else:
            body = "\n".join(_line(segment) for segment in run)
            draft.add(title if len(titles) > 1 else None, body)
    return draft


def is_text(segment: Segment) -> bool:
    """Whether this OBX is a line of text."""
    return segment.text(2) in _READ_AS_TEXT


def _runs(segments: Sequence[Segment]) -> list[tuple[str | None, list[Segment]]]:
    """Consecutive lines under one name; a note belongs to what it follows, an embedded file stands alone."""
    runs: list[tuple[str | None, list[Segment]]] = []
    for segment in segments:
        title = _title(segment)
        embedded = segment.name == "OBX" and segment.text(2) == ENCAPSULATED
        last = runs[-1] if runs else None
        joins = last is not None and not embedded and last[1][-1].text(2) != ENCAPSULATED
        if joins and last is not None and (segment.name == "NTE" or title == last[0]):
            last[1].append(segment)
        else:
            runs.append((title, [segment]))
    return runs


def _title(segment: Segment) -> str | None:
    if segment.name != "OBX" or segment.text(2) == ENCAPSULATED:
        return None
    parts = segment.parts(3)
    return parts[0].text(2) or parts[0].text(5) or None if parts else None


def _line(segment: Segment) -> str:
    return free_text(segment, 3 if segment.name == "NTE" else 5)


def _embedded(segment: Segment, draft: Draft, extractor: Extractor | None, unresolved: Counter[str]) -> None:
    """ED: source, type, subtype, encoding, data."""
    kind, subtype = (segment.text(5, 2) or "").lower(), (segment.text(5, 3) or "").lower()
    media_type = kind if "/" in kind else f"{kind or 'application'}/{subtype or 'octet-stream'}"
    if extractor is None:
        unresolved[NO_EXTRACTOR] += 1
    elif not extractor.reads(media_type):
        unresolved[NOT_READ] += 1
    else:
        read = extractor.extract(_data(segment), media_type, segment.at(5))
        draft.add(None, read.text, read.sections)
        draft.source = read.source


def _data(segment: Segment) -> bytes:
    encoding, written = (segment.text(5, 4) or "").lower(), segment.text(5, 5) or ""
    try:
        if encoding == "base64":
            return base64.b64decode(re.sub(r"\s+", "", written), validate=True)
        if encoding == "hex":
            return bytes.fromhex(written)
    except (binascii.Error, ValueError):
        pass
    else:
        if encoding == "a":
            return written.encode()
    refuse(segment.at(5), "this is not data in the encoding that it names")
