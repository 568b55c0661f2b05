"""A file of HL7 version 2 messages to what they all say, every message accounted for.

Messages count in the order in which they were sent (MSH-7), and in the order of the file where that is equal; what a
later one says of the same document, result or visit replaces what an earlier one said. Merging, linking and deleting
patients is left to a person and counted as skipped.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from phiward.records.fhir.times import EPOCH
from phiward.records.hl7v2 import documents, observations, visits
from phiward.records.hl7v2.framing import messages
from phiward.records.hl7v2.message import Message, parse
from phiward.records.hl7v2.patient import combined, patient
from phiward.records.ports import Extractor
from phiward.records.reading import Limits, Source, read_bytes
from phiward.records.results import (
    CareRelationRecord,
    DocumentRecord,
    FactRecord,
    ParsedFile,
    PatientRecord,
    Place,
)

SKIP_TYPE = "not kept in this version"
SKIP_MERGE = "merges of patients are decided by a person"
SKIP_DELETE = "deletions of patients are decided by a person"
SKIP_NOT_PRODUCTION = "it is a message for tests or training"
SKIP_NOTICE = "it announces a document and does not carry it"

_MERGES = frozenset(
    {"A17", "A18", "A24", "A30", "A34", "A35", "A36", "A37", "A39", "A40", "A41", "A42", "A43", "A44"}
    | {"A45", "A46", "A47", "A48", "A49", "A50", "A51"}
)
_DELETIONS = frozenset({"A23", "A29"})
_PATIENT_EVENTS = frozenset(
    {"A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A11", "A12", "A13", "A14", "A15", "A16"}
    | {"A21", "A22", "A25", "A26", "A27", "A28", "A31", "A32", "A33", "A38", "A53", "A54", "A55"}
)
_RESULT_EVENTS = frozenset({"R01", "R30", "R31", "R32"})
_PRODUCTION = frozenset({None, "P"})
_Kept = DocumentRecord | FactRecord | CareRelationRecord


def parse_hl7(source: Source, limits: Limits | None = None, extractor: Extractor | None = None) -> ParsedFile:
    """What the file says. Raises ImportFailedError at the first broken message, naming its number."""
    return parse_hl7_bytes(read_bytes(source, limits or Limits()), source.place, extractor)


def parse_hl7_bytes(data: bytes, place: Place, extractor: Extractor | None = None) -> ParsedFile:
    """The same of bytes. `ParsedFile.resources` counts messages. Raises ImportFailedError."""
    feed = _Feed(extractor)
    for raw in messages(data, place):
        feed.read(parse(raw))
    return feed.result(place)


@dataclass(slots=True)
class _Outcome:
    """What one message states and takes back. `registers`: what it says of the patient is what is so."""

    patient: PatientRecord
    registers: bool
    kept: list[_Kept] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list, repr=False)


@dataclass(slots=True)
class _Feed:
    """Reads messages one after the other, then lays what they say one over the other in order of time."""

    extractor: Extractor | None
    outcomes: list[tuple[datetime, _Outcome]] = field(default_factory=list)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def read(self, message: Message) -> None:
        """Raises ImportFailedError at a broken field."""
        self.count += 1
        made = self._convert(message)
        if isinstance(made, str):
            self.skipped[_type(message), made] += 1
            return
        last = self.outcomes[-1][0] if self.outcomes else EPOCH
        self.outcomes.append((message.header.moment(7) or last, made))

    def _convert(self, message: Message) -> _Outcome | str:
        """The outcome, or why the message is skipped."""
        convert = self._converter(message)
        if isinstance(convert, str):
            return convert
        who = patient(message)
        return who if isinstance(who, str) else convert(message, who)

    def _converter(self, message: Message) -> Callable[[Message, PatientRecord], _Outcome | str] | str:
        if message.header.text(11) not in _PRODUCTION:
            return SKIP_NOT_PRODUCTION
        if message.type == "ADT" and message.event in _MERGES:
            return SKIP_MERGE
        if message.type == "ADT" and message.event in _DELETIONS:
            return SKIP_DELETE
        if message.type == "ADT" and message.event in _PATIENT_EVENTS:
            return self._visit
        if message.type == "ORU" and message.event in _RESULT_EVENTS:
            return self._results
        if message.type == "MDM" and message.event in documents.WITH_TEXT | {documents.CANCEL}:
            return self._document
        return SKIP_NOTICE if message.type == "MDM" else SKIP_TYPE

    def _visit(self, message: Message, who: PatientRecord) -> _Outcome:
        relation = visits.visit(message, who.source_id, self.unresolved)
        if relation is None:
            return _Outcome(who, True)
        if message.event in visits.CANCELLED:
            return _Outcome(who, True, retracted=[relation.source_id])
        return _Outcome(who, True, [relation])

    def _results(self, message: Message, who: PatientRecord) -> _Outcome:
        found = observations.findings(message, who.source_id, self.extractor, self.unresolved)
        return _Outcome(who, False, [*found.facts, *found.documents], found.retracted)

    def _document(self, message: Message, who: PatientRecord) -> _Outcome | str:
        found = documents.filed(message, who.source_id, self.extractor, self.unresolved)
        if found.document is None and not found.retracted:
            return found.reason
        if found.document is None:
            self.unresolved[found.reason] += found.reason != documents.SKIP_CANCELLED
        return _Outcome(who, False, [found.document] if found.document else [], found.retracted)

    def result(self, place: Place) -> ParsedFile:
        """Raises ImportFailedError where a message contradicts the date of birth that an earlier one gave."""
        patients: dict[str, PatientRecord] = {}
        standing: dict[str, _Kept | None] = {}
        for _, outcome in sorted(self.outcomes, key=lambda pair: pair[0]):
            who = outcome.patient
            earlier = patients.pop(who.source_id, None)
            patients[who.source_id] = who if earlier is None else combined(earlier, who, outcome.registers)
            standing.update(dict.fromkeys(outcome.retracted))
            standing.update({one.source_id: one for one in outcome.kept})
        kept = [one for one in standing.values() if one is not None]
        return ParsedFile(
            place,
            self.count,
            tuple(patients.values()),
            tuple(one for one in kept if isinstance(one, DocumentRecord)),
            tuple(one for one in kept if isinstance(one, CareRelationRecord)),
            tuple(key for key, one in standing.items() if one is None),
            dict(self.skipped),
            {reason: count for reason, count in self.unresolved.items() if count},
            tuple(one for one in kept if isinstance(one, FactRecord)),
        )


def _type(message: Message) -> str:
    """The message type for counts; one that is not three letters says nothing and is not repeated."""
    known = message.type.isascii() and message.type.isupper() and len(message.type) == 3
    return message.type if known else "other messages"
