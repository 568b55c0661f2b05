"""Whose a resource is: the Patient CompartmentDefinition of FHIR R4 (4.0.1), as data.

For each resource type that can belong to a patient, the search parameters of the definition and the elements that they
search. Multi-valued: a resource belongs to every patient whom one of these elements names. A RelatedPerson is not
followed, because the definition does not. Types that are not here belong to nobody by themselves.
Source: https://hl7.org/fhir/R4/compartmentdefinition-patient.html, https://hl7.org/fhir/R4/searchparameter-registry.html.
"""

from collections.abc import Iterator

from phiward.records.fhir.fields import Node
from phiward.records.fhir.references import Directory, resolve_within
from phiward.records.reading import Resource

_DEFINITION = """
Account: subject
AdverseEvent: subject
AllergyIntolerance: patient recorder asserter
Appointment: actor=participant.actor
AppointmentResponse: actor
AuditEvent: patient=agent.who|entity.what
Basic: patient=subject author
BodyStructure: patient
CarePlan: patient=subject performer=activity.detail.performer
CareTeam: patient=subject participant=participant.member
ChargeItem: subject
Claim: patient payee=payee.party
ClaimResponse: patient
ClinicalImpression: subject
Communication: subject sender recipient
CommunicationRequest: subject sender recipient requester
Composition: subject author attester=attester.party
Condition: patient=subject asserter
Consent: patient
Coverage: policy-holder=policyHolder subscriber beneficiary payor
CoverageEligibilityRequest: patient
CoverageEligibilityResponse: patient
DetectedIssue: patient
DeviceRequest: subject performer
DeviceUseStatement: subject
DiagnosticReport: subject
DocumentManifest: subject author recipient
DocumentReference: subject author
Encounter: subject
EnrollmentRequest: subject=candidate
EpisodeOfCare: patient
ExplanationOfBenefit: patient payee=payee.party
FamilyMemberHistory: patient
Flag: patient=subject
Goal: patient=subject
Group: member=member.entity
ImagingStudy: patient=subject
Immunization: patient
ImmunizationEvaluation: patient
ImmunizationRecommendation: patient
Invoice: subject patient=subject recipient
List: subject source
MeasureReport: patient=subject
Media: subject
MedicationAdministration: patient=subject performer=performer.actor subject
MedicationDispense: subject patient=subject receiver
MedicationRequest: subject
MedicationStatement: subject
MolecularSequence: patient
NutritionOrder: patient
Observation: subject performer
Patient: link=link.other
Person: patient=link.target
Procedure: patient=subject performer=performer.actor
Provenance: patient=target
QuestionnaireResponse: subject author
RelatedPerson: patient
RequestGroup: subject participant=action.participant
ResearchSubject: individual
RiskAssessment: subject
Schedule: actor
ServiceRequest: subject performer
Specimen: subject
SupplyDelivery: patient
SupplyRequest: subject=deliverTo
Task: patient=for focus
VisionPrescription: patient
"""


def _read(definition: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Each line is `Type: parameter parameter=path|path …`; without a path the parameter is the element's name."""
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in definition.split("\n"):
        kind, _, parameters = line.partition(":")
        for one in parameters.split():
            name, _, paths = one.partition("=")
            table.setdefault(kind, {})[name] = tuple((paths or name).split("|"))
    return table


COMPARTMENT = _read(_DEFINITION)
"""Resource type → search parameter → paths of elements ("payee.party")."""

_PATHS = {
    kind: tuple(dict.fromkeys(tuple(path.split(".")) for paths in of.values() for path in paths))
    for kind, of in COMPARTMENT.items()
}
_ABOUT = frozenset({"subject", "patient", "for", "beneficiary", "individual", "candidate"})
"""Elements that say whom a resource is about, and so must lead somewhere."""


def subjects(resource: Resource, directory: Directory) -> tuple[str, ...]:
    """Source ids ("Patient/1") of all patients to whom it belongs, each once, whom it is about first.

    Raises ImportFailedError where a reference is not of its form.
    """
    found = (resolve_within(resource, reference, directory) for _, reference in _references(resource))
    return tuple(dict.fromkeys(key for key in found if key is not None and key.startswith("Patient/")))


def leads_nowhere(resource: Resource, directory: Directory) -> bool:
    """Whether it says whom it is about by a reference that leads to nobody in these files."""
    return any(
        name in _ABOUT and resolve_within(resource, reference, directory) is None
        for name, reference in _references(resource)
    )


def _references(resource: Resource) -> Iterator[tuple[str, Node]]:
    """The name of the first step of each path, and the references at its end."""
    for path in _PATHS.get(resource.type, ()):
        nodes = [Node(resource.content, resource.place)]
        for step in path:
            nodes = [inner for node in nodes for inner in node.each(step)]
        for node in nodes:
            yield path[0], node
