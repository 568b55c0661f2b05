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
