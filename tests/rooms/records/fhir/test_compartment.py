"""The Patient compartment of R4 and whose a resource is."""

from typing import Any

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.compartment import COMPARTMENT, leads_nowhere, subjects
from phiward.records.fhir.references import Directory
from phiward.records.fhir.types import RESOURCE_TYPES
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE

_OFFICIAL = """
Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic BodyStructure CarePlan CareTeam
ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Composition Condition Consent
Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue DeviceRequest DeviceUseStatement
DiagnosticReport DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare ExplanationOfBenefit
FamilyMemberHistory Flag Goal Group ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation Invoice
List MeasureReport Media MedicationAdministration MedicationDispense MedicationRequest MedicationStatement
MolecularSequence NutritionOrder Observation Patient Person Procedure Provenance QuestionnaireResponse RelatedPerson
RequestGroup ResearchSubject RiskAssessment Schedule ServiceRequest Specimen SupplyDelivery SupplyRequest Task
VisionPrescription
"""
_A, _B = {"reference": "Patient/a"}, {"reference": "Patient/b", "display": "Somebody Else"}
_URN = "urn:uuid:00000000-0000-4000-8000-000000000001"


def _of(kind: str, **content: Any) -> Resource:
    return Resource(kind, {"resourceType": kind, "id": "x", **content}, None, HERE)


def _directory() -> Directory:
    directory = Directory()
    for key, url, number in (("a", None, "A-1"), ("c", _URN, "C-1")):
        content = {"resourceType": "Patient", "id": key, "identifier": [{"system": "urn:mrn", "value": number}]}
        directory.add(Resource("Patient", content, url, HERE))
    return directory


def test_the_types_are_those_of_the_official_definition() -> None:
    """67 of R4's types, each a type, none invented."""
    assert sorted(COMPARTMENT) == sorted(_OFFICIAL.split())
    assert len(COMPARTMENT) == 67
    assert COMPARTMENT.keys() < RESOURCE_TYPES


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("Condition", {"patient": ("subject",), "asserter": ("asserter",)}),
        ("AuditEvent", {"patient": ("agent.who", "entity.what")}),
        ("Claim", {"patient": ("patient",), "payee": ("payee.party",)}),
        ("Task", {"patient": ("for",), "focus": ("focus",)}),
        ("Group", {"member": ("member.entity",)}),
    ],
)
def test_search_parameters_lead_to_the_elements_that_they_search(
    kind: str, parameters: dict[str, tuple[str, ...]]
) -> None:
    """As the registry of search parameters says; the names of the two differ."""
    assert COMPARTMENT[kind] == parameters


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (_of("Medication", subject=_A), "the type is not in the compartment"),
        (_of("Observation"), "it names nobody"),
        (_of("Observation", focus=[_A]), "focus is no parameter of the compartment"),
        (_of("Observation", subject={"reference": "Group/g"}), "a group is no patient"),
        (_of("Condition", asserter={"reference": "Practitioner/a"}), "nor is a practitioner"),
        (_of("Condition", asserter={"reference": "RelatedPerson/a"}), "a relative is not followed"),
        (_of("Observation", subject={"reference": "urn:uuid:nobody"}), "it leads nowhere"),
        (_of("Observation", subject={"display": "Ms. A"}), "a display is no reference"),
    ],
)
def test_these_belong_to_nobody(resource: Resource, reason: str) -> None:
    """Never a guess."""
    assert subjects(resource, _directory()) == (), reason


def test_a_subject_that_is_no_object_is_refused() -> None:
    """At its place."""
    with pytest.raises(ImportFailedError, match=r"subject: this must be an object"):
        subjects(_of("Observation", subject="Patient/a"), _directory())


@pytest.mark.parametrize(
    ("resource", "whose"),
    [
        (_of("Condition", subject=_A, asserter=_B), ("Patient/a", "Patient/b")),
        (_of("Condition", subject=_A, asserter=_A), ("Patient/a",)),
        (_of("Group", member=[{"entity": _B}, {"entity": _A}, {"entity": _B}]), ("Patient/b", "Patient/a")),
        (_of("CarePlan", subject=_A, activity=[{"detail": {"performer": [_B]}}]), ("Patient/a", "Patient/b")),
        (_of("Observation", subject={"reference": "https://ehr.example/fhir/Patient/a"}), ("Patient/a",)),
        (_of("Observation", subject={"reference": _URN}), ("Patient/c",)),
        (_of("Flag", subject={"type": "Patient", "identifier": {"system": "urn:mrn", "value": "A-1"}}), ("Patient/a",)),
        (
            _of(
                "Flag",
                subject={"reference": "#p"},
                contained=[{"resourceType": "Patient", "id": "p", "identifier": [{"value": "C-1"}]}],
            ),
            ("Patient/c",),
        ),
    ],
)
def test_a_resource_belongs_to_every_patient_whom_it_names(resource: Resource, whose: tuple[str, ...]) -> None:
    """Each once, in whichever way he is named."""
    assert subjects(resource, _directory()) == whose


@pytest.mark.parametrize(
    ("resource", "lost"),
    [
        (_of("Observation", subject={"reference": "urn:uuid:nobody"}), True),
        (_of("Observation", performer=[{"reference": "urn:uuid:nobody"}]), False),
        (_of("Observation", subject={"reference": "Group/g"}), False),
        (_of("Observation"), False),
    ],
)
def test_a_lost_subject_is_told_from_none(resource: Resource, lost: bool) -> None:
    """Who performed it may be anybody."""
    assert leads_nowhere(resource, _directory()) is lost
