"""Documents that somebody files: whose they are is said, or nothing is stored."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phiward.domain.access import DocumentKind
from phiward.domain.documents import Section, SourceFormat
from phiward.domain.errors import ImportFailedError
from phiward.records.filing import DATED_BY_FILE, FILING, HANDLE, Filing, filing_of, parse_document, read_filing
from phiward.records.ports import Extracted
from phiward.records.reading import Limits, Source
from phiward.records.results import Place

from .fhir_files import CANARY

WHO = "40017723"


class Plain:
    """Reads anything as text; the real one is shown in tests/adapters/extraction."""

    def extract(self, data: bytes, media_type: str, place: Place) -> Extracted:
        """The bytes, decoded."""
        text = data.decode()
        return Extracted(text, SourceFormat.TEXT, (Section(0, len(text), "page 1"),))

    def reads(self, media_type: str) -> bool:
        """All."""
        return True


def source(folder: Path, text: str = "Invented.", name: str = "note.txt") -> Source:
    """A file."""
    path = folder / name
    path.write_text(text)
    return Source(path, Place(1, 1, str(path)))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "no object"),
        ('{"file": "a.pdf"}', "nobody's"),
        ('{"patient": "40017723"}', "no file"),
        ('{"file": "a.pdf", "patient": 40017723}', "a number where a text must be"),
        ('{"file": "a.pdf", "patient": "40017723", "ward": "3"}', "a field that is not known"),
        ('{"file": "a.pdf", "patient": "40017723", "written_at": "yesterday"}', "no date"),
        ('{"file": "a.pdf", "patient": "40017723", "kind": "poem"}', "no kind"),
        ('{"file": "a.pdf", "patient": "40017723"}\n{"file": "a.pdf", "patient": "40017724"}', "two patients"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_its_number(tmp_path: Path, line: str, reason: str) -> None:
    """And nothing of it is repeated."""
    (tmp_path / FILING).write_text(line)
    with pytest.raises(ImportFailedError, match=r"line \d") as caught:
        read_filing(tmp_path)
    assert WHO not in str(caught.value), reason


def test_a_document_that_nobody_filed_is_refused(tmp_path: Path) -> None:
    """It may be anybody's."""
    with pytest.raises(ImportFailedError, match="nobody said whose") as caught:
        filing_of({}, source(tmp_path, name=f"{CANARY}.txt"), f"{CANARY}.txt")
    assert CANARY not in str(caught.value)


def test_an_empty_document_is_refused(tmp_path: Path) -> None:
    """A scan of nothing is a mistake of somebody's."""
    with pytest.raises(ImportFailedError, match="no text"):
        parse_document(source(tmp_path, " \n"), "note.txt", Filing(WHO), Plain(), Limits())


def test_what_is_said_of_a_file_goes_with_it(tmp_path: Path) -> None:
    """Patient, date in UTC, title, author, kind; sections are the extractor's."""
    line = {"file": "note.txt", "patient": WHO, "written_at": "2024-05-01T08:00:00-05:00", "title": "Letter"}
    (tmp_path / FILING).write_text(json.dumps({**line, "author": "A. Author", "kind": "discharge_summary"}))
    filing = filing_of(read_filing(tmp_path), source(tmp_path), "note.txt")
    (record,) = parse_document(source(tmp_path), "note.txt", filing, Plain(), Limits()).documents
    assert (record.patient, record.source_id) == (f"{HANDLE}{WHO}", "File/note.txt")
    assert record.written_at == datetime(2024, 5, 1, 13, tzinfo=UTC)
    assert (record.title, record.author, record.kind) == ("Letter", "A. Author", DocumentKind.DISCHARGE_SUMMARY)
    assert record.sections == (Section(0, 9, "page 1"),)


def test_a_document_without_a_date_says_that_its_file_dated_it(tmp_path: Path) -> None:
    """A wrong date that looks right would mislead."""
    (record,) = parse_document(source(tmp_path), "note.txt", Filing(WHO), Plain(), Limits()).documents
    assert record.title == DATED_BY_FILE
    assert record.written_at.tzinfo is UTC
