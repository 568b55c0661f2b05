"""Single documents: listed without what they say, deleted from chart, search and bytes, on record."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.document_desk import DocumentDesk
from phiward.audit.leaf import decode_leaf, encode_leaf
from phiward.domain.administration import UnknownIdError
from phiward.domain.deletion import DeletionReason
from phiward.domain.errors import AuditUnavailableError
from phiward.retrieval.segments import unpack
from tests.adapters.postgres.chart_house import NOW, ChartHouse
from tests.adapters.postgres.record_store import RecordStore
from tests.rooms.records.fhir_files import CANARY, document

REASON = DeletionReason.ENTERED_IN_ERROR


def desk(house: ChartHouse) -> DocumentDesk:
    """The operator's desk."""
    return DocumentDesk(Administration(house.store.registrar, encode_leaf, lambda: NOW, "operator"))


async def test_only_what_is_there_is_deleted(store: RecordStore, tmp_path: Path) -> None:
    """Nothing changes otherwise."""
    house = await ChartHouse.found(store, tmp_path, document())
    (row,) = await desk(house).of_patient(house.tenant, house.patient)
    with pytest.raises(UnknownIdError):
        await desk(house).delete(house.tenant, uuid4(), REASON)
    assert await desk(house).of_patient(house.tenant, house.patient) == (row,)


async def test_a_reason_in_words_is_not_recorded_and_so_nothing_is_deleted(store: RecordStore, tmp_path: Path) -> None:
    """The log holds codes; whoever slips a sentence past the types deletes nothing."""
    house = await ChartHouse.found(store, tmp_path, document())
    (row,) = await desk(house).of_patient(house.tenant, house.patient)
    with pytest.raises(AuditUnavailableError):
        await desk(house).delete(house.tenant, row.id, "Mrs Smith asked for it")  # type: ignore[arg-type]
    assert await desk(house).of_patient(house.tenant, house.patient) == (row,)


async def test_another_organisation_lists_and_deletes_nothing(
    store: RecordStore, other_store: RecordStore, tmp_path: Path
) -> None:
    """By row-level security."""
    house = await ChartHouse.found(store, tmp_path, document())
    (row,) = await desk(house).of_patient(house.tenant, house.patient)
    elsewhere: Any = other_store.tenant
    assert await desk(house).of_patient(elsewhere, house.patient) == ()
    with pytest.raises(UnknownIdError):
        await desk(house).delete(elsewhere, row.id, REASON)


async def test_the_list_says_nothing_of_what_a_document_says(store: RecordStore, tmp_path: Path) -> None:
    """Ids, dates, kinds."""
    house = await ChartHouse.found(store, tmp_path, document(text=f"{CANARY} feels invented."))
    await house.index()
    (row,) = await desk(house).of_patient(house.tenant, house.patient)
    assert (row.version, row.source, row.chunks, row.indexed) == (1, "fhir", 1, True)
    assert CANARY not in repr(row)


async def test_a_deleted_document_is_nowhere_after_its_patient_was_compacted(
    store: RecordStore, tmp_path: Path, db: Any
) -> None:
    """Out of search at once; out of the segments then; and on record with the reason."""
    house = await ChartHouse.found(store, tmp_path, document(), document("doc-2", text="A second invented note."))
    await house.index()
    gone = next(row for row in await desk(house).of_patient(house.tenant, house.patient))
    patient = await desk(house).delete(house.tenant, gone.id, REASON)
    contents = await store.chart.contents(house.session, house.patient)
    assert gone.id not in {head.id for head in contents.heads}
    await house.indexer().compact(house.tenant, patient)
    after = await store.chart.contents(house.session, house.patient)
    assert [gone.id.bytes in unpack(one.data).documents for one in after.segments] == [False]
    async with db.auditor.plain() as connection:
        cursor = await connection.execute("SELECT leaf FROM audit_entry WHERE tenant = %s", [house.tenant])
        leaves = [decode_leaf(bytes(row[0]))["facts"] for row in await cursor.fetchall()]
    (told,) = [leaf for leaf in leaves if leaf["action"] == "document.deleted"]
    assert (told["document"], told["patients"], told["reason"]) == (str(gone.id), [str(patient)], REASON)
