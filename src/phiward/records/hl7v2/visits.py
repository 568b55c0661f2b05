"""PV1 to care relations: attending, referring, consulting and admitting doctors, while the visit lasts.

A visit relates from admission until 30 days after discharge, as a FHIR Encounter does; while it is open, without an
end. Every message states the whole visit anew: cancelling a discharge (A13) or a transfer (A12) restates it as it now
is, cancelling the admission (A11, A27, A38) takes it back. Source: HL7 v2.8 chapter 3, PV1 and the A events.
"""

from collections import Counter

from phiward.domain.patients import CareRelation, CareSource
from phiward.records.fhir.care import ENCOUNTER_GRACE
from phiward.records.fhir.fields import ID
from phiward.records.hl7v2.message import Message, Segment
from phiward.records.hl7v2.patient import authority
from phiward.records.reading import refuse
from phiward.records.results import CareRelationRecord

CANCELLED = frozenset({"A11", "A27", "A38"})
NO_NUMBER = "a visit without a number makes no care relation"
NO_CLINICIAN_ID = "a clinician of a visit has no id that can be used"
NO_START = "a visit has no start"
_DISCHARGE, _CANCELLED_DISCHARGE = "A03", "A13"
_NOT_APPLICABLE = "N"
_DOCTORS = (7, 8, 9, 17)


def visit(message: Message, patient: str, unresolved: Counter[str]) -> CareRelationRecord | None:
    """The relations that the visit states, possibly none; None when the message has no visit.

    Raises ImportFailedError at a broken field, or where the visit ends before it starts.
    """
    segment = message.first("PV1")
    if segment is None or segment.text(2) == _NOT_APPLICABLE:
        return None
    number = segment.parts(19)
    value = number[0].text(1) if number else None
    if value is None:
        unresolved[NO_NUMBER] += any(segment.parts(field) for field in _DOCTORS)
        return None
    key = f"urn:hl7v2:visit:{authority(number[0], 4, message)}:{value}"
    doctors = _doctors(segment, unresolved) if message.event not in CANCELLED else []
    return CareRelationRecord(key, patient, tuple(_relations(message, segment, doctors, unresolved)), segment.place)


def _relations(message: Message, segment: Segment, doctors: list[str], unresolved: Counter[str]) -> list[CareRelation]:
    event = message.first("EVN")
    happened = (event.moment(6) or event.moment(2) if event else None) or message.header.moment(7)
    start, end = segment.moment(44) or happened, segment.moment(45, end=True)
    if message.event == _CANCELLED_DISCHARGE:
        end = None
    elif message.event == _DISCHARGE:
        end = end or happened
    if start is None:
        unresolved[NO_START] += bool(doctors)
        return []
    if end is not None and end < start:
        refuse(segment.at(45), "this is before the start")
    until = None if end is None else end + ENCOUNTER_GRACE
    return [CareRelation(f"Practitioner/{who}", CareSource.ENCOUNTER, start, until) for who in doctors]


def _doctors(segment: Segment, unresolved: Counter[str]) -> list[str]:
    """The ids of those who treat, each once."""
    found: dict[str, None] = {}
    for field in _DOCTORS:
        for part in segment.parts(field):
            who = part.text(1)
            if who is not None and ID.fullmatch(who):
                found[who] = None
            elif who is not None or part.text(2) is not None:
                unresolved[NO_CLINICIAN_ID] += 1
    return list(found)
