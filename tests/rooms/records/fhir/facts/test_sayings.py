"""A resource to what it says, or why nothing of it is kept."""

from typing import Any

import pytest

from phiward.domain.access import DataClass
from phiward.domain.facts import FactKind
from phiward.records.fhir.care import Skipped
from phiward.records.fhir.facts.sayings import SKIP_IN_ERROR, saying
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE

from .said import said

_ERROR = {"coding": [{"code": "entered-in-error"}]}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("Observation", {"status": "entered-in-error"}),
        ("Goal", {"lifecycleStatus": "entered-in-error"}),
        ("Condition", {"verificationStatus": _ERROR, "clinicalStatus": {"coding": [{"code": "active"}]}}),
        ("AllergyIntolerance", {"verificationStatus": _ERROR}),
    ],
)
def test_what_was_entered_in_error_is_taken_back(kind: str, content: dict[str, Any]) -> None:
    """By whichever status the type has."""
    made = saying(Resource(kind, {"id": "x", **content}, None, HERE), Directory())
    assert made == Skipped(SKIP_IN_ERROR, retract=True)


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("Condition", FactKind.PROBLEM),
        ("AllergyIntolerance", FactKind.ALLERGY),
        ("MedicationRequest", FactKind.MEDICATION),
        ("MedicationStatement", FactKind.MEDICATION),
        ("MedicationAdministration", FactKind.MEDICATION),
        ("MedicationDispense", FactKind.MEDICATION),
        ("Observation", FactKind.RESULT),
        ("Procedure", FactKind.PROCEDURE),
        ("Immunization", FactKind.IMMUNIZATION),
        ("Encounter", FactKind.OTHER),
        ("VisionPrescription", FactKind.OTHER),
    ],
)
def test_each_type_is_of_its_kind(kind: str, fact: FactKind) -> None:
    """Whatever has no kind of its own is kept in words; labels are of any type."""
    made = said(kind, meta={"security": [{"code": "ETH"}]})
    assert made.kind is fact
    assert made.classes == {DataClass.PART2}
