"""The chart through row-level security: who may not, then who may, and what became of what was cited."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.chart import Citation, CitationState
from phiward.domain.errors import StorageError, VaultError
from phiward.domain.facts import FactKind, FactLabel
from phiward.domain.passages import Origin
from phiward.domain.patients import DocumentId, PatientRef
from phiward.domain.text import Secret
from tests.adapters.postgres.chart_house import ChartHouse, patient_of
from tests.adapters.postgres.record_store import RecordStore
from tests.rooms.records.fhir_files import bundle, care_team, document, encounter, patient, write

PROBLEM = FactLabel(FactKind.PROBLEM, DocumentKind.CLINICAL_NOTE, frozenset())


def condition(key: str = "c-1", text: str = "Invented asthma", **more: Any) -> dict[str, Any]:
    """A problem of pat-1."""
    return {
        "resourceType": "Condition",
        "id": key,
        "subject": {"reference": "Patient/pat-1"},
        "code": {"text": text},
        "onsetDateTime": "2019-02-03",
        **more,
    }


async def test_nobody_without_a_relation_reads_anything_of_a_chart(
    store: RecordStore, other_store: RecordStore, tmp_path: Path
) -> None:
    """Not a colleague, not one whose visit is long over, not a namesake elsewhere, not an unknown key."""
    over = encounter(participant=[{"individual": {"reference": "Practitioner/dr-past"}}])
    house = await ChartHouse.found(store, tmp_path, document(), over, condition())
    await house.index()
    ids = [row[0] for row in await store.rows("SELECT id FROM document")]
    sessions = [
        await store.clinician("Practitioner/dr-2"),
        await store.clinician("Practitioner/dr-past"),
        await other_store.clinician("Practitioner/dr-1"),
        Secret("unknown"),
    ]
    for session in sessions:
        contents = await store.chart.contents(session, house.patient)
        assert (contents.heads, contents.segments, contents.held_back) == ((), (), 0)
        assert await store.chart.documents(session, house.patient, ids) == {}
        assert await store.chart.fact_labels(session, house.patient) == {}
        assert await store.chart.facts(session, house.patient, [PROBLEM], 10) == []
    contents = await store.chart.contents(house.session, house.patient)
    assert (len(contents.heads), len(contents.segments)) == (1, 1)


async def test_a_clinician_reads_the_documents_of_her_patient_only(store: RecordStore, tmp_path: Path) -> None:
    """Of a patient who is not hers, or not there, she reads none."""
    other = document("doc-2", subject={"reference": "Patient/pat-2"})
    await store.take_in(write(tmp_path, bundle(patient(), patient("pat-2"), document(), other, care_team())))
    session = await store.clinician("Practitioner/dr-1")
    read = [await store.texts(session, key) for (key,) in await store.rows("SELECT id FROM patient")]
    assert sorted(read, key=len) == [[], ["Invented note."]]
    assert await store.texts(session, PatientRef(UUID(int=1))) == []


async def test_one_patients_session_asked_for_another_patients_document_gets_none(
    store: RecordStore, tmp_path: Path
) -> None:
    """Both are hers; a document is read of the patient in context alone."""
    other = document("doc-2", subject={"reference": "Patient/pat-2"})
    team = care_team("team-2", subject={"reference": "Patient/pat-2"})
    await store.take_in(write(tmp_path, bundle(patient(), patient("pat-2"), document(), other, care_team(), team)))
    session = await store.clinician("Practitioner/dr-1")
    first = PatientRef(await patient_of(store))
    ids = [DocumentId(row[0]) for row in await store.rows("SELECT id FROM document")]
    assert len(await store.chart.documents(session, first, ids)) == 1


async def test_a_head_says_kind_classes_and_whether_it_is_searchable(store: RecordStore, tmp_path: Path) -> None:
    """Enough to decide, without opening it."""
    label = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSYTHPN"}]}]
    house = await ChartHouse.found(store, tmp_path, document(securityLabel=label))
    (before,) = (await store.chart.contents(house.session, house.patient)).heads
    await house.index()
    (after,) = (await store.chart.contents(house.session, house.patient)).heads
    assert (before.kind, before.classes) == (DocumentKind.CLINICAL_NOTE, {DataClass.PSYCHOTHERAPY})
    assert (before.indexed, after.indexed) == (False, True)


async def test_a_document_of_a_class_that_this_version_does_not_know_is_not_served(
    store: RecordStore, tmp_path: Path
) -> None:
    """No rule could protect it."""
    house = await ChartHouse.found(store, tmp_path, document())
    async with store.registrar.as_tenant(store.tenant) as connection:
        await connection.execute("UPDATE document SET classes = '{of_tomorrow}'")
    with pytest.raises(VaultError):
        await store.chart.contents(house.session, house.patient)


async def test_facts_come_newest_first_up_to_the_limit_of_each_kind(store: RecordStore, tmp_path: Path) -> None:
    """Those without a date last."""
    days = {"a": "2020-01-01", "b": "2020-03-01", "c": "2020-02-01"}
    facts = [condition(key, f"Invented {key}", onsetDateTime=day) for key, day in days.items()]
    undated = condition("d", "Invented d")
    del undated["onsetDateTime"]
    house = await ChartHouse.found(store, tmp_path, *facts, undated)
    found = await store.chart.facts(house.session, house.patient, [PROBLEM], 10)
    assert [fact.saying.label for fact in found] == ["Invented b", "Invented c", "Invented a", "Invented d"]
    assert len(await store.chart.facts(house.session, house.patient, [PROBLEM], 2)) == 2
    assert await store.chart.fact_labels(house.session, house.patient) == {PROBLEM: 4}
    other = FactLabel(FactKind.PROBLEM, DocumentKind.CLINICAL_NOTE, frozenset({DataClass.HIV}))
    assert await store.chart.facts(house.session, house.patient, [other], 2) == []


async def test_a_citation_of_a_stranger_is_refused_by_the_database(store: RecordStore, tmp_path: Path) -> None:
    """Whoever does not see the patient writes nothing about him."""
    house = await ChartHouse.found(store, tmp_path, document())
    stranger = await store.clinician("Practitioner/dr-2")
    with pytest.raises(StorageError):
        await store.chart.cite(stranger, house.patient, uuid4(), [_citation(uuid4())])
    assert await store.rows("SELECT * FROM citation") == []


async def test_a_citation_tells_what_became_of_its_source(store: RecordStore, tmp_path: Path) -> None:
    """Current, then changed with a newer version, then withdrawn; and nothing to a stranger."""
    house, interaction = await ChartHouse.found(store, tmp_path, document()), uuid4()
    ((source,),) = await store.rows("SELECT id FROM document")
    await store.chart.cite(house.session, house.patient, interaction, [_citation(source)])

    async def states(session: Secret) -> list[CitationState]:
        return [one.state for one in await store.chart.citations(session, interaction)]

    assert await states(house.session) == [CitationState.CURRENT]
    await house.take_in(document(text="Another invented note."))
    assert await states(house.session) == [CitationState.CHANGED]
    await house.take_in(document(status="entered-in-error"))
    assert await states(house.session) == [CitationState.WITHDRAWN]
    assert await states(await store.clinician("Practitioner/dr-2")) == []


def _citation(source: UUID) -> Citation:
    return Citation(1, Origin.CHART, source, 1, 0, 8, True)
