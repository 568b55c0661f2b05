"""One file to frozen results, every resource of it accounted for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from phiward.records.fhir import care, documents, patient
from phiward.records.fhir.care import Skipped, Unresolved
from phiward.records.fhir.references import Directory, source_id
from phiward.records.reading import Limits, Resource, Source, read
from phiward.records.results import CareRelationRecord, DocumentRecord, ParsedFile, PatientRecord

SKIP_TYPE = "not kept in this version"
SKIP_DIRECTORY = "read to resolve references, not kept"
SKIP_TWICE = "it stands again later in the file"
SKIP_SAME_TEXT = "another document of the patient has the same text and day"

_DIRECTORY_TYPES = frozenset({"Practitioner", "PractitionerRole", "Organization"})
_KEPT = frozenset({"Patient", "DocumentReference", "DiagnosticReport", "CareTeam", "Encounter"})
_Kept = PatientRecord | DocumentRecord | CareRelationRecord


def survey(sources: Iterable[Source], limits: Limits | None = None) -> tuple[Directory, frozenset[str]]:
    """Who is who in all the files, and the names of those that hold patients.

    Reads every file once, one in memory at a time. Raises ImportFailedError at the first that cannot
    be read, before anything is stored.
    """
    directory, with_patients = Directory(), set()
    for source in sources:
        for resource in read(source, limits):
            directory.add(resource)
            if resource.type == "Patient":
                with_patients.add(source.place.name)
    return directory, frozenset(with_patients)


def parse_file(source: Source, directory: Directory, limits: Limits | None = None) -> ParsedFile:
    """What the file says. Raises ImportFailedError at the first broken place."""
    parser = _Parser(directory)
    for resource in read(source, limits):
        parser.add(resource)
    return parser.result(source)


@dataclass(slots=True)
class _Parser:
    """Collects; what stands twice under one source id counts once, as it stands last."""

    directory: Directory
    kept: dict[str, tuple[_Kept, ...] | Skipped] = field(default_factory=dict)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    unresolved: Unresolved = field(default_factory=Unresolved)
    resources: int = 0

    def add(self, resource: Resource) -> None:
        self.resources += 1
        if resource.type not in _KEPT:
            reason = SKIP_DIRECTORY if resource.type in _DIRECTORY_TYPES else SKIP_TYPE
            self.skipped[resource.type, reason] += 1
            return
        key = source_id(resource)
        if self.kept.pop(key, None) is not None:
            self.skipped[resource.type, SKIP_TWICE] += 1
        self.kept[key] = self._convert(resource)

    def _convert(self, resource: Resource) -> tuple[_Kept, ...] | Skipped:
        made: _Kept | Skipped
        if resource.type == "Patient":
            practitioners = patient.general_practitioners(resource, self.directory, self.unresolved)
            return patient.patient(resource), practitioners
        if resource.type == "DocumentReference":
            made = documents.document_reference(resource, self.directory)
        elif resource.type == "DiagnosticReport":
            made = documents.diagnostic_report(resource, self.directory)
        elif resource.type == "CareTeam":
            made = care.care_team(resource, self.directory, self.unresolved)
        else:
            made = care.encounter(resource, self.directory, self.unresolved)
        return made if isinstance(made, Skipped) else (made,)

    def result(self, source: Source) -> ParsedFile:
        """Retracted is whatever is void now, or says nothing any more, and may have said something."""
        retracted: list[str] = []
        flat: list[_Kept] = []
        for key, made in self.kept.items():
            if isinstance(made, Skipped):
                self.skipped[key.partition("/")[0], made.reason] += 1
                retracted += [key] if made.retract else []
            else:
                flat.extend(made)
        found, repeated = _without_copies([item for item in flat if isinstance(item, DocumentRecord)])
        for document in repeated:
            self.skipped[document.source_id.partition("/")[0], SKIP_SAME_TEXT] += 1
        return ParsedFile(
            source.place,
            self.resources,
            tuple(item for item in flat if isinstance(item, PatientRecord)),
            tuple(found),
            tuple(item for item in flat if isinstance(item, CareRelationRecord)),
            (*retracted, *(document.source_id for document in repeated)),
            dict(self.skipped),
            dict(self.unresolved.counts),
        )


def _without_copies(found: list[DocumentRecord]) -> tuple[list[DocumentRecord], list[DocumentRecord]]:
    """Sources often write one note as DocumentReference and as DiagnosticReport; the former is kept."""
    seen: set[tuple[str, date, str]] = set()
    first: list[DocumentRecord] = []
    again: list[DocumentRecord] = []
    for document in sorted(found, key=lambda d: d.source_id.startswith("DiagnosticReport/")):
        key = (document.patient, document.written_at.date(), document.text)
        (again if key in seen else first).append(document)
        seen.add(key)
    return first, again
