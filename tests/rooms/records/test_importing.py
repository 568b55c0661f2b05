"""A whole import, with a writer that only listens."""

from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.account import Account, tally
from phiward.records.importing import import_path
from phiward.records.results import ParsedFile

from .fhir_files import document, encounter, patient, write
from .test_filing import Plain

_TENANT = UUID(int=1)


class Listener:
    """Remembers the files in the order in which they came."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def import_file(self, tenant: UUID, parsed: ParsedFile) -> Account:
        """Say that everything was new."""
        assert tenant == _TENANT
        self.names.append(Path(parsed.place.name).name)
        return tally(parsed_counts(parsed), parsed_counts(None), parsed.skipped)


def parsed_counts(parsed: ParsedFile | None) -> Counter[str]:
    """By type, what was kept."""
    items = () if parsed is None else (*parsed.patients, *parsed.documents, *parsed.relations)
    return Counter(key.partition("/")[0] for key in {item.source_id for item in items})


async def test_an_unreadable_file_stops_the_import_before_anything_is_stored(tmp_path: Path) -> None:
    """Even when it is the last one."""
    write(tmp_path, patient(), "a.json")
    write(tmp_path, "{", "b.json")
    writer = Listener()
    with pytest.raises(ImportFailedError, match="File 2 of 2, line 1"):
        await import_path(writer, _TENANT, tmp_path)
    assert writer.names == []


async def test_files_with_patients_come_first(tmp_path: Path) -> None:
    """Bulk export writes one file a type, and E comes before P."""
    write(tmp_path, document(), "DocumentReference.json")
    write(tmp_path, encounter(), "Encounter.json")
    write(tmp_path, patient(), "Patient.json")
    writer = Listener()
    await import_path(writer, _TENANT, tmp_path)
    assert writer.names == ["Patient.json", "DocumentReference.json", "Encounter.json"]


async def test_progress_counts_files_and_resources(tmp_path: Path) -> None:
    """After each file; the account is the sum of all."""
    write(tmp_path, patient(), "a.json")
    write(tmp_path, document(), "b.json")
    seen: list[tuple[int, int, int]] = []
    account = await import_path(Listener(), _TENANT, tmp_path, progress=lambda *now: seen.append(now))
    assert seen == [(1, 2, 1), (2, 2, 2)]
    assert account.total == 2


async def test_a_document_that_is_nobodys_stops_the_import_before_anything_is_stored(tmp_path: Path) -> None:
    """Whatever stands beside it."""
    write(tmp_path, patient(), "a.json")
    (tmp_path / "scan.txt").write_text("Invented.")
    writer = Listener()
    with pytest.raises(ImportFailedError, match="nobody said whose"):
        await import_path(writer, _TENANT, tmp_path, extractor=Plain())
    assert writer.names == []


async def test_every_format_of_a_folder_comes_in_and_those_who_introduce_patients_come_first(tmp_path: Path) -> None:
    """FHIR, then messages, then summaries, then documents that only name a patient."""
    (tmp_path / "1.txt").write_text("Invented.")
    (tmp_path / "2.hl7").write_text(
        "MSH|^~\\&|A|B|C|D|20240501080000||ADT^A08|1|P|2.5.1\rPID|1||400-1^^^H^MR||Test^Quilla||19700131\r"
    )
    write(tmp_path, patient(), "3.json")
    writer = Listener()
    account = await import_path(writer, _TENANT, tmp_path, patient="400-1", extractor=Plain())
    assert writer.names == ["3.json", "2.hl7", "1.txt"]
    assert account.total == 3


async def test_without_an_extractor_a_document_is_refused(tmp_path: Path) -> None:
    """Never passed over."""
    (tmp_path / "scan.txt").write_text("Invented.")
    with pytest.raises(ImportFailedError, match="not read here"):
        await import_path(Listener(), _TENANT, tmp_path, patient="400-1")
