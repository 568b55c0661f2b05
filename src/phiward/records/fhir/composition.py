"""A Composition: a document whose sections the source itself names, each with a narrative of its own.

What its entries refer to comes in as facts of its own. Source: https://hl7.org/fhir/R4/composition.html.
"""

from collections.abc import Iterator

from phiward.domain.access import DocumentKind
from phiward.domain.documents import Section
from phiward.records.fhir.attachments import SKIP_EMPTY, html_text
from phiward.records.fhir.authors import authors
from phiward.records.fhir.care import SKIP_NOT_A_PATIENT, Skipped, subject
from phiward.records.fhir.concepts import concept, one_line
from phiward.records.fhir.documents import SKIP_IN_ERROR, SKIP_NO_DATE, document_title
from phiward.records.fhir.fields import Node
from phiward.records.fhir.labels import data_classes, document_kind
from phiward.records.fhir.references import Directory, source_id
from phiward.records.fhir.times import moment
from phiward.records.fhir.trust import document_trust
from phiward.records.reading import Resource
from phiward.records.results import DocumentRecord


def composition(resource: Resource, directory: Directory) -> DocumentRecord | Skipped:
    """Raises ImportFailedError at the first field that is not as FHIR wants it."""
    node = Node(resource.content, resource.place)
    if node.text("status") == "entered-in-error":
        return Skipped(SKIP_IN_ERROR, retract=True)
    who = subject(node, directory) if node.child("subject") is not None else None
    if who is None:
        return Skipped(SKIP_NOT_A_PATIENT, retract=True)
    text, sections = _lay_out([*_sections(node)] or [("", _narrative(node))])
    if not text:
        return Skipped(SKIP_EMPTY)
    written, kind = moment(node, "date"), node.child("type")
    if written is None:
        return Skipped(SKIP_NO_DATE)
    return DocumentRecord(
        source_id(resource),
        who,
        written,
        document_title(kind),
        text,
        resource.place,
        document_kind(kind, DocumentKind.CLINICAL_NOTE),
        data_classes(node),
        authors(resource, directory, "author"),
        sections,
        trust=document_trust(resource, directory, "author"),
    )


def _sections(node: Node) -> Iterator[tuple[str, str]]:
    """Title and text of each section, those within it after it; an empty one says why where the source does."""
    for section in node.children("section"):
        code, empty = concept(section.child("code")), concept(section.child("emptyReason"))
        title = one_line(section.text("title") or (code.words if code is not None else ""))
        text = _narrative(section) or (empty.words if empty is not None else "")
        if text:
            yield title, text
        yield from _sections(section)


def _narrative(node: Node) -> str:
    text = node.child("text")
    return html_text(text.text("div") or "") if text is not None else ""


def _lay_out(parts: list[tuple[str, str]]) -> tuple[str, tuple[Section, ...]]:
    """The parts one below the other, each under its title, and where each stands in the text."""
    text, sections = "", []
    for title, body in parts:
        if not body:
            continue
        text += "\n\n" if text else ""
        start = len(text)
        text += f"{title}\n{body}" if title else body
        if title:
            sections.append(Section(start, len(text), title))
    return text, tuple(sections)
