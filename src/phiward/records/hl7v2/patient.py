"""PID, and NK1, GT1 and IN1 beside it, to a PatientRecord with every identifier that the message holds.

The patient is the first medical record number of PID-3 under its assigning authority; where that is not named, under
the sending facility (MSH-4). Source: HL7 v2.8 chapter 3, PID and NK1; chapter 6, GT1 and IN1.
"""

from collections.abc import Callable, Iterator

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.hl7v2 import identifiers
from phiward.records.hl7v2.message import Message, Part, Segment
from phiward.records.reading import refuse
from phiward.records.results import Disagreeing, PatientRecord

SKIP_NO_PATIENT = "it names no patient by a medical record number"
SKIP_TWO_PATIENTS = "it names more than one patient"
_DAY_CHARACTERS = len("YYYY-MM")
_Take = Callable[[Part], Iterator[Identifier]]

_OF_PATIENT: tuple[tuple[int, _Take], ...] = (
    (5, identifiers.names),
    (9, identifiers.names),
    (6, identifiers.relative),
    (11, identifiers.address),
    (13, identifiers.telecom),
    (14, identifiers.telecom),
)
_OF_OTHERS: dict[str, tuple[tuple[int, _Take], ...]] = {
    "NK1": (
        (2, identifiers.relative),
        (4, identifiers.address),
        (5, identifiers.telecom),
        (6, identifiers.telecom),
        (30, identifiers.relative),
        (31, identifiers.telecom),
        (32, identifiers.address),
    ),
    "GT1": ((3, identifiers.relative), (5, identifiers.address), (6, identifiers.telecom), (7, identifiers.telecom)),
    "IN1": ((16, identifiers.relative), (19, identifiers.address)),
}
_NUMBERS = (
    (2, IdentifierKind.OTHER_ID),
    (3, IdentifierKind.MRN),
    (4, IdentifierKind.OTHER_ID),
    (18, IdentifierKind.ACCOUNT),
    (19, IdentifierKind.SSN),
    (20, IdentifierKind.LICENSE),
)
_PLACES = (12, 23)
_POLICY_NUMBER = 36


def patient(message: Message) -> PatientRecord | str:
    """The patient, or why there is none: a fixed sentence. Raises ImportFailedError at a broken field."""
    found = list(message.all("PID"))
    if len(found) > 1:
        return SKIP_TWO_PATIENTS
    key = _source_id(message, found[0]) if found else None
    if key is None:
        return SKIP_NO_PATIENT
    segment = found[0]
    birth = segment.day(7)
    known = [*_numbers(segment), *_taken(segment, _OF_PATIENT), *_dates(segment), *_places(segment)]
    for other in message.segments:
        known += _taken(other, _OF_OTHERS.get(other.name, ()))
    policies = (one.text(_POLICY_NUMBER) for one in message.all("IN1"))
    known += [Identifier(IdentifierKind.OTHER_ID, value) for value in policies if value is not None]
    day = birth[1] if birth else None
    means = Disagreeing.CORRECT if message.type == "ADT" else Disagreeing.REFUSE
    return PatientRecord(key, tuple(dict.fromkeys(known)), day, segment.place, by_number=True, disagreeing=means)


def authority(part: Part | None, component: int, message: Message) -> str:
    """Who gave the number: the namespace of its component, else its universal id, else MSH-4; "" when nobody says.

    `component` counts from 1: the 4th of CX, the 2nd of EI.
    """
    named = None if part is None else part.text(component, 1) or part.text(component, 2)
    return named or message.header.text(4) or ""


def _source_id(message: Message, segment: Segment) -> str | None:
    for part in segment.parts(3):
        identifier = identifiers.number(part, IdentifierKind.MRN)
        if identifier is not None and identifier.kind is IdentifierKind.MRN:
            return f"urn:hl7v2:{authority(part, 4, message)}:{identifier.value}"
    return None


def _numbers(segment: Segment) -> Iterator[Identifier]:
    for field, kind in _NUMBERS:
        for part in segment.parts(field):
            if (identifier := identifiers.number(part, kind)) is not None:
                yield identifier


def _taken(segment: Segment, fields: tuple[tuple[int, _Take], ...]) -> Iterator[Identifier]:
    for field, take in fields:
        for part in segment.parts(field):
            yield from take(part)


def _dates(segment: Segment) -> Iterator[Identifier]:
    """Day or month; a year alone may stay (45 CFR 164.514(b)(2)(i)(C))."""
    for field, kind in ((7, IdentifierKind.BIRTH_DATE), (29, IdentifierKind.DEATH_DATE)):
        day = segment.day(field)
        if day is not None and len(day[0]) >= _DAY_CHARACTERS:
            yield Identifier(kind, day[0])


def _places(segment: Segment) -> Iterator[Identifier]:
    """County and place of birth."""
    for field in _PLACES:
        if (value := segment.text(field)) is not None:
            yield Identifier(IdentifierKind.CITY, value)


def combined(earlier: PatientRecord, later: PatientRecord, registers: bool) -> PatientRecord:
    """One patient from two messages of a file: what either knows, the later first.

    A former name or address may still stand in a note. Only a message that registers patients (ADT) may correct a date
    of birth. Raises ImportFailedError where another states another one: the number may be someone else's.
    """
    if not registers and earlier.birth_date and later.birth_date and earlier.birth_date != later.birth_date:
        refuse(later.place, "an earlier message of this file gives this number another date of birth")
    known = tuple(dict.fromkeys((*later.identifiers, *earlier.identifiers)))
    birth = later.birth_date or earlier.birth_date
    means = min(earlier.disagreeing, later.disagreeing)  # a message that may correct is among them, or none is
    return PatientRecord(later.source_id, known, birth, later.place, by_number=True, disagreeing=means)
