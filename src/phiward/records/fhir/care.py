"""Who cares for whom: CareTeam and Encounter to care relations of practitioners.

An Encounter relates from its start until 30 days after its end, so that results and letters can be
worked up; while it is open, without an end. A CareTeam relates for its period. Cancelled and
mistaken ones relate nobody, and take back what they said before. Sources:
https://hl7.org/fhir/R4/careteam.html, https://hl7.org/fhir/R4/encounter.html.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from phiward.domain.patients import CareRelation, CareSource
from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory, source_id
from phiward.records.fhir.times import EPOCH, moment
from phiward.records.reading import Resource, refuse
from phiward.records.results import CareRelationRecord

ENCOUNTER_GRACE = timedelta(days=30)
SKIP_NO_PRACTITIONER = "it names no practitioner that is known"
SKIP_NOT_IN_FORCE = "its status is cancelled, mistaken or not in force"
SKIP_NO_START = "it has no start"
SKIP_NOT_A_PATIENT = "its subject is not a patient"

_OPEN = frozenset({"planned", "arrived", "triaged", "in-progress", "onleave"})
_VOID_ENCOUNTERS = frozenset({"cancelled", "entered-in-error"})
_VOID_TEAMS = frozenset({"proposed", "suspended", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing to keep, and why: a fixed sentence. `retract` takes back what it said before."""

    reason: str
    retract: bool = False


@dataclass(slots=True)
class Unresolved:
    """Counts references that lead nowhere, by a reason that holds nothing of them."""

    counts: Counter[str] = field(default_factory=Counter)

    def practitioner(self, reference: Node, directory: Directory) -> str | None:
        """The practitioner's source id; None for organisations and the like, and for the unknown."""
        found = directory.resolve(reference)
        if found is None:
            if reference.text("reference") or reference.child("identifier"):
                self.counts["a practitioner reference leads to nobody in these files"] += 1
            return None
        if found.startswith("PractitionerRole/"):
            self.counts["a PractitionerRole is not in these files"] += 1
            return None
        return found if found.startswith("Practitioner/") else None


def subject(node: Node, directory: Directory) -> str | None:
    """The patient's source id; None when the subject is a group, a device or a place.

    Raises ImportFailedError when it is missing or leads nowhere.
    """
    reference = node.child("subject")
    if reference is None:
        node.refuse("subject", "this is missing")
    found = directory.resolve(reference)
    if found is None:
        refuse(reference.place, "this leads to nobody in these files")
    return found if found.startswith("Patient/") else None


def care_team(resource: Resource, directory: Directory, unresolved: Unresolved) -> CareRelationRecord | Skipped:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    node = Node(resource.content, resource.place)
    who = subject(node, directory)
    status = node.text("status") or "active"
    if who is None:
        return Skipped(SKIP_NOT_A_PATIENT, retract=True)
    if status in _VOID_TEAMS:
        return Skipped(SKIP_NOT_IN_FORCE, retract=True)
    start, end = _period(node)
    meta = node.child("meta")
    start = start or (moment(meta, "lastUpdated") if meta is not None else None) or EPOCH
    found: list[CareRelation] = []
    for member in node.children("participant"):
        practitioner = _practitioner(member, "member", directory, unresolved)
        own_start, own_end = _period(member)
        until = own_end or end
        if practitioner is None or (status == "inactive" and until is None):
            continue
        found.append(CareRelation(practitioner, CareSource.CARE_TEAM, own_start or start, until))
    return _record(resource, who, found)


def encounter(resource: Resource, directory: Directory, unresolved: Unresolved) -> CareRelationRecord | Skipped:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    node = Node(resource.content, resource.place)
    who = subject(node, directory)
    status = node.need("status")
    if who is None:
        return Skipped(SKIP_NOT_A_PATIENT, retract=True)
    if status in _VOID_ENCOUNTERS:
        return Skipped(SKIP_NOT_IN_FORCE, retract=True)
    start, end = _period(node)
    found: list[CareRelation] = []
    for participant in node.children("participant"):
        practitioner = _practitioner(participant, "individual", directory, unresolved)
        own_start, own_end = _period(participant)
        first, last = own_start or start, own_end or end
        if practitioner is None:
            continue
        if first is None:
            return Skipped(SKIP_NO_START, retract=True)
        if last is None and status not in _OPEN:
            last = first  # over, but nobody wrote when: the grace alone
        until = None if last is None else last + ENCOUNTER_GRACE
        found.append(CareRelation(practitioner, CareSource.ENCOUNTER, first, until))
    return _record(resource, who, found)


def _record(resource: Resource, patient: str, found: list[CareRelation]) -> CareRelationRecord | Skipped:
    if not found:
        return Skipped(SKIP_NO_PRACTITIONER, retract=True)
    return CareRelationRecord(source_id(resource), patient, tuple(dict.fromkeys(found)), resource.place)


def _practitioner(node: Node, name: str, directory: Directory, unresolved: Unresolved) -> str | None:
    reference = node.child(name)
    return None if reference is None else unresolved.practitioner(reference, directory)


def _period(node: Node) -> tuple[datetime | None, datetime | None]:
    period = node.child("period")
    if period is None:
        return None, None
    start, end = moment(period, "start"), moment(period, "end", end=True)
    if start is not None and end is not None and end < start:
        period.refuse("end", "this is before the start")
    return start, end
