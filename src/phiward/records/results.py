"""What this room makes of a file: frozen results, none of which prints its content.

A *source id* is the record's own name of a resource, "Patient/abc". Times are UTC and aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.documents import Section, SourceFormat
from phiward.domain.facts import Saying
from phiward.domain.patients import CareRelation, Identifier
from phiward.domain.trust import Trust


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource stands. `name` may itself hold a patient's name: show it to the operator only."""

    file: int
    files: int
    name: str = field(repr=False)
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        """ "File 3 of 13, line 12, entry[4].resource.subject": safe to show to anyone."""
        parts = [f"File {self.file} of {self.files}"]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.path:
            parts.append(self.path)
        return ", ".join(parts)

    def at(self, *steps: str | int) -> "Place":
        """A place below this one: a field name, or an index into a list."""
        path = self.path
        for step in steps:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
        return Place(self.file, self.files, self.name, self.line, path)


class Disagreeing(StrEnum):
    """What it means that a source found by number gives another date of birth than is stored."""

    CORRECT = "correct"  # it says who the patient is (ADT): the date is corrected
    REFUSE = "refuse"  # it only says whose something is (ORU, MDM): the file is refused
    HOLD = "hold"  # a summary from elsewhere (C-CDA): its documents wait for a person, its facts are not taken


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient with every identifier that this source holds.

    `by_number`: the source has no id of its own for him (HL7 v2, C-CDA). He is then the one stored patient with the
    same medical record number, if the date of birth agrees. `disagreeing` says what another date of birth means.
    """

    source_id: str = field(repr=False)
    identifiers: tuple[Identifier, ...]
    birth_date: date | None = field(repr=False)
    place: Place
    by_number: bool = False
    disagreeing: Disagreeing = Disagreeing.CORRECT


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A clinical document. `patient` is the patient's source id; `title` is the kind of document.

    `sections` are those that the source itself names; `text` holds their titles too.
    """

    source_id: str = field(repr=False)
    patient: str = field(repr=False)
    written_at: datetime
    title: str = field(repr=False)
    text: str = field(repr=False)
    place: Place
    kind: DocumentKind = DocumentKind.CLINICAL_NOTE
    classes: frozenset[DataClass] = frozenset()
    author: str | None = field(default=None, repr=False)
    sections: tuple[Section, ...] = field(default=(), repr=False)
    source: SourceFormat = SourceFormat.FHIR
    trust: Trust = Trust.OUTSIDE


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A structured fact. A resource that is about several patients gives one record for each, the same words in all.

    `part_of` is the source id of the document that states it (C-CDA): when that document comes in again, facts that it
    no longer states are taken back.
    """

    source_id: str = field(repr=False)
    patient: str = field(repr=False)
    saying: Saying
    place: Place
    part_of: str | None = field(default=None, repr=False)
    trust: Trust = Trust.OUTSIDE


@dataclass(frozen=True, slots=True)
class CareRelationRecord:
    """All the care relations that one resource states; they replace those it stated before."""

    source_id: str = field(repr=False)
    patient: str = field(repr=False)
    relations: tuple[CareRelation, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What one file says.

    `retracted` are source ids whose documents, facts and relations are to be taken back (entered in error,
    cancelled, deleted). `skipped` counts resources by (type, reason), `unresolved` references by reason.
    """

    place: Place
    resources: int
    patients: tuple[PatientRecord, ...]
    documents: tuple[DocumentRecord, ...]
    relations: tuple[CareRelationRecord, ...]
    retracted: tuple[str, ...] = field(repr=False)
    skipped: Mapping[tuple[str, str], int]
    unresolved: Mapping[str, int]
    facts: tuple[FactRecord, ...] = ()
