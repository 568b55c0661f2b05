"""Storing what a file says, in a real Postgres: nothing of a broken file, the same file once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from phiward.adapters.postgres.identifier_index import digest_row
from phiward.domain.errors import ImportFailedError, StorageError
from phiward.domain.known import known_identifiers
from phiward.records.account import TypeCount
from phiward.records.decode import decode_patient
from phiward.records.handles import handle_text
from tests.adapters.postgres.record_store import RecordStore
from tests.rooms.records.broken_files import BROKEN
from tests.rooms.records.fhir_files import (
    CANARY,
    bundle,
    care_team,
    document,
    encounter,
    parse_one,
    patient,
    published,
    write,
)


def _everyone() -> dict[str, Any]:
    practitioners = [{"reference": "Practitioner/gp-1"}]
    return bundle(patient(generalPractitioner=practitioners), document(), encounter(), care_team())


@pytest.mark.parametrize(("content", "place", "words"), BROKEN)
async def test_a_broken_file_leaves_nothing(
    store: RecordStore, tmp_path: Path, content: str | bytes, place: str, words: str
) -> None:
    """Not even what stood before the broken place."""
    before = await store.everything()
    with pytest.raises(ImportFailedError):
        await store.take_in(write(tmp_path, content))
    assert await store.everything() == before


async def test_a_note_of_a_patient_who_is_not_here_leaves_nothing(store: RecordStore, tmp_path: Path) -> None:
    """The patient before it in the file is not kept either."""
    before = await store.everything()
    stranger = document(subject={"reference": f"Patient/{CANARY}"})
    with pytest.raises(ImportFailedError, match=r"entry\[1\].resource.subject") as caught:
        await store.take_in(write(tmp_path, bundle(patient(), stranger)))
    assert CANARY not in str(caught.value)
    assert await store.everything() == before


async def test_a_connection_that_dies_in_mid_import_leaves_nothing(store: RecordStore, tmp_path: Path) -> None:
    """As when the process is killed: what was not committed is gone."""
    before = await store.everything()
    parsed = parse_one(tmp_path, patient(), document())

    class Dying:
        """Breaks off at the note, when the patient has been written."""

        def seal(self, *place: Any) -> bytes:
            if place[3] == "document":
                raise ConnectionAbortedError
            return store.sealer.seal(*place)

        open = store.sealer.open

    with pytest.raises(ConnectionAbortedError):
        await type(store.writer)(store.registrar, Dying(), store.mac).import_file(store.tenant, parsed)
    assert await store.everything() == before


_KILLED_IN_MID_IMPORT = """
import asyncio, os, signal, sys
from pathlib import Path
from uuid import UUID
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.intake.writer import RecordsWriter
from phiward.records.importing import import_path
from tests.rooms.records.fhir_files import BoundSealer, PlainMac

