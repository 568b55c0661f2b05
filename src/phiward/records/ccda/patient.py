"""recordTarget to a PatientRecord with every identifier that the header holds, and those of relatives in the entries.

A document is about one patient: with none, or with two, it is refused. Source: C-CDA R2.1 US Realm header,
recordTarget, informant and participant (support); CDA R2 relatedSubject.
"""

import re
from collections.abc import Iterator

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.ccda import identifiers
from phiward.records.ccda.elements import SDTC, Element, Reader, attribute, child, children, descendants
from phiward.records.results import Disagreeing, PatientRecord

_DAY_CHARACTERS = len("YYYY-MM")


def patient(root: Element, reader: Reader) -> PatientRecord:
    """Raises ImportFailedError: no patient or several, no number that is his alone, or a broken date."""
    targets = [role for target in children(root, "recordTarget") for role in children(target, "patientRole")]
    if len(targets) != 1 or len(children(root, "recordTarget")) != 1:
        reader.refuse(root, "recordTarget must name exactly one patient")
    role = targets[0]
    person = child(role, "patient")
    birth = reader.day(child(person, "birthTime"))
    known = [identifier for one in children(role, "id") if (identifier := identifiers.number(one)) is not None]
    known += _person(person)
    known += _contact(role)
    known += _dates(person, reader)
    for guardian in children(person, "guardian"):
        known += _other(guardian, "guardianPerson")
    if (birthplace := child(person, "birthplace", "place")) is not None:
        known += [found for one in children(birthplace, "addr") for found in identifiers.address(one)]
    known += _relatives(root)
    day = birth[1] if birth else None
    key, place = _source_id(role, reader), reader.at(role)
    held = Disagreeing.HOLD
    return PatientRecord(key, tuple(dict.fromkeys(known)), day, place, by_number=True, disagreeing=held)


def _source_id(role: Element, reader: Reader) -> str:
    """ "urn:cda:<root>:<extension>" of the first record number, else of the social security number."""
    otherwise: str | None = None
    for one in children(role, "id"):
        identifier = identifiers.number(one)
        root = attribute(one, "root")
        if identifier is not None and identifier.kind is IdentifierKind.MRN:
            return f"urn:cda:{root}:{attribute(one, 'extension') or ''}"
        if identifier is not None and identifier.kind is IdentifierKind.SSN:
            otherwise = otherwise or f"urn:cda:{root}:{re.sub(r'[^0-9A-Za-z]', '', identifier.value)}"
    if otherwise is None:
        reader.refuse(role, "the patient has no number of his own")
    return otherwise


def _person(person: Element | None) -> Iterator[Identifier]:
    for name in children(person, "name"):
        yield from identifiers.names(name)


def _contact(holder: Element) -> Iterator[Identifier]:
    for place in children(holder, "addr"):
        yield from identifiers.address(place)
    for point in children(holder, "telecom"):
        yield from identifiers.telecom(point)


def _dates(person: Element | None, reader: Reader) -> Iterator[Identifier]:
    """Day or month; a year alone may stay (45 CFR 164.514(b)(2)(i)(C))."""
    died = person.find(f"{SDTC}deceasedTime") if person is not None else None
    for element, kind in (
        (child(person, "birthTime"), IdentifierKind.BIRTH_DATE),
        (died, IdentifierKind.DEATH_DATE),
    ):
        day = reader.day(element)
        if day is not None and len(day[0]) >= _DAY_CHARACTERS:
            yield Identifier(kind, day[0])


def _other(holder: Element, person: str) -> Iterator[Identifier]:
    """A relative or contact: names, address, telecoms."""
    for name in children(child(holder, person), "name"):
        yield from identifiers.relative(name)
    yield from _contact(holder)


def _relatives(root: Element) -> Iterator[Identifier]:
    """Who is named as the patient's own in the header, and in family histories."""
    for informant in children(root, "informant"):
        for related in children(informant, "relatedEntity"):
            yield from _other(related, "relatedPerson")
    for participant in children(root, "participant"):
        for associated in children(participant, "associatedEntity"):
            yield from _other(associated, "associatedPerson")
    for subject in descendants(root, "relatedSubject"):
        yield from _other(subject, "subject")
