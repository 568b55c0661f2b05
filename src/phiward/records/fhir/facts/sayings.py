"""A resource of the compartment to what it says, or why nothing of it is kept."""

from dataclasses import replace

from phiward.domain.facts import Saying
from phiward.records.fhir.care import Skipped
from phiward.records.fhir.concepts import code_of
from phiward.records.fhir.facts.care import immunization, procedure, visit
from phiward.records.fhir.facts.medications import medication
from phiward.records.fhir.facts.observations import observation
from phiward.records.fhir.facts.other import other
from phiward.records.fhir.facts.problems import allergy, condition
from phiward.records.fhir.fields import Node
from phiward.records.fhir.labels import data_classes
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource

SKIP_IN_ERROR = "it was entered in error"
_ERROR = "entered-in-error"


def saying(resource: Resource, directory: Directory, alone: bool = True) -> Saying | Skipped:
    """`alone`: it belongs to one patient only. Raises ImportFailedError at the first field that FHIR does not allow."""
    node = Node(resource.content, resource.place)
    if in_error(node):
        return Skipped(SKIP_IN_ERROR, retract=True)
    made = _saying(node, resource, directory, alone)
    return replace(made, classes=made.classes | data_classes(node))


def in_error(node: Node) -> bool:
    """Whether the source takes it back, by whichever status it has."""
    plain = {
        node.content.get(name) for name in ("status", "lifecycleStatus") if isinstance(node.content.get(name), str)
    }
    return _ERROR in plain or code_of(node.child("verificationStatus")) == _ERROR


def _saying(node: Node, resource: Resource, directory: Directory, alone: bool) -> Saying:
    match resource.type:
        case "Condition":
            return condition(node)
        case "AllergyIntolerance":
            return allergy(node)
        case "MedicationRequest" | "MedicationStatement" | "MedicationAdministration" | "MedicationDispense":
            return medication(node, resource, directory)
        case "Observation":
            return observation(node)
        case "Procedure":
            return procedure(node, resource, directory)
        case "Immunization":
            return immunization(node)
        case "Encounter":
            return visit(node)
    return other(node, resource, alone)
