"""The indexer: what was stored becomes searchable, exactly once, whatever happens in between."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from phiward.domain.errors import UpstreamError
from phiward.domain.patients import PatientRef
from phiward.retrieval.segments import Segment, unpack
from tests.adapters.postgres.chart_house import ChartHouse, patient_of
from tests.adapters.postgres.record_store import RecordStore
from tests.flow.charts import EmbedderTwin
from tests.rooms.records.fhir_files import CANARY, document, patient


async def opened(house: ChartHouse) -> list[Segment]:
    """The patient's segments as the gateway would see them."""
    contents = await house.store.chart.contents(house.session, house.patient)
    return [unpack(one.data) for one in contents.segments]


class Failing(EmbedderTwin):
    """Fails at its n-th call."""

    def __init__(self, good: int, name: str = "twin") -> None:
        super().__init__(name)
        self.good = good

    async def embed(self, scope: Any, texts: Any) -> Any:
        """As long as it is good."""
        if len(self.asked) >= self.good:
            raise UpstreamError("The embedding server is gone.")
        return await super().embed(scope, texts)


async def test_a_model_that_fails_leaves_nothing_half_indexed_and_the_next_run_goes_on(
    store: RecordStore, tmp_path: Path
) -> None:
    """What was done for other patients stays done."""
    other = document("doc-2", subject={"reference": "Patient/pat-2"})
    house = await ChartHouse.found(store, tmp_path, document(), patient("pat-2"), other)
    with pytest.raises(UpstreamError):
        await house.index(Failing(1))
    assert len(await house.segments()) == 1
    report = await house.index()
    assert (report.patients, report.documents) == (1, 1)
    assert len(await house.segments()) == 2
    assert (await house.index()).patients == 0


async def test_a_document_that_changes_while_it_is_embedded_is_left_for_the_next_run(
    store: RecordStore, tmp_path: Path
) -> None:
    """Chunks of a text that no longer stands are never marked as searchable."""
    house = await ChartHouse.found(store, tmp_path, document())

    class Slow(EmbedderTwin):
        async def embed(self, scope: Any, texts: Any) -> Any:
            await house.take_in(document(text="A newer invented note."))
            return await super().embed(scope, texts)

    assert (await house.index(Slow())).documents == 0
    (head,) = (await store.chart.contents(house.session, house.patient)).heads
    assert not head.indexed
    assert (await house.index()).documents == 1


async def test_a_change_is_followed_to_the_segments_and_compaction_leaves_only_what_is_live(
    store: RecordStore, tmp_path: Path
) -> None:
    """A new version is appended; the old chunks are dead at once and gone after compaction."""
    house = await ChartHouse.found(store, tmp_path, document(), document("doc-2", text="A second invented note."))
    await house.index()
    await house.take_in(document(text="The first note, changed."))
    await house.index()
    versions = [dict(zip(one.documents, one.versions.tolist(), strict=True)) for one in await opened(house)]
    assert sorted(v for found in versions for v in found.values()) == [1, 1, 2]
    assert await house.indexer().compact(house.tenant, house.patient) == 1
    (segment,) = await opened(house)
    assert sorted(segment.versions.tolist()) == [1, 2]
    assert await house.indexer().compact(house.tenant, house.patient) == 0


async def test_a_document_taken_back_is_gone_from_search_at_once_and_from_the_bytes_after_compaction(
    store: RecordStore, tmp_path: Path
) -> None:
    """Deletion by the source."""
    house = await ChartHouse.found(store, tmp_path, document(), document("doc-2", text="A second invented note."))
    await house.index()
    await house.take_in(document(status="entered-in-error"))
    contents = await store.chart.contents(house.session, house.patient)
    assert len(contents.heads) == 1
    await house.indexer().compact(house.tenant)
    await house.indexer().compact(house.tenant, house.patient)
    (segment,) = await opened(house)
    assert segment.documents == (contents.heads[0].id.bytes,)


async def test_another_model_makes_everything_anew_and_the_old_is_searched_until_then(
    store: RecordStore, tmp_path: Path
) -> None:
    """In one transaction a patient: never two models in one chart, never none."""
    house = await ChartHouse.found(store, tmp_path, document(), document("doc-2", text="A second invented note."))
    await house.index()
    before = await house.segments()
    with pytest.raises(UpstreamError):
        await house.index(Failing(0, "newer"))
    assert await house.segments() == before
    report = await house.index(EmbedderTwin("newer"))
    assert report.documents == 2
    assert {row[0].split(" + ")[0] for row in await house.segments()} == {"newer"}


async def test_the_embedder_is_told_whose_texts_they_are(store: RecordStore, tmp_path: Path) -> None:
    """A gate elsewhere needs the patient's identifiers and the documents' ids."""
    house, twin = await ChartHouse.found(store, tmp_path, document()), EmbedderTwin()
    await house.index(twin)
    ((scope, texts),) = twin.asked
    assert scope.patient is not None
    assert scope.patient.patient == house.patient
    assert [one.value for one in scope.patient.identifiers if CANARY in one.value]
    ((key,),) = await store.rows("SELECT id FROM document")
    assert scope.documents == (key,)
    assert texts == ("Progress note\nInvented note.",)


async def test_many_chunks_are_packed_into_segments_of_at_most_256(store: RecordStore, tmp_path: Path) -> None:
    """One seal for many vectors: the reason is speed."""
    long = " ".join(f"Sentence number {n} of a long invented note about nothing in particular." for n in range(2_600))
    house = await ChartHouse.found(store, tmp_path, document(text=long))
    report = await house.index()
    rows = await house.segments()
    assert [chunks for _, chunks, _ in rows if chunks > 256] == []
    assert sum(chunks for _, chunks, _ in rows) == report.chunks > 256


async def test_a_segment_opens_only_in_its_own_place(store: RecordStore, tmp_path: Path) -> None:
    """Moved to another patient it does not open: additional data names tenant, patient and segment."""
    team = {"resourceType": "CareTeam", "id": "t-2", "subject": {"reference": "Patient/pat-2"}}
    team["participant"] = [{"member": {"reference": "Practitioner/dr-1"}}]
    house = await ChartHouse.found(store, tmp_path, document(), patient("pat-2"), team)
    await house.index()
    other = PatientRef(await patient_of(store, "Patient/pat-2"))
    async with store.registrar.as_tenant(store.tenant) as connection:
        await connection.execute("UPDATE segment SET patient = %s", [other])
    with pytest.raises(AssertionError, match="another place"):
        await store.chart.contents(house.session, other)


async def test_two_indexers_at_once_index_each_document_once(store: RecordStore, tmp_path: Path) -> None:
    """Both have read it; whichever comes second finds that it waits no more."""
    house, both = await ChartHouse.found(store, tmp_path, document()), asyncio.Barrier(2)

    class Meeting(EmbedderTwin):
        async def embed(self, scope: Any, texts: Any) -> Any:
            await both.wait()
            return await super().embed(scope, texts)

    reports = await asyncio.gather(house.index(Meeting()), house.index(Meeting()))
    assert sorted(report.documents for report in reports) == [0, 1]
    assert sum(chunks for _, chunks, _ in await house.segments()) == 1
