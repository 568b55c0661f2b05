"""One resource of the patient compartment to what is kept of it: a patient, documents, care relations, facts."""

from dataclasses import dataclass, field

from phiward.records.fhir import care, composition, documents, patient
from phiward.records.fhir.attachments import SKIP_EMPTY
from phiward.records.fhir.care import Skipped, Unresolved
from phiward.records.fhir.compartment import leads_nowhere, subjects
from phiward.records.fhir.facts.care import concludes, report
from phiward.records.fhir.facts.sayings import saying
from phiward.records.fhir.fields import Node, is_modified
from phiward.records.fhir.references import Directory, source_id
from phiward.records.fhir.trust import fact_trust
from phiward.records.ports import Extractor
from phiward.records.reading import Resource
from phiward.records.results import CareRelationRecord, DocumentRecord, FactRecord, PatientRecord

SKIP_NO_PATIENT = "it names no patient"
SKIP_UNKNOWN_PATIENT = "it leads to no patient of these files"
SKIP_MODIFIED = "it holds a modifier extension, which may change what it means"

_STILL_A_VISIT = frozenset({care.SKIP_NO_PRACTITIONER, care.SKIP_NO_START})

Kept = PatientRecord | DocumentRecord | CareRelationRecord | FactRecord
"""One thing that a resource says; a resource may say several."""


@dataclass(slots=True)
class Converter:
    """Converts the resources of one file; without an extractor, PDF and the like are skipped."""

    directory: Directory
    extractor: Extractor | None = None
    unresolved: Unresolved = field(default_factory=Unresolved)

    def convert(self, resource: Resource) -> tuple[Kept, ...] | Skipped:
        """What is kept, or why nothing is. Raises ImportFailedError at the first broken place."""
        if resource.type == "Patient":
            practitioners = patient.general_practitioners(resource, self.directory, self.unresolved)
            return patient.patient(resource), practitioners
        if is_modified(resource.content):
            return Skipped(SKIP_MODIFIED, retract=True)
        match resource.type:
            case "DocumentReference":
                return _only(documents.document_reference(resource, self.directory, self.extractor))
            case "Composition":
                return _only(composition.composition(resource, self.directory))
            case "CareTeam":
                return _only(care.care_team(resource, self.directory, self.unresolved))
            case "DiagnosticReport":
                return self._report(resource)
            case "Encounter":
                return self._visit(resource)
        return self._facts(resource)

    def _visit(self, resource: Resource) -> tuple[Kept, ...] | Skipped:
        """An Encounter's relations, which replace those it stated before even if it names nobody now, and the visit."""
        relations = care.encounter(resource, self.directory, self.unresolved)
        if isinstance(relations, Skipped) and relations.reason not in _STILL_A_VISIT:
            return relations
        facts = self._facts(resource)
        if isinstance(facts, Skipped):
            return facts
        if isinstance(relations, Skipped):
            relations = CareRelationRecord(source_id(resource), facts[0].patient, (), resource.place)
        return relations, *facts

    def _report(self, resource: Resource) -> tuple[Kept, ...] | Skipped:
        """A DiagnosticReport's text as a document; as a fact its conclusion, or, without a text, that it was made."""
        node = Node(resource.content, resource.place)
        text = documents.diagnostic_report(resource, self.directory, self.extractor)
        if isinstance(text, DocumentRecord):
            said = FactRecord(text.source_id, text.patient, report(node), resource.place, trust=text.trust)
            return (text, said) if concludes(node) else (text,)
        if text.retract:
            return text
        who = care.subject(node, self.directory)
        unread = None if text.reason == SKIP_EMPTY else text.reason
        trust = fact_trust(resource, self.directory)
        return (FactRecord(source_id(resource), who or "", report(node, unread), resource.place, trust=trust),)

    def _facts(self, resource: Resource) -> tuple[FactRecord, ...] | Skipped:
        """The same words for each patient to whom it belongs."""
        whose = subjects(resource, self.directory)
        made = saying(resource, self.directory, alone=len(whose) == 1)
        if isinstance(made, Skipped):
            return made
        if not whose:
            lost = leads_nowhere(resource, self.directory)
            self.unresolved.counts["a patient reference leads to nobody in these files"] += lost
            return Skipped(SKIP_UNKNOWN_PATIENT if lost else SKIP_NO_PATIENT, retract=not lost)
        key, trust = source_id(resource), fact_trust(resource, self.directory)
        return tuple(FactRecord(key, who, made, resource.place, trust=trust) for who in whose)


def _only(made: DocumentRecord | CareRelationRecord | Skipped) -> tuple[Kept, ...] | Skipped:
    return made if isinstance(made, Skipped) else (made,)
