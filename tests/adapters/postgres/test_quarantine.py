"""Mis-filed documents: held back before anything of them can be searched, and decided by a person, on record."""

from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.quarantine import Quarantine
from phiward.audit.leaf import decode_leaf, encode_leaf
from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from tests.adapters.postgres.chart_house import NOW, ChartHouse, patient_of
from tests.adapters.postgres.record_store import RecordStore
from tests.rooms.records.fhir_files import document, patient

MISFILED = document("doc-x", text="Patient MRN-pat-2-0001 feels invented.")
"""Filed under pat-1, with the number of pat-2."""


@pytest_asyncio.fixture
async def house(store: RecordStore, tmp_path: Path) -> ChartHouse:
    """A chart with one good document and one of somebody else's; both were looked at."""
    house = await ChartHouse.found(store, tmp_path, document(), patient("pat-2"), MISFILED)
    await house.index()
    return house


@pytest.fixture
def desk(house: ChartHouse) -> Quarantine:
    """Where a person decides."""
    return Quarantine(Administration(house.store.registrar, encode_leaf, lambda: NOW, "officer"), house.store.sealer)


async def texts(house: ChartHouse) -> list[str]:
    """What the chart holds."""
    return await house.store.texts(house.session, house.patient)


async def test_it_is_in_no_chart_and_the_chart_says_that_something_is_held_back(house: ChartHouse) -> None:
    """Its text is neither found nor counted; that one waits is said, for a clinician must know what is missing."""
    contents = await house.store.chart.contents(house.session, house.patient)
    assert (len(contents.heads), contents.held_back) == (1, 1)
    assert await texts(house) == ["Invented note."]


async def test_the_list_says_whose_it_may_be_and_nothing_of_what_it_says(house: ChartHouse, desk: Quarantine) -> None:
    """Opaque ids."""
    (held,) = await desk.waiting(house.tenant)
    assert held.patient == house.patient
    assert held.suspects == (await patient_of(house.store, "Patient/pat-2"),)
    assert "feels" not in repr(held)
    assert (await desk.read(house.tenant, held.id)).text == "Patient MRN-pat-2-0001 feels invented."


async def test_what_does_not_wait_cannot_be_decided(house: ChartHouse, desk: Quarantine) -> None:
    """Unknown, of another organisation, and decided already."""
    (held,) = await desk.waiting(house.tenant)
    with pytest.raises(UnknownIdError):
        await desk.release(house.tenant, uuid4())
    await desk.discard(house.tenant, held.id)
    for again in (desk.release, desk.discard, desk.read):
        with pytest.raises(UnknownIdError):
            await again(house.tenant, held.id)


async def test_released_it_is_searchable_and_not_held_back_again(house: ChartHouse, desk: Quarantine) -> None:
    """A person's word outlives the next import of the same text."""
    (held,) = await desk.waiting(house.tenant)
    await desk.release(house.tenant, held.id)
    assert (await house.index()).documents == 1
    await house.take_in(MISFILED)
    assert (await house.index()).held_back == 0
    assert await texts(house) == ["Invented note.", "Patient MRN-pat-2-0001 feels invented."]


async def test_refiled_it_is_the_other_patients_under_the_other_key(house: ChartHouse, desk: Quarantine) -> None:
    """And the next import does not move it back."""
    (held,) = await desk.waiting(house.tenant)
    other = PatientRef(await patient_of(house.store, "Patient/pat-2"))
    await desk.refile(house.tenant, held.id, other)
    assert (await house.index()).documents == 1
    await house.take_in(MISFILED)
    assert (await house.index()).documents == 0
    rows = await house.store.rows("SELECT patient FROM document WHERE id = %s", held.id)
    assert rows == [(other,)]
    assert await texts(house) == ["Invented note."]


async def test_it_is_refiled_only_to_another_patient_who_is_here(house: ChartHouse, desk: Quarantine) -> None:
    """To the same one it is released; to nobody it is not filed."""
    (held,) = await desk.waiting(house.tenant)
    with pytest.raises(InvalidRequestError, match="release"):
        await desk.refile(house.tenant, held.id, house.patient)
    with pytest.raises(PatientNotFoundError):
        await desk.refile(house.tenant, held.id, PatientRef(uuid4()))
    assert len(await desk.waiting(house.tenant)) == 1


async def test_discarded_it_stays_out_until_its_source_says_something_else(house: ChartHouse, desk: Quarantine) -> None:
    """A corrected document is looked at anew."""
    (held,) = await desk.waiting(house.tenant)
    await desk.discard(house.tenant, held.id)
    await house.take_in(MISFILED)
    assert (await house.index()).documents == 0
    await house.take_in(document("doc-x", text="A corrected invented note."))
    assert (await house.index()).documents == 1
    assert await texts(house) == ["A corrected invented note.", "Invented note."]


async def test_a_document_that_turns_out_misfiled_leaves_the_chart(store: RecordStore, tmp_path: Path) -> None:
    """Its former version goes with it: the source says that it no longer stands."""
    house = await ChartHouse.found(store, tmp_path, document(), patient("pat-2"), document("doc-x", text="Harmless."))
    await house.index()
    await house.take_in(MISFILED)
    await house.index()
    assert await texts(house) == ["Invented note."]


async def test_each_decision_and_each_reading_is_on_record(house: ChartHouse, desk: Quarantine, db: object) -> None:
    """By whom, of which document and patient; never what it says."""
    (held,) = await desk.waiting(house.tenant)
    await desk.read(house.tenant, held.id)
    await desk.release(house.tenant, held.id)
    auditor = db.auditor  # type: ignore[attr-defined]
    async with auditor.plain() as connection:
        cursor = await connection.execute("SELECT leaf FROM audit_entry WHERE tenant = %s", [house.tenant])
        leaves = [decode_leaf(bytes(row[0])) for row in await cursor.fetchall()]
    told = {leaf["facts"]["action"]: leaf["facts"] for leaf in leaves if "quarantine" in str(leaf)}
    assert set(told) == {"quarantine.read", "quarantine.released"}
    assert told["quarantine.released"]["document"] == str(held.id)
    assert "feels" not in repr(leaves)
