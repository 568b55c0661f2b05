"""A Patient resource with every identifier that it holds."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from phiward.domain.patients import CareRelation, CareSource, IdentifierKind
from phiward.records.fhir.care import Unresolved
from phiward.records.fhir.patient import general_practitioners, patient
from phiward.records.fhir.references import Directory
from phiward.records.fhir.times import EPOCH
from phiward.records.reading import Resource, read, sources
from tests.rooms.records.fhir_files import HERE, published
from tests.rooms.records.fhir_files import patient as invented


def _resource(**more: Any) -> Resource:
    return Resource("Patient", invented(**more), None, HERE)


_BASE = set(patient(_resource()).identifiers)
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/patient-"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"deceasedDateTime": "2021-03-04T05:06:07Z"}, {("death_date", "2021-03-04")}),
        ({"deceasedDateTime": "2021"}, set()),
        ({"communication": [{"language": {"text": "Testish"}}]}, set()),
        ({"telecom": [{"system": "phone", "value": "555-0100"}]}, {("phone", "555-0100")}),
        ({"address": [{"city": "Testville"}]}, {("city", "Testville")}),
        (
            {"contact": [{"name": {"text": "Bo"}, "telecom": [{"value": "555-0101"}], "address": {"city": "X"}}]},
            {("relative", "Bo"), ("phone", "555-0101"), ("city", "X")},
        ),
        (
            {"extension": [{"url": _EXTENSION + "mothersMaidenName", "valueString": "Mama Testova"}]},
            {("relative", "Mama Testova")},
        ),
        (
            {"extension": [{"url": _EXTENSION + "birthPlace", "valueAddress": {"city": "Oldtown"}}]},
            {("city", "Oldtown")},
        ),
        ({"extension": [{"url": "https://example.com/other", "valueString": "x"}]}, set()),
        (
            {"link": [{"other": {"reference": "Patient/other-1"}, "type": "seealso"}]},
            {("other_id", "other-1")},
        ),
        ({"link": [{"other": {"identifier": {"value": "L-77"}}}]}, {("other_id", "L-77")}),
    ],
)
def test_each_part_of_the_record_adds_its_identifiers(more: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    """And nothing else."""
    found = set(patient(_resource(**more)).identifiers) - _BASE
    assert {(str(i.kind), i.value) for i in found} == expected


def test_the_base_holds_id_name_number_and_birth() -> None:
    """The record's own id may stand in a note too."""
    record = patient(_resource())
    assert {i.kind for i in record.identifiers} == {
        IdentifierKind.OTHER_ID,
        IdentifierKind.GIVEN,
        IdentifierKind.FAMILY,
        IdentifierKind.FULL_NAME,
        IdentifierKind.MRN,
        IdentifierKind.BIRTH_DATE,
    }
    assert record.birth_date == date(1970, 1, 31)
    assert len(record.identifiers) == len(set(record.identifiers))


def test_a_birth_year_alone_is_no_identifier() -> None:
    """Year and month together are one, but no date."""
    for value, kinds in (("1970", set()), ("1970-01", {"birth_date"})):
        record = patient(_resource(birthDate=value))
        assert record.birth_date is None
        assert {str(i.kind) for i in record.identifiers} & {"birth_date"} == kinds


def test_a_general_practitioner_relates_since_the_record_was_updated() -> None:
    """Since 1970 where it does not say; an organisation relates nobody, an unknown person is counted."""
    references = [{"reference": r} for r in ("Practitioner/dr-1", "Organization/o", "urn:uuid:nobody")]
    since = {"meta": {"lastUpdated": "2020-01-02T03:04:05Z"}}
    for more, start in (({}, EPOCH), (since, datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))):
        unresolved = Unresolved()
        resource = _resource(generalPractitioner=references, **more)
        record = general_practitioners(resource, Directory(), unresolved)
        assert record.relations == (CareRelation("Practitioner/dr-1", CareSource.GENERAL_PRACTITIONER, start, None),)
        assert unresolved.counts.total() == 1


def test_the_published_patients_give_every_kind_that_they_hold() -> None:
    """All eleven have name, number, social security number, birth date, telephone and address."""
    needed = {
        "given",
        "family",
        "full_name",
        "mrn",
        "ssn",
        "birth_date",
        "phone",
        "street",
        "city",
        "relative",
    }
    number = 0
    for source in sources(published("fhir")):
        for resource in read(source):
            if resource.type == "Patient":
                number += 1
                assert needed <= {str(i.kind) for i in patient(resource).identifiers}
    assert number == 11
