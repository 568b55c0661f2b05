"""Facts in the database: versions, what is no longer said, and what belongs to several patients."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from phiward.domain.access import DocumentKind
from phiward.domain.errors import ImportFailedError
from phiward.domain.facts import FactKind, FactLabel, Saying
from phiward.records.results import DocumentRecord, FactRecord, ParsedFile
from tests.adapters.postgres.intake.test_patients import record
from tests.adapters.postgres.record_store import RecordStore
from tests.flow.charts import WRITTEN
from tests.rooms.records.fhir_files import HERE, bundle, care_team, patient, write

SAYING = Saying(
    FactKind.RESULT, "Potassium", value="4.10", unit="mmol/L", effective_at=datetime(2024, 5, 1, tzinfo=UTC)
)
RESULT = FactLabel(FactKind.RESULT, DocumentKind.RESULT, frozenset())
PATIENTS = (record("Patient/a"), record("Patient/b", number="400-2"))


def fact(key: str = "Observation/1", who: str = "Patient/a", part_of: str | None = None, **more: Any) -> FactRecord:
    """A result."""
    return FactRecord(key, who, replace(SAYING, **more), HERE, part_of)


async def take_in(
    store: RecordStore, *facts: FactRecord, documents: tuple[DocumentRecord, ...] = (), **more: Any
) -> Any:
    """Import them with both patients."""
    parsed = ParsedFile(HERE, len(facts), PATIENTS, documents, (), more.get("retracted", ()), {}, {}, facts)
    return await store.writer.import_file(store.tenant, parsed)


async def versions(store: RecordStore) -> list[int]:
    """Of every stored fact."""
    return [row[0] for row in await store.rows("SELECT version FROM fact ORDER BY version")]


async def test_a_fact_about_nobody_here_is_refused(store: RecordStore) -> None:
    """And nothing of its file is stored."""
    with pytest.raises(ImportFailedError, match="not known"):
        await take_in(store, fact(who="Patient/c"))
    assert await store.rows("SELECT id FROM patient") == []


async def test_the_same_again_changes_nothing_and_another_value_is_the_next_version(store: RecordStore) -> None:
    """4.1 is not 4.10: the value is kept as it was written."""
    assert (await take_in(store, fact())).types["Observation"].imported == 1
    assert (await take_in(store, fact())).types["Observation"].unchanged == 1
    assert await versions(store) == [1]
    await take_in(store, fact(value="4.1"))
    assert await versions(store) == [2]


async def test_a_fact_of_two_patients_is_stored_for_each_and_leaves_whom_it_no_longer_names(store: RecordStore) -> None:
    """Under a key each."""
    await take_in(store, fact(), fact(who="Patient/b"))
    rows = await store.rows("SELECT patient, sealed FROM fact")
    assert len({row[0] for row in rows}) == len({bytes(row[1]) for row in rows}) == 2
    await take_in(store, fact())
    assert len(await store.rows("SELECT patient FROM fact")) == 1


async def test_what_a_document_no_longer_states_is_gone_with_its_next_version(store: RecordStore) -> None:
    """And all of it when the document is taken back."""
    stated = DocumentRecord("urn:cda:1", "Patient/a", WRITTEN, "Summary", "Invented.", HERE)
    one, two = fact("urn:cda:fact:1", part_of="urn:cda:1"), fact("urn:cda:fact:2", part_of="urn:cda:1")
    await take_in(store, one, two, fact(), documents=(stated,))
    await take_in(store, one, documents=(replace(stated, text="Invented anew."),))
    assert len(await store.rows("SELECT id FROM fact")) == 2
    await take_in(store, retracted=("urn:cda:1",))
    assert len(await store.rows("SELECT id FROM fact")) == 1


async def test_a_fact_entered_in_error_is_taken_back(store: RecordStore) -> None:
    """By its source id."""
    await take_in(store, fact())
    await take_in(store, retracted=("Observation/1",))
    assert await versions(store) == []


async def test_a_second_patient_who_is_not_here_has_no_chart_and_the_first_keeps_the_fact(store: RecordStore) -> None:
    """An informant whom no file introduced: the resource is still the patient's own."""
    await take_in(store, fact(), fact(who="Patient/c"))
    assert len(await store.rows("SELECT patient FROM fact")) == 1


async def test_a_value_keeps_its_spelling_from_the_file_to_the_chart(store: RecordStore, tmp_path: Path) -> None:
    """1.20 mg/dL is not 1.2: FHIR's decimals carry their precision."""
    text = json.dumps(bundle(patient(), care_team(), observation())).replace('"1.20"', "1.20")
    await store.take_in(write(tmp_path, text))
    session = await store.clinician("Practitioner/dr-1")
    ((key,),) = await store.rows("SELECT id FROM patient")
    (found,) = await store.chart.facts(session, key, [RESULT], 5)
    assert (found.saying.label, found.saying.value, found.saying.unit) == ("Creatinine", "1.20", "mg/dL")


async def test_a_deletion_in_a_bundle_takes_back_what_was_said(store: RecordStore, tmp_path: Path) -> None:
    """By type and id, as a FHIR server exports what is gone."""
    await store.take_in(
        write(tmp_path, json.dumps(bundle(patient(), care_team(), observation())).replace('"1.20"', "1.20"))
    )
    gone = {"request": {"method": "DELETE", "url": "Observation/o-1"}}
    await store.take_in(write(tmp_path, {"resourceType": "Bundle", "type": "transaction", "entry": [gone]}))
    assert await store.rows("SELECT id FROM fact") == []


def observation() -> dict[str, Any]:
    """A creatinine of pat-1, whose value a test writes as a bare number."""
    return {
        "resourceType": "Observation",
        "id": "o-1",
        "status": "final",
        "subject": {"reference": "Patient/pat-1"},
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": "Creatinine"},
        "effectiveDateTime": "2024-05-01",
        "valueQuantity": {"value": "1.20", "unit": "mg/dL"},
    }
