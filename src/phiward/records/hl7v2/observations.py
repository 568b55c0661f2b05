"""ORU: the results of an order to facts, and the text of a report to a document.

A result is known by its patient, the filler's order number, OBX-3 and OBX-4, so that a correction replaces it; one
that was deleted, wrong or cannot be obtained (OBX-11 D, W, X) takes it back. Of an order whose OBX hold lines of text
under one name, or a long text, the text is a report; single words ("clear", "negative") are results.
Source: HL7 v2.8 chapter 7, OBR, OBX and NTE; tables 0085 and 0123.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from phiward.domain.access import DocumentKind
from phiward.domain.facts import FactKind, Saying
from phiward.domain.trust import Trust
from phiward.records.hl7v2.message import Message, Segment
from phiward.records.hl7v2.patient import authority
from phiward.records.hl7v2.text import compose
from phiward.records.hl7v2.values import ENCAPSULATED, TEXT_TYPES, codes, free_text, value, words
from phiward.records.ports import Extractor
from phiward.records.results import DocumentRecord, FactRecord

NO_VALUE = "a result has no value"
NO_LABEL = "a result does not say what was measured"
NOT_RESULTED = "a result is not there yet"
TYPE_NOT_READ = "a result is of a type that is not read"
NO_ORDER_NUMBER = "an order has neither number nor service, so that its results could not be corrected"
NO_DATE = "a report has no date"

STATUS = {
    "F": "final",
    "C": "corrected",
    "P": "preliminary",
    "R": "entered, not verified",
    "S": "partial",
    "U": "final",
    "B": "appended",
}
"""OBX-11 and OBR-25 in the words of table 0085."""
_TAKEN_BACK = frozenset({"D", "W", "X"})
_NOT_YET = frozenset({"I", "N", "O"})
_LONG = 200
"""Characters from which a single text is a report and no result."""


@dataclass(slots=True)
class Findings:
    """What one message states, and what it takes back, by source id."""

    facts: list[FactRecord] = field(default_factory=list)
    documents: list[DocumentRecord] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class _Order:
    """One OBR (absent in a few messages) and what follows it. `key` is the order's number with whose it is."""

    message: Message
    patient: str = field(repr=False)
    request: Segment | None
    key: str = field(repr=False)
    lines: tuple[Segment, ...]

    def moment(self, *fields: int) -> datetime | None:
        found = (self.request.moment(one) for one in fields) if self.request is not None else iter(())
        return next((one for one in found if one is not None), None)

    @property
    def title(self) -> str | None:
        """The service in words (OBR-4)."""
        parts = self.request.parts(4) if self.request is not None else []
        return words(parts[0]) if parts else None


def findings(message: Message, patient: str, extractor: Extractor | None, unresolved: Counter[str]) -> Findings:
    """All orders of an ORU. `patient` is the source id. Raises ImportFailedError at a broken field."""
    found = Findings()
    for order in _orders(message, patient, unresolved):
        report = _report_lines(order)
        _facts(order, {line.index for line in report}, found, unresolved)
        _report(order, report, found, extractor, unresolved)
    return found


def _orders(message: Message, patient: str, unresolved: Counter[str]) -> Iterator[_Order]:
    common: Segment | None = None
    request: Segment | None = None
    lines: list[Segment] = []
    for segment in (*message.segments, None):
        if segment is None or segment.name in ("ORC", "OBR"):
            if lines or request is not None:
                key = _key(message, patient, request, common)
                if key is None:
                    unresolved[NO_ORDER_NUMBER] += 1
                else:
                    yield _Order(message, patient, request, key, tuple(lines))
                common, request, lines = None, None, []
            if segment is not None and segment.name == "ORC":
                common = segment
            else:
                request = segment
        elif segment.name == "OBX" or (segment.name == "NTE" and lines):
            lines.append(segment)


def _key(message: Message, patient: str, request: Segment | None, common: Segment | None) -> str | None:
    """By the filler's number, else the placer's, else the service and its time."""
    for field_of_request, field_of_common in ((3, 3), (2, 2)):
        for segment, number in ((request, field_of_request), (common, field_of_common)):
            parts = segment.parts(number) if segment is not None else []
            if parts and (written := parts[0].text(1)) is not None:
                return f"{patient}:{authority(parts[0], 2, message)}:{written}"
    if request is None or request.text(4) is None or request.text(7) is None:
        return None
    return f"{patient}:{request.text(4)}:{request.text(7)}"


