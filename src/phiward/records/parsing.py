"""One file to frozen results, every resource of it accounted for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from phiward.records.fhir.binaries import Binaries
from phiward.records.fhir.care import Skipped
from phiward.records.fhir.compartment import COMPARTMENT
from phiward.records.fhir.conversion import Converter, Kept
from phiward.records.fhir.inherited import INHERITING, Referrals
from phiward.records.fhir.references import Directory, source_id
from phiward.records.ports import Extractor
from phiward.records.reading import Limits, Resource, Source, read
from phiward.records.results import CareRelationRecord, DocumentRecord, FactRecord, ParsedFile, PatientRecord

SKIP_TYPE = "resources of this type belong to no patient"
SKIP_DIRECTORY = "read to resolve references, not kept"
SKIP_INHERITED = "read where something refers to it, not kept by itself"
SKIP_NOBODYS = "nothing refers to it, so it belongs to nobody"
SKIP_DELETED = "it was deleted"
SKIP_PATIENT_DELETED = "an import deletes no patient"
SKIP_TWICE = "it stands again later in the file"
SKIP_SAME_TEXT = "another document of the patient has the same text and day"

_DIRECTORY_TYPES = frozenset(
    {"Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint"}
)
_INHERITING_TYPES = frozenset({*(one.rstrip("/") for one in INHERITING), "Bundle"})


def survey(sources: Iterable[Source], limits: Limits | None = None) -> tuple[Directory, frozenset[str]]:
    """Who is who in all the files, and the names of those that hold patients.

    Reads every file once, one in memory at a time. Raises ImportFailedError at the first that cannot
    be read, before anything is stored.
    """
    directory, with_patients = Directory(binaries=Binaries(limits or Limits())), set()
    for source in sources:
        referrals = Referrals()
        for resource in read(source, limits):
            if resource.deleted:
                continue
            directory.add(resource)
            referrals.add(resource)
            if resource.type == "Patient":
                with_patients.add(source.place.name)
        referrals.settle(directory)
    return directory, frozenset(with_patients)


def parse_file(
    source: Source, directory: Directory, limits: Limits | None = None, extractor: Extractor | None = None
) -> ParsedFile:
    """What the file says; without an extractor, PDF and the like are skipped.

    Raises ImportFailedError at the first broken place.
    """
    parser = _Parser(Converter(directory, extractor))
    for resource in read(source, limits):
        if resource.deleted:
            parser.delete(source_id(resource))
        else:
            parser.add(resource)
    return parser.result(source)


@dataclass(slots=True)
class _Parser:
    """Collects; what stands twice under one source id counts once, as it stands last."""

    converter: Converter
    kept: dict[str, tuple[Kept, ...] | Skipped] = field(default_factory=dict)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    resources: int = 0

    def add(self, resource: Resource) -> None:
        self.resources += 1
        if resource.type in COMPARTMENT:
            self._keep(source_id(resource), self.converter.convert(resource))
        else:
            self.skipped[resource.type, self._nobodys(resource)] += 1

    def delete(self, key: str) -> None:
        """A Bundle's entry deletes this source id: what it said is taken back."""
        self.resources += 1
        is_patient = key.startswith("Patient/")
        self._keep(key, Skipped(SKIP_PATIENT_DELETED) if is_patient else Skipped(SKIP_DELETED, retract=True))

    def _keep(self, key: str, made: tuple[Kept, ...] | Skipped) -> None:
        if self.kept.pop(key, None) is not None:
            self.skipped[key.partition("/")[0], SKIP_TWICE] += 1
        self.kept[key] = made

    def _nobodys(self, resource: Resource) -> str:
        """Why a resource that is in nobody's compartment by itself is not kept."""
        if resource.type in _DIRECTORY_TYPES:
            return SKIP_DIRECTORY
        if resource.type not in _INHERITING_TYPES:
            return SKIP_TYPE
        referred = resource.type != "Bundle" and source_id(resource) in self.converter.directory.wanted
        return SKIP_INHERITED if referred else SKIP_NOBODYS

    def result(self, source: Source) -> ParsedFile:
        """Retracted is whatever is void now, or says nothing any more, and may have said something."""
        retracted: list[str] = []
        flat: list[Kept] = []
        for key, made in self.kept.items():
            if isinstance(made, Skipped):
                self.skipped[key.partition("/")[0], made.reason] += 1
                retracted += [key] if made.retract else []
            else:
                flat.extend(made)
        found, repeated = _without_copies([item for item in flat if isinstance(item, DocumentRecord)])
        facts = tuple(item for item in flat if isinstance(item, FactRecord))
        told = {fact.source_id for fact in facts}  # a report whose text is a copy may have a conclusion of its own
        copies = [document.source_id for document in repeated if document.source_id not in told]
        for key in copies:
            self.skipped[key.partition("/")[0], SKIP_SAME_TEXT] += 1
        return ParsedFile(
            source.place,
            self.resources,
            tuple(item for item in flat if isinstance(item, PatientRecord)),
            tuple(found),
            tuple(item for item in flat if isinstance(item, CareRelationRecord)),
            (*retracted, *copies),
            dict(self.skipped),
            dict(self.converter.unresolved.counts),
            facts,
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
