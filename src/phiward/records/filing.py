"""Documents that do not say whose they are: a PDF, a scan, a text. Somebody says it, for one file or for a folder.

For a folder, `filing.jsonl` in it holds one JSON object a line: `file` (its name, relative to the folder), `patient`
(any reference that names the patient here), and where they are known `written_at` (ISO date or time), `title`,
`author`, `kind`, and `trust` ("staff" where the organisation's own clinicians wrote it). A file without a patient is
refused before anything is stored. A document without a date gets the date of its file, and its title says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from phiward.domain.access import DocumentKind
from phiward.domain.errors import ImportFailedError
from phiward.domain.trust import Trust
from phiward.records.formats import FILE_TYPES
from phiward.records.ports import Extractor
from phiward.records.reading import Limits, Source, read_bytes, refuse
from phiward.records.results import DocumentRecord, ParsedFile, Place
from phiward.records.strict_json import MAX_DEPTH, parse_json

FILING = "filing.jsonl"
HANDLE = "handle:"
"""Before a reference by which a person names a patient, where other formats have a source's own id."""
DATED_BY_FILE = "Document (dated by its file)"
_FIELDS = frozenset({"file", "patient", "written_at", "title", "author", "kind", "trust"})


@dataclass(frozen=True, slots=True)
class Filing:
    """What a person says of one file."""

    patient: str = field(repr=False)
    written_at: datetime | None = None
    title: str | None = field(default=None, repr=False)
    author: str | None = field(default=None, repr=False)
    kind: DocumentKind = DocumentKind.CLINICAL_NOTE
    trust: Trust = Trust.OUTSIDE


def read_filing(folder: Path, limits: Limits | None = None) -> dict[str, Filing]:
    """What `filing.jsonl` says, by file name; nothing where there is none. Raises ImportFailedError at its line."""
    path = folder / FILING
    if not path.is_file():
        return {}
    place = Place(1, 1, str(path))
    found: dict[str, Filing] = {}
    data = read_bytes(Source(path, place), limits or Limits())
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            here = Place(1, 1, str(path), number, FILING)
            name, filing = _entry(parse_json(line, here, max_depth=MAX_DEPTH), here)
            if name in found:
                refuse(here, "this file is named twice")
            found[name] = filing
    return found


def parse_document(source: Source, name: str, filing: Filing, extractor: Extractor, limits: Limits) -> ParsedFile:
    """The document. `name` is the file's name relative to the folder. Raises ImportFailedError."""
    media_type = FILE_TYPES[source.path.suffix.lower()]
    got = extractor.extract(read_bytes(source, limits), media_type, source.place)
    if not got.text.strip():
        refuse(source.place, "it carries no text")
    title = filing.title or ("Document" if filing.written_at else DATED_BY_FILE)
    record = DocumentRecord(
        f"File/{name}",
        f"{HANDLE}{filing.patient}",
        filing.written_at or datetime.fromtimestamp(source.path.stat().st_mtime, UTC),
        title,
        got.text,
        source.place,
        filing.kind,
        author=filing.author,
        sections=got.sections,
        source=got.source,
        trust=filing.trust,
    )
    return ParsedFile(source.place, 1, (), (record,), (), (), {}, {})


def read_text(path: Path, number: int, count: int, extractor: Extractor, limits: Limits | None = None) -> str:
    """The text of a file that is nobody's: a guideline. Raises ImportFailedError, also for a type that is not read."""
    source = Source(path, Place(number, count, str(path)))
    media_type = FILE_TYPES.get(path.suffix.lower())
    if media_type is None:
        refuse(source.place, f"only texts are read here: {', '.join(sorted(FILE_TYPES))}")
    return extractor.extract(read_bytes(source, limits or Limits()), media_type, source.place).text


def filing_of(filings: Mapping[str, Filing], source: Source, name: str) -> Filing:
    """Raises ImportFailedError when nobody said whose file it is."""
    filing = filings.get(name)
    if filing is None:
        refuse(source.place, f"nobody said whose document this is: name the patient, or the file in {FILING}")
    return filing


def _entry(content: Any, place: Place) -> tuple[str, Filing]:
    if not isinstance(content, dict) or not all(isinstance(one, str) for one in content.values()):
        refuse(place, "this must be an object of texts")
    if unknown := set(content) - _FIELDS:
        refuse(place, f"{len(unknown)} of its fields are not known here")
    name, patient = content.get("file"), content.get("patient")
    if not name or not patient:
        refuse(place, "it must name a file and a patient")
    try:
        written = datetime.fromisoformat(content["written_at"]) if "written_at" in content else None
        kind = DocumentKind(content.get("kind", DocumentKind.CLINICAL_NOTE))
        trust = Trust(content.get("trust", Trust.OUTSIDE))
    except ValueError:
        raise ImportFailedError(f"{place}: its date, its kind or its trust cannot be read.", param=place.name) from None
    if written is not None:
        written = written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
    return name, Filing(patient, written, content.get("title"), content.get("author"), kind, trust)
