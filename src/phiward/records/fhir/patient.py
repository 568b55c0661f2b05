"""A Patient resource to a PatientRecord with every identifier that it holds.

Taken: id, identifier, name, telecom, address, birth and death, contact (relatives), the extensions
patient-mothersMaidenName and patient-birthPlace, and the ids of linked Patient resources. Linked
patients are not merged. Source: https://hl7.org/fhir/R4/patient.html.
"""

from collections.abc import Iterator

from phiward.domain.patients import CareRelation, CareSource, Identifier, IdentifierKind
from phiward.records.fhir import identifiers
from phiward.records.fhir.care import Unresolved
from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory, source_id
from phiward.records.fhir.times import EPOCH, moment, whole_day
from phiward.records.reading import Resource
from phiward.records.results import CareRelationRecord, PatientRecord

_MAIDEN_NAME = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
_DAY_CHARACTERS = len("YYYY-MM")


def patient(resource: Resource) -> PatientRecord:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    node = Node(resource.content, resource.place)
    key = source_id(resource)
    birth = whole_day(node, "birthDate")
    found = [Identifier(IdentifierKind.OTHER_ID, key.partition("/")[2])]
    found += _own(node)
    found += _dates(node)
    found += _contacts(node)
    found += _extensions(node)
    found += _links(node)
    return PatientRecord(key, tuple(dict.fromkeys(found)), birth[1] if birth else None, resource.place)


def general_practitioners(resource: Resource, directory: Directory, unresolved: Unresolved) -> CareRelationRecord:
    """Open-ended relations since the record was last updated, or since 1970 if it does not say."""
    node = Node(resource.content, resource.place)
    meta = node.child("meta")
    since = (moment(meta, "lastUpdated") if meta is not None else None) or EPOCH
    key = source_id(resource)
    found = [
        CareRelation(who, CareSource.GENERAL_PRACTITIONER, since, None)
        for reference in node.children("generalPractitioner")
        if (who := unresolved.practitioner(reference, directory)) is not None
    ]
    return CareRelationRecord(key, key, tuple(dict.fromkeys(found)), resource.place)


def _own(node: Node) -> Iterator[Identifier]:
    for part in node.children("identifier"):
        yield from identifiers.number(part)
    for part in node.children("name"):
        yield from identifiers.names(part)
    for part in node.children("telecom"):
        yield from identifiers.telecom(part)
    for part in node.children("address"):
        yield from identifiers.address(part)


def _dates(node: Node) -> Iterator[Identifier]:
    """Day or month; a year alone may stay (45 CFR 164.514(b)(2)(i)(C))."""
    for name, kind in (
        ("birthDate", IdentifierKind.BIRTH_DATE),
        ("deceasedDateTime", IdentifierKind.DEATH_DATE),
    ):
        day = whole_day(node, name)
        if day is not None and len(day[0]) >= _DAY_CHARACTERS:
            yield Identifier(kind, day[0])


def _contacts(node: Node) -> Iterator[Identifier]:
    for contact in node.children("contact"):
        if (name := contact.child("name")) is not None:
            yield from identifiers.relative(name)
        for point in contact.children("telecom"):
            yield from identifiers.telecom(point)
        if (place := contact.child("address")) is not None:
            yield from identifiers.address(place)


def _extensions(node: Node) -> Iterator[Identifier]:
    for extension in node.children("extension"):
        url = extension.text("url")
        if url == _MAIDEN_NAME and (maiden := extension.text("valueString")):
            yield Identifier(IdentifierKind.RELATIVE, maiden)
        if url == _BIRTH_PLACE and (place := extension.child("valueAddress")) is not None:
            yield from identifiers.address(place)


def _links(node: Node) -> Iterator[Identifier]:
    for link in node.children("link"):
        other = link.child("other")
        if other is None:
            continue
        if (reference := other.text("reference")) is not None:
            yield Identifier(IdentifierKind.OTHER_ID, reference.rpartition("/")[2])
        if (identifier := other.child("identifier")) is not None:
            yield from identifiers.number(identifier)
