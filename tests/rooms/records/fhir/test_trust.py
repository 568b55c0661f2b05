"""Who wrote what a resource says: what is not known to be staff's is not trusted."""

from typing import Any

import pytest

from phiward.domain.trust import Trust
from phiward.records.fhir.references import Directory
from phiward.records.fhir.trust import document_trust, fact_trust
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE, document, patient


def trust(author: Any, *known: dict[str, Any]) -> Trust:
    """Of a note with this author, in files that hold `known`."""
    directory = Directory()
    for content in (patient(), *known):
        directory.add(Resource(content["resourceType"], content, None, HERE))
    content = document(author=author)
    return document_trust(Resource("DocumentReference", content, None, HERE), directory, "author")


PRACTITIONER = {"resourceType": "Practitioner", "id": "dr-1", "name": [{"family": "Test"}]}


@pytest.mark.parametrize(
    ("author", "expected", "reason"),
    [
        ([], Trust.OUTSIDE, "nobody is named"),
        ([{"display": "Dr. Somebody"}], Trust.OUTSIDE, "a name proves nothing"),
        ([{"reference": "https://elsewhere.example/Practitioner/9"}], Trust.OUTSIDE, "another server's"),
        ([{"reference": "Patient/pat-1"}], Trust.PATIENT, "a portal message"),
        ([{"reference": "RelatedPerson/r-1"}], Trust.PATIENT, "a daughter"),
        ([{"reference": "Practitioner/dr-1"}], Trust.STAFF, "a clinician of these files"),
        ([{"reference": "Practitioner/dr-9"}], Trust.STAFF, "a clinician of this server"),
        ([{"reference": "Practitioner/dr-1"}, {"reference": "Patient/pat-1"}], Trust.PATIENT, "both wrote it"),
        ([{"reference": "Practitioner/dr-1"}, {"display": "A Clinic"}], Trust.OUTSIDE, "one of them is unknown"),
    ],
)
def test_a_document_is_trusted_as_its_least_trusted_author(author: Any, expected: Trust, reason: str) -> None:
    """The label decides about tools, so in doubt it is the lesser one."""
    assert trust(author, PRACTITIONER) is expected, reason


@pytest.mark.parametrize(
    ("content", "expected", "reason"),
    [
        ({"resourceType": "Observation", "id": "o"}, Trust.STAFF, "the server's own"),
        (
            {"resourceType": "Condition", "id": "c", "asserter": {"reference": "Patient/pat-1"}},
            Trust.PATIENT,
            "she said so",
        ),
        (
            {"resourceType": "MedicationStatement", "id": "m", "informationSource": {"reference": "RelatedPerson/r"}},
            Trust.PATIENT,
            "her daughter said so",
        ),
        (
            {"resourceType": "Procedure", "id": "p", "performer": [{"actor": {"reference": "Patient/pat-1"}}]},
            Trust.PATIENT,
            "done at home",
        ),
        (
            {"resourceType": "Observation", "id": "o", "performer": [{"reference": "Practitioner/x"}]},
            Trust.STAFF,
            "ours",
        ),
        ({"resourceType": "Media", "id": "x", "source": "a text"}, Trust.STAFF, "a text where others have a reference"),
    ],
)
def test_a_fact_is_the_servers_unless_the_patient_told_it(
    content: dict[str, Any], expected: Trust, reason: str
) -> None:
    """What a patient types into a portal may hold anything."""
    assert fact_trust(Resource(content["resourceType"], content, None, HERE), Directory()) is expected, reason
