"""Notes: DocumentReference, and DiagnosticReport where it carries its text.

A document belongs to the patient whom it is about; one who wrote it about somebody else does not get a copy.

A superseded note is imported: it was written and relied upon, and many sources mark all but the
newest note of a patient so. One entered in error is not, and is taken back if it was here before.
Sources: https://hl7.org/fhir/R4/documentreference.html, https://hl7.org/fhir/R4/diagnosticreport.html.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from phiward.domain.access import DocumentKind
from phiward.records.fhir.attachments import Reader
from phiward.records.fhir.authors import authors
from phiward.records.fhir.care import SKIP_NOT_A_PATIENT, Skipped, subject
from phiward.records.fhir.concepts import one_line
from phiward.records.fhir.fields import Node
from phiward.records.fhir.labels import data_classes, document_kind
from phiward.records.fhir.references import Directory, source_id
from phiward.records.fhir.times import moment
from phiward.records.fhir.trust import document_trust
from phiward.records.ports import Extractor
from phiward.records.reading import Resource
from phiward.records.results import DocumentRecord

SKIP_IN_ERROR = "it was entered in error or cancelled"
SKIP_NO_DATE = "it has no date"
_VOID = frozenset({"entered-in-error", "cancelled"})


def document_reference(
    resource: Resource, directory: Directory, extractor: Extractor | None = None
) -> DocumentRecord | Skipped:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    node = Node(resource.content, resource.place)
    void = node.need("status") in _VOID or node.text("docStatus") in _VOID
    attachments = [part for content in node.children("content") if (part := content.child("attachment"))]
    context = node.child("context")
    period = context.child("period") if context is not None else None
    written = moment(node, "date") or (moment(period, "start") if period is not None else None)
    for attachment in attachments:
        written = written or moment(attachment, "creation")
    head = _Head(void, written, node.child("type"), DocumentKind.CLINICAL_NOTE, ("author",))
    return _document(resource, directory, extractor, head, attachments)


def diagnostic_report(
    resource: Resource, directory: Directory, extractor: Extractor | None = None
) -> DocumentRecord | Skipped:
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
    head = _Head(void, written, node.child("code"), DocumentKind.RESULT, ("resultsInterpreter", "performer"))
    return _document(resource, directory, extractor, head, forms)


@dataclass(frozen=True, slots=True)
class _Head:
    """What the two types call differently. `authors` are the elements that name them, the best first."""

    void: bool
    written: datetime | None
    concept: Node | None
    otherwise: DocumentKind
    authors: tuple[str, ...]


def _document(
    resource: Resource,
    directory: Directory,
    extractor: Extractor | None,
    head: _Head,
    attachments: Sequence[Node],
) -> DocumentRecord | Skipped:
    node = Node(resource.content, resource.place)
    who = subject(node, directory)
    if head.void:
        return Skipped(SKIP_IN_ERROR, retract=True)
    if who is None:
        return Skipped(SKIP_NOT_A_PATIENT, retract=True)
    found = Reader(directory, who, extractor).read(attachments)
    if isinstance(found, Skipped):
        return found
    if head.written is None:
        return Skipped(SKIP_NO_DATE)
    return DocumentRecord(
        source_id(resource),
        who,
        head.written,
        document_title(head.concept),
        found.text,
        resource.place,
        document_kind(head.concept, head.otherwise),
        data_classes(node),
        authors(resource, directory, *head.authors),
        found.sections,
        found.source,
        document_trust(resource, directory, *head.authors),
    )


def document_title(node: Node | None) -> str:
    """The kind of note in words; never DocumentReference.description, which may hold anything."""
    if node is None:
        return "Note"
    displays = [name for coding in node.children("coding") if (name := coding.text("display"))]
    return one_line(node.text("text") or (displays[0] if displays else "Note"))
