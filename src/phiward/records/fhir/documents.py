"""Notes: DocumentReference, and DiagnosticReport where it carries its text.

A superseded note is imported: it was written and relied upon, and many sources mark all but the
newest note of a patient so. One entered in error is not, and is taken back if it was here before.
Sources: https://hl7.org/fhir/R4/documentreference.html, https://hl7.org/fhir/R4/diagnosticreport.html.
"""

from collections.abc import Sequence
from datetime import datetime

from phiward.domain.access import DocumentKind
from phiward.records.fhir.attachments import attachment_text
from phiward.records.fhir.care import SKIP_NOT_A_PATIENT, Skipped, subject
from phiward.records.fhir.fields import Node
from phiward.records.fhir.labels import data_classes, document_kind
from phiward.records.fhir.references import Directory, source_id
from phiward.records.fhir.times import moment
from phiward.records.reading import Resource
from phiward.records.results import DocumentRecord

SKIP_IN_ERROR = "it was entered in error or cancelled"
SKIP_NO_DATE = "it has no date"
_VOID = frozenset({"entered-in-error", "cancelled"})


def document_reference(resource: Resource, directory: Directory) -> DocumentRecord | Skipped:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    node = Node(resource.content, resource.place)
    void = node.need("status") in _VOID or node.text("docStatus") in _VOID
    attachments = [part for content in node.children("content") if (part := content.child("attachment"))]
    context = node.child("context")
    period = context.child("period") if context is not None else None
    written = moment(node, "date") or (moment(period, "start") if period is not None else None)
    for attachment in attachments:
        written = written or moment(attachment, "creation")
    return _document(resource, directory, void, written, node.child("type"), attachments, DocumentKind.CLINICAL_NOTE)


def diagnostic_report(resource: Resource, directory: Directory) -> DocumentRecord | Skipped:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    node = Node(resource.content, resource.place)
    void = node.need("status") in _VOID
    period = node.child("effectivePeriod")
    written = (
        moment(node, "effectiveDateTime")
        or (moment(period, "start") if period is not None else None)
        or moment(node, "issued")
    )
    forms = list(node.children("presentedForm"))
    return _document(resource, directory, void, written, node.child("code"), forms, DocumentKind.RESULT)


def _document(
    resource: Resource,
    directory: Directory,
    void: bool,
    written: datetime | None,
    concept: Node | None,
    attachments: Sequence[Node],
    otherwise: DocumentKind,
) -> DocumentRecord | Skipped:
    node = Node(resource.content, resource.place)
    who = subject(node, directory)
    if void:
        return Skipped(SKIP_IN_ERROR, retract=True)
    if who is None:
        return Skipped(SKIP_NOT_A_PATIENT, retract=True)
    text = attachment_text(attachments)
    if isinstance(text, Skipped):
        return text
    if written is None:
        return Skipped(SKIP_NO_DATE)
    kind, classes = document_kind(concept, otherwise), data_classes(node)
    return DocumentRecord(source_id(resource), who, written, _title(concept), text, resource.place, kind, classes)


def _title(concept: Node | None) -> str:
    """The kind of note in words; never DocumentReference.description, which may hold anything."""
    if concept is None:
        return "Note"
    text = concept.text("text")
    codings = [name for coding in concept.children("coding") if (name := coding.text("display"))]
    return " ".join((text or (codings[0] if codings else "Note")).split())
