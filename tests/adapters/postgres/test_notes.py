"""Notes through row-level security: who may not, then who may, and in which order."""

from pathlib import Path
from uuid import UUID

import pytest

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.errors import VaultError
from phiward.domain.patients import PatientRef
from phiward.domain.text import Secret
from tests.rooms.records.fhir_files import bundle, care_team, document, encounter, patient, write

from .record_store import RecordStore


async def _patient(store: RecordStore) -> PatientRef:
    ((key,),) = await store.rows("SELECT id FROM patient")
    return PatientRef(key)


async def test_nobody_without_a_relation_reads_a_note(
    store: RecordStore, other_store: RecordStore, tmp_path: Path
) -> None:
    """Not a colleague, not one whose visit is long over, not a namesake elsewhere, not an unknown key."""
    over = encounter(participant=[{"individual": {"reference": "Practitioner/dr-past"}}])
    await store.take_in(write(tmp_path, bundle(patient(), document(), care_team(), over)))
    key = await _patient(store)
    sessions = [
        await store.clinician("Practitioner/dr-2"),
        await store.clinician("Practitioner/dr-past"),
        await other_store.clinician("Practitioner/dr-1"),
        Secret("unknown"),
    ]
    for session in sessions:
        assert await store.notes.newest(session, key, 10) == []


async def test_a_clinician_reads_the_notes_of_her_patient_only(store: RecordStore, tmp_path: Path) -> None:
    """Of a patient who is not hers, or not there, she reads none."""
    other = document("doc-2", subject={"reference": "Patient/pat-2"})
    await store.take_in(write(tmp_path, bundle(patient(), patient("pat-2"), document(), other, care_team())))
    session = await store.clinician("Practitioner/dr-1")
    read = [
        note.text
        for (key,) in await store.rows("SELECT id FROM patient")
        for note in await store.notes.newest(session, key, 10)
    ]
    assert read == ["Invented note."]
    assert await store.notes.newest(session, PatientRef(UUID(int=1)), 10) == []


async def test_the_newest_come_first_ties_by_id_up_to_the_limit(store: RecordStore, tmp_path: Path) -> None:
    """With title, text and time as they were imported."""
    days = {"a": "2020-01-01", "b": "2020-03-01", "c": "2020-02-01", "d": "2020-02-01"}
    notes = [document(key, text=f"Note {key}", date=day) for key, day in days.items()]
    await store.take_in(write(tmp_path, bundle(patient(), care_team(), *notes)))
    session, key = await store.clinician("Practitioner/dr-1"), await _patient(store)
    found = await store.notes.newest(session, key, 10)
    assert [note.text for note in found][::3] == ["Note b", "Note a"]
    assert found[1].document < found[2].document
    assert {note.title for note in found} == {"Progress note"}
    assert {note.patient for note in found} == {key}
    assert await store.notes.newest(session, key, 2) == found[:2]


async def test_kind_and_classes_come_with_a_note(store: RecordStore, tmp_path: Path) -> None:
    """And a change of the label alone changes the stored document."""
    label = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSYTHPN"}]}]
    await store.take_in(write(tmp_path, bundle(patient(), document(), care_team())))
    session, key = await store.clinician("Practitioner/dr-1"), await _patient(store)
    assert [(note.kind, note.classes) for note in await store.notes.newest(session, key, 1)] == [
        (DocumentKind.CLINICAL_NOTE, frozenset())
    ]
    await store.take_in(write(tmp_path, bundle(patient(), document(securityLabel=label), care_team())))
    (note,) = await store.notes.newest(session, key, 1)
    assert note.classes == {DataClass.PSYCHOTHERAPY}


async def test_a_note_of_a_class_that_this_version_does_not_know_is_not_served(
    store: RecordStore, tmp_path: Path
) -> None:
    """No rule could protect it."""
    await store.take_in(write(tmp_path, bundle(patient(), document(), care_team())))
    session, key = await store.clinician("Practitioner/dr-1"), await _patient(store)
    async with store.registrar.as_tenant(store.tenant) as connection:
        await connection.execute("UPDATE document SET classes = '{of_tomorrow}'")
    with pytest.raises(VaultError):
        await store.notes.newest(session, key, 1)
