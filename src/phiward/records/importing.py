"""A whole import: survey all files, then store them one by one, each in a transaction of its own.

Files with patients come first, so that what refers to them finds them. An interrupted import is
resumed by running it again: what is stored already counts as unchanged.
"""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from phiward.domain.errors import ImportFailedError
from phiward.records.account import Account
from phiward.records.ccda.reader import parse_ccda
from phiward.records.fhir.references import Directory
from phiward.records.filing import Filing, filing_of, parse_document, read_filing
from phiward.records.formats import Format, format_of
from phiward.records.hl7v2.reader import parse_hl7
from phiward.records.parsing import parse_file, survey
from phiward.records.ports import Extractor, Progress, Writer
from phiward.records.reading import Limits, Source, sources
from phiward.records.results import ParsedFile

_ORDER = {Format.FHIR: 0, Format.HL7V2: 1, Format.CCDA: 2, Format.FILE: 3}
"""Formats that say who a patient is come before those that only name him."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads any file of one import. `filings` say whose a document is, by file name relative to `root`."""

    root: Path
    limits: Limits
    extractor: Extractor | None = None
    filings: dict[str, Filing] = field(default_factory=dict, repr=False)
    directory: Directory = field(default_factory=Directory, repr=False)

    def parse(self, source: Source) -> ParsedFile:
        """What the file says. Raises ImportFailedError at the first broken place."""
        match format_of(source.path):
            case Format.FHIR:
                return parse_file(source, self.directory, self.limits, self.extractor)
            case Format.CCDA:
                return parse_ccda(source, self.limits, self.extractor)
            case Format.HL7V2:
                return parse_hl7(source, self.limits, self.extractor)
            case Format.FILE if self.extractor is not None:
                name = self.name(source)
                return parse_document(source, name, filing_of(self.filings, source, name), self.extractor, self.limits)
        raise ImportFailedError(f"{source.place}: this format is not read here.", param=source.place.name)

    def name(self, source: Source) -> str:
        """The file's name relative to the root."""
        return source.path.name if source.path == self.root else source.path.relative_to(self.root).as_posix()


async def import_path(
    writer: Writer,
    tenant: UUID,
    path: Path,
    *,
    patient: str | None = None,
    only: str | None = None,
    extractor: Extractor | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Account:
    """The account of all files. Raises ImportFailedError at the first broken place, StorageError.

    `patient` is a reference that names the patient of every document that does not say itself whose it is; `only` is
    the one file of a folder to read, by its name relative to the folder. FHIR that
    cannot be read at all, and a document that nobody's is, stop the import before anything is stored; a broken field
    stops it at its file, of which nothing is stored.
    """
    limits = limits or Limits()
    found = tuple(one for one in sources(path, limits) if only is None or one.path == path / only)
    reader, with_patients = _prepare(path, found, patient, extractor, limits)
    account, resources = Account(), 0

    def order(source: Source) -> tuple[int, bool]:
        return _ORDER[format_of(source.path) or Format.FILE], source.place.name not in with_patients

    for done, source in enumerate(sorted(found, key=order), 1):
        parsed = reader.parse(source)
        account += await writer.import_file(tenant, parsed)
        resources += parsed.resources
        if progress is not None:
            progress(done, len(found), resources)
    return account


def _prepare(
    path: Path, found: tuple[Source, ...], patient: str | None, extractor: Extractor | None, limits: Limits
) -> tuple[Reader, frozenset[str]]:
    """Survey the FHIR files, and find out whose each document is, before the first is stored."""
    directory, with_patients = survey([one for one in found if format_of(one.path) is Format.FHIR], limits)
    filings = read_filing(path, limits) if path.is_dir() else {}
    reader = Reader(path, limits, extractor, filings, directory)
    for source in found:
        if format_of(source.path) is Format.FILE:
            if patient is not None:
                filings.setdefault(reader.name(source), Filing(patient))
            filing_of(filings, source, reader.name(source))
    return reader, with_patients