class Fatal(BoundSealer):
    def seal(self, tenant, patient, record, name, text):
        if name == "document":
            print("reached", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().seal(tenant, patient, record, name, text)

async def main():
    conninfo, tenant, path = sys.stdin.read().split(chr(10))
    database = Database(conninfo, max_size=1)
    await database.open()
    await import_path(RecordsWriter(database, Fatal(), PlainMac()), UUID(tenant), Path(path))

asyncio.run(main())
"""


async def test_a_process_killed_in_mid_import_leaves_nothing(store: RecordStore, tmp_path: Path) -> None:
    """SIGKILL after the patient was written and before the note; running it again takes all in."""
    before = await store.everything()
    path = write(tmp_path, bundle(patient(), document()))
    told = f"{store.conninfo}\n{store.tenant}\n{path}"
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _KILLED_IN_MID_IMPORT],
        input=told,
        text=True,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "reached\n"), killed.stderr
    assert await store.everything() == before
    assert (await store.take_in(path)).imported == 2


async def test_an_organisation_that_is_not_there_is_refused(store: RecordStore, tmp_path: Path) -> None:
    """Before anything is sealed."""
    with pytest.raises(StorageError, match="no such organisation"):
        await store.writer.import_file(uuid4(), parse_one(tmp_path, patient()))


async def test_the_same_file_twice_changes_nothing(store: RecordStore, tmp_path: Path) -> None:
    """No row, no version, no ciphertext."""
    path = write(tmp_path, _everyone())
    first = await store.take_in(path)
    before = await store.everything()
    again = await store.take_in(path)
    assert await store.everything() == before
    assert first.imported == again.total == 4
    assert {kind: (c.imported, c.unchanged) for kind, c in again.types.items()} == {
        "Patient": (0, 1),
        "DocumentReference": (0, 1),
        "Encounter": (0, 1),
        "CareTeam": (0, 1),
    }


async def test_nothing_readable_is_stored(store: RecordStore, tmp_path: Path) -> None:
    """Names, numbers and texts stand under the seal or as keyed digests only."""
    await store.take_in(write(tmp_path, bundle(patient(), document(text=f"{CANARY} came."))))
    held = json.dumps(await store.everything())
    assert CANARY not in held
    assert CANARY.encode().hex() not in held
    assert "pat-1" not in held


async def test_a_patient_is_stored_with_handles_and_known_identifiers(store: RecordStore, tmp_path: Path) -> None:
    """phiward's own random id, the record's id and the record number lead to him."""
    account = await store.take_in(write(tmp_path, bundle(patient())))
    assert account.types == {"Patient": TypeCount(imported=1)}
    ((key, version, sealed),) = await store.rows("SELECT id, version, sealed FROM patient")
    plain = store.sealer.open(store.tenant, key, key, "identifiers", bytes(sealed))
    known = decode_patient(key, version, plain)
    assert version == 1
    assert known.birth_date is not None
    for reference in (str(key), "Patient/pat-1", "pat-1", "mrn-PAT-1-0001"):
        digest = store.mac.digest(None, "handle", handle_text(reference))
        assert await store.rows("SELECT patient FROM patient_handle WHERE digest = %s", digest) == [(key,)]
    rows = await store.rows("SELECT kind, words, first, whole FROM known_identifier")
    assert set(rows) == {digest_row(phrase, store.mac) for phrase in known_identifiers(known)}
    assert await store.index_version() == 2


async def test_a_changed_patient_keeps_his_id_and_loses_his_old_number(store: RecordStore, tmp_path: Path) -> None:
    """Version, handles and known identifiers follow the record; his notes stay his."""
    await store.take_in(write(tmp_path, bundle(patient(), document())))
    ((key,),) = await store.rows("SELECT id FROM patient")
    account = await store.take_in(write(tmp_path, bundle(patient(identifier=[]), document())))
    assert {k: (c.imported, c.unchanged) for k, c in account.types.items()} == {
        "Patient": (1, 0),
        "DocumentReference": (0, 1),
    }
    assert await store.rows("SELECT id, version FROM patient") == [(key, 2)]
    old = store.mac.digest(None, "handle", handle_text("MRN-pat-1-0001"))
    assert await store.rows("SELECT 1 FROM patient_handle WHERE digest = %s", old) == []
    assert await store.rows("SELECT count(*) FROM known_identifier WHERE kind = 'code'") == [(0,)]
    assert await store.index_version() == 3


async def test_a_change_that_proves_nobody_leaves_the_index_version(store: RecordStore, tmp_path: Path) -> None:
    """A new address changes the patient, not the index of all patients."""
    await store.take_in(write(tmp_path, patient()))
    await store.take_in(write(tmp_path, patient(address=[{"city": "Testville"}])))
    assert await store.rows("SELECT version FROM patient") == [(2,)]
    assert await store.index_version() == 2


async def test_a_changed_note_is_sealed_anew_under_its_id(store: RecordStore, tmp_path: Path) -> None:
    """No second note appears."""
    await store.take_in(write(tmp_path, bundle(patient(), document())))
    before = await store.rows("SELECT id, sealed FROM document")
    await store.take_in(write(tmp_path, document(text="Corrected.")))
    ((key, sealed),) = await store.rows("SELECT id, sealed FROM document")
    assert key == before[0][0]
    assert sealed != before[0][1]


async def test_a_note_entered_in_error_is_taken_back(store: RecordStore, tmp_path: Path) -> None:
    """A later file says so."""
    await store.take_in(write(tmp_path, bundle(patient(), document())))
    account = await store.take_in(write(tmp_path, document(status="entered-in-error")))
    assert account.types["DocumentReference"].total == 1
    assert await store.rows("SELECT count(*) FROM document") == [(0,)]


async def test_relations_come_from_all_three_sources(store: RecordStore, tmp_path: Path) -> None:
    """Each with its times."""
    await store.take_in(write(tmp_path, _everyone()))
    rows = await store.rows("SELECT source, practitioner, starts_at, ends_at FROM care_relation ORDER BY 1")
    assert rows == [
        ("CareTeam", "Practitioner/dr-1", datetime(2020, 1, 1, tzinfo=UTC), None),
        (
            "Encounter",
            "Practitioner/dr-1",
            datetime(2020, 5, 1, 9, tzinfo=UTC),
            datetime(2020, 5, 31, 11, tzinfo=UTC),
        ),
        ("Patient.generalPractitioner", "Practitioner/gp-1", datetime(1970, 1, 1, tzinfo=UTC), None),
    ]


async def test_an_encounter_that_ends_closes_the_open_relation(store: RecordStore, tmp_path: Path) -> None:
    """A file with the encounter alone is enough; those of other encounters stay."""
    start = {"start": "2020-05-01T09:00:00Z"}
    still_open = encounter(status="in-progress", period=start)
    await store.take_in(write(tmp_path, bundle(patient(), still_open, {**still_open, "id": "enc-2"})))
    await store.take_in(write(tmp_path, encounter()))
    rows = await store.rows("SELECT ends_at FROM care_relation ORDER BY ends_at NULLS LAST")
    assert rows == [(datetime(2020, 5, 31, 11, tzinfo=UTC),), (None,)]


@pytest.mark.parametrize(
    "later",
    [encounter(status="cancelled"), encounter(status="entered-in-error"), encounter(participant=[])],
    ids=["cancelled", "entered in error", "without its practitioner"],
)
async def test_an_encounter_that_no_longer_holds_takes_its_relation_back(
    store: RecordStore, tmp_path: Path, later: dict[str, Any]
) -> None:
    """Otherwise somebody would go on seeing the patient."""
    await store.take_in(write(tmp_path, bundle(patient(), encounter())))
    await store.take_in(write(tmp_path, later))
    assert await store.rows("SELECT count(*) FROM care_relation") == [(0,)]


async def test_a_relation_recorded_by_hand_survives_every_import(store: RecordStore, tmp_path: Path) -> None:
    """It has no resource behind it."""
    path = write(tmp_path, _everyone())
    await store.take_in(path)
    async with store.registrar.as_tenant(store.tenant) as connection:
        await connection.execute(
            "INSERT INTO care_relation (tenant, patient, practitioner, source, starts_at)"
            " SELECT tenant, id, 'Practitioner/by-hand', 'manual', now() FROM patient"
        )
    await store.take_in(write(tmp_path, bundle(patient(birthDate="1970-02-01"), encounter(status="cancelled"))))
    rows = await store.rows("SELECT count(*) FROM care_relation WHERE source = 'manual'")
    assert rows == [(1,)]


async def test_a_record_number_never_takes_a_patients_place(store: RecordStore, tmp_path: Path) -> None:
    """A patient whose number is another's id is a patient of his own."""
    other = patient("pat-2", identifier=[{"type": {"coding": [{"code": "MR"}]}, "value": "pat-1"}])
    await store.take_in(write(tmp_path, other))
    await store.take_in(write(tmp_path, patient("pat-1", identifier=[])))
    await store.take_in(write(tmp_path, document()))
    rows = await store.rows("SELECT count(*), (SELECT count(DISTINCT patient) FROM document) FROM patient")
    assert rows == [(2, 1)]


async def test_two_organisations_with_the_same_file_do_not_touch(
    store: RecordStore, other_store: RecordStore, tmp_path: Path
) -> None:
    """Each has its own patient; changing one changes nothing of the other."""
    path = write(tmp_path, _everyone())
    await store.take_in(path)
    await other_store.take_in(path)
    before = await other_store.everything()
    ours = await store.rows("SELECT id FROM patient")
    assert ours != await other_store.rows("SELECT id FROM patient")
    await store.take_in(write(tmp_path, bundle(patient(birthDate="1980-01-01"), document(text="New."))))
    assert await other_store.everything() == before


async def test_two_imports_of_one_file_at_once_make_one_patient(store: RecordStore, tmp_path: Path) -> None:
    """They follow one another."""
    parsed = parse_one(tmp_path, patient(), document(), encounter())
    accounts = await asyncio.gather(*(store.writer.import_file(store.tenant, parsed) for _ in range(4)))
    assert sorted(account.imported for account in accounts) == [0, 0, 0, 3]
    assert await store.rows("SELECT count(*) FROM patient") == [(1,)]


async def test_bulk_export_files_are_stored_whatever_their_order(store: RecordStore, tmp_path: Path) -> None:
    """DocumentReference and Encounter come before Patient by name."""
    for kind, content in (
        ("DocumentReference", document()),
        ("Encounter", encounter()),
        ("Patient", patient()),
    ):
        write(tmp_path, json.dumps(content) + "\n", f"{kind}.ndjson")
    account = await store.take_in(tmp_path)
    assert (account.total, account.imported) == (3, 3)


async def test_the_published_patients_are_stored_once_and_add_up(store: RecordStore) -> None:
    """Eleven patients, 481 notes; the second time all of it is unchanged."""
    folder = published("fhir")
    first = await store.take_in(folder)
    before = await store.everything()
    assert (first.total, first.imported, dict(first.unresolved)) == (5298, 4649, {})
    assert [len(before[table]) for table in ("patient", "document", "care_relation")] == [11, 481, 524]
    again = await store.take_in(folder)
    assert (again.total, again.imported) == (5298, 0)
    assert await store.everything() == before
