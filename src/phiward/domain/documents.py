"""A clinical document as it is stored and cited: its text, its sections, who wrote it, where it came from."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.patients import DocumentId, PatientRef
from phiward.domain.trust import Trust


class SourceFormat(StrEnum):
    """In which form a document came in."""

    FHIR = "fhir"
    CCDA = "ccda"
    HL7V2 = "hl7v2"
    PDF = "pdf"
    SCAN = "scan"  # read by character recognition: what it says may be misread
    TEXT = "text"
    DOCX = "docx"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a text: `start` inclusive, `end` exclusive, in code points. Sections do not overlap."""

    start: int
    end: int
    title: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of one patient. `written_at` is UTC; `version` counts its changes from 1.

    `sections` are those that the source itself names (C-CDA, the pages of a PDF); a plain text has none, and its
    headings are then found by whoever cuts it.
    """

    id: DocumentId
    patient: PatientRef
    version: int
    written_at: datetime
    title: str = field(repr=False)
    text: str = field(repr=False)
    author: str | None = field(default=None, repr=False)
    sections: tuple[Section, ...] = field(default=(), repr=False)
    source: SourceFormat = SourceFormat.FHIR
    trust: Trust = Trust.OUTSIDE
    kind: DocumentKind = DocumentKind.CLINICAL_NOTE
    classes: frozenset[DataClass] = frozenset()


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """What may be known of a document without opening it: enough to decide, to filter and to rank nothing."""

    id: DocumentId
    version: int
    written_at: datetime
    kind: DocumentKind
    classes: frozenset[DataClass]
    indexed: bool
