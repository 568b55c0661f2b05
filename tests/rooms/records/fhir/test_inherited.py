"""What belongs to whom its referrer belongs to."""

from typing import Any

import pytest

from phiward.records.fhir.inherited import Referrals
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE

_URN = "urn:uuid:00000000-0000-4000-8000-00000000000a"


def _wanted(*resources: Resource) -> set[str]:
    directory, referrals = Directory(), Referrals()
    directory.add(Resource("Medication", {"id": "by-urn"}, _URN, HERE))
    for resource in resources:
        referrals.add(resource)
    referrals.settle(directory)
    return directory.wanted


def _of(kind: str, **content: Any) -> Resource:
    return Resource(kind, {"id": "x", **content}, None, HERE)


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (_of("Observation"), "nothing is referred to"),
        (_of("Observation", subject={"reference": "Patient/1"}), "a patient inherits nothing"),
        (_of("Location", photo={"url": "Binary/1"}), "a place is in nobody's compartment"),
        (
            _of("Bundle", entry=[{"resource": {"medicationReference": {"reference": "Medication/1"}}}]),
            "a nested bundle",
        ),
    ],
)
def test_what_only_these_refer_to_belongs_to_nobody(resource: Resource, reason: str) -> None:
    """Deny, where nobody can be told."""
    assert _wanted(resource) == set(), reason


def test_what_a_resource_of_the_compartment_refers_to_is_wanted() -> None:
    """Relative, absolute, by urn and by the URL of an attachment, however deep it stands."""
    assert _wanted(
        _of("MedicationRequest", medicationReference={"reference": "Medication/1"}),
        _of("MedicationRequest", medicationReference={"reference": _URN}),
        _of("Procedure", focalDevice=[{"manipulated": {"reference": "https://ehr.example/fhir/Device/2"}}]),
        _of("DocumentReference", content=[{"attachment": {"url": "Binary/3"}}]),
    ) == {"Medication/1", "Medication/by-urn", "Device/2", "Binary/3"}