def _report_lines(order: _Order) -> list[Segment]:
    """The lines that are a report: of text, more than one under a name, or long; embedded files always."""
    texts = [line for line in order.lines if line.name == "OBX" and line.text(2) in TEXT_TYPES]
    under = Counter(line.text(3) for line in texts)
    long = any(len(text := free_text(line, 5)) > _LONG or "\n" in text for line in texts)
    is_report = long or any(count > 1 for count in under.values())
    of_report = {line.index for line in texts} if is_report else set()
    kept: list[Segment] = []
    for line in order.lines:
        follows = line.name == "NTE" and bool(kept) and kept[-1].index == line.index - 1
        embedded = line.name == "OBX" and line.text(2) == ENCAPSULATED
        if embedded or follows or line.index in of_report:
            kept.append(line)
    return kept


def _facts(order: _Order, of_report: set[int], found: Findings, unresolved: Counter[str]) -> None:
    seen: Counter[str] = Counter()
    notes = _notes(order)
    for line in order.lines:
        if line.name != "OBX" or line.index in of_report:
            continue
        name = f"urn:hl7v2:fact:{order.key}:{line.text(3) or ''}:{line.text(4) or ''}"
        seen[name] += 1
        key = name if seen[name] == 1 else f"{name}#{seen[name]}"
        status = (line.text(11) or "").upper()
        if status in _TAKEN_BACK:
            found.retracted.append(key)
        elif status in _NOT_YET:
            unresolved[NOT_RESULTED] += 1
        else:
            saying = _saying(order, line, notes.get(line.index, ""), status)
            if isinstance(saying, str):
                unresolved[saying] += 1
            else:
                found.facts.append(FactRecord(key, order.patient, saying, line.place, trust=Trust.STAFF))


def _saying(order: _Order, line: Segment, notes: str, status: str) -> Saying | str:
    """What the result says, or why it says nothing."""
    measured = line.parts(3)
    label = words(measured[0]) if measured else None
    if label is None:
        return NO_LABEL
    written = value(line)
    if written is None:
        return TYPE_NOT_READ if line.raw(5) else NO_VALUE
    units = line.parts(6)
    details = [
        f"of {order.title}" if order.title and order.title != label else "",
        f"reference range {free_text(line, 7)}" if line.raw(7) else "",
        f"flag {', '.join(flags)}" if (flags := [text for part in line.parts(8) if (text := part.text())]) else "",
        notes,
    ]
    return Saying(
        FactKind.RESULT,
        label,
        codes(measured[0]),
        written,
        (units[0].text(1) or units[0].text(2)) if units else None,
        STATUS.get(status, status),
        "; ".join(detail for detail in details if detail),
        line.moment(14) or order.moment(7),
    )


def _notes(order: _Order) -> dict[int, str]:
    """The comments (NTE) right after each result, by its index."""
    found: dict[int, str] = {}
    after = -1
    for line in order.lines:
        if line.name != "NTE":
            after = line.index
        elif text := free_text(line, 3):
            found[after] = f"{found[after]} {text}" if after in found else text
    return found


def _report(
    order: _Order, lines: list[Segment], found: Findings, extractor: Extractor | None, unresolved: Counter[str]
) -> None:
    key = f"urn:hl7v2:report:{order.key}"
    request = order.request
    status = (request.text(25) or "").upper() if request is not None else ""
    standing = [line for line in lines if line.name != "OBX" or (line.text(11) or "").upper() not in _TAKEN_BACK]
    if status in _TAKEN_BACK or (lines and not standing):
        found.retracted.append(key)
        return
    draft = compose(standing, extractor, unresolved)
    if not draft.text:
        return
    written = order.moment(7, 22) or order.message.header.moment(7)
    if written is None:
        unresolved[NO_DATE] += 1
        return
    words_of_status = STATUS.get(status, "")
    title = order.title or "Report"
    found.documents.append(
        DocumentRecord(
            key,
            order.patient,
            written,
            title if words_of_status in ("", "final") else f"{title} ({words_of_status})",
            draft.text,
            request.place if request is not None else order.message.place,
            DocumentKind.RESULT,
            author=_interpreter(request),
            sections=tuple(draft.sections),
            source=draft.source,
            trust=Trust.STAFF,
        )
    )


def _interpreter(request: Segment | None) -> str | None:
    """OBR-32, whose first component is a name in subcomponents: id, family, given."""
    if request is None:
        return None
    names = [request.text(32, 1, sub) for sub in (3, 2)]
    return " ".join(name for name in names if name) or None
