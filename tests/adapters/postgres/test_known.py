"""The index of known identifiers as the gateway loads it."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from phiward.adapters.postgres.known import PostgresKnown
from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import Caller, PersonId, TenantId
from phiward.domain.text import Secret
from phiward.domain.words import canonical_words
from tests.rooms.records.fhir_files import CANARY, bundle, care_team, patient, write

from .record_store import RecordStore

NAME = " ".join(canonical_words(f"Quilla Testa {CANARY}"))


async def _caller(store: RecordStore, session: Secret | None = None) -> Caller:
    session = session or await store.clinician("Practitioner/dr-9")
    return Caller(PersonId(uuid4()), TenantId(store.tenant), frozenset(), uuid4(), datetime.now(UTC), session)


async def test_an_ended_key_gives_no_index_and_leaves_none_behind(store: RecordStore, tmp_path: Path) -> None:
    """Nothing is visible then; an empty index would let everything pass, for everyone after."""
    await store.take_in(write(tmp_path, bundle(patient(), care_team())))
    known = PostgresKnown(store.app, store.mac)
    with pytest.raises(NotAuthenticatedError):
        await known.index(await _caller(store, Secret("ended")), 1)
    assert (await known.index(await _caller(store), 1)).owners("name", NAME)


async def test_every_patient_of_the_organisation_is_in_the_index(store: RecordStore, tmp_path: Path) -> None:
    """Also those whom this person may not see; that is what the index is for."""
    await store.take_in(write(tmp_path, bundle(patient(), patient("pat-2"))))
    index = await PostgresKnown(store.app, store.mac).index(await _caller(store), 1)
    assert index.owners("name", NAME) == {key for (key,) in await store.rows("SELECT id FROM patient")}


async def test_no_patient_of_another_organisation_is_in_it(
    store: RecordStore, other_store: RecordStore, tmp_path: Path
) -> None:
    """Two hospitals do not see each other."""
    await store.take_in(write(tmp_path, bundle(patient())))
    known = PostgresKnown(store.app, store.mac)
    assert not (await known.index(await _caller(other_store), 1)).owners("name", NAME)
    assert (await known.index(await _caller(store), 1)).owners("name", NAME)


async def test_the_index_is_kept_until_a_newer_one_is_asked_for(store: RecordStore, tmp_path: Path) -> None:
    """The version comes with each request; the rows are read only when it grew."""
    known, caller = PostgresKnown(store.app, store.mac), await _caller(store)
    first = await known.index(caller, 1)
    assert await known.index(caller, first.version) is first
    await store.take_in(write(tmp_path, bundle(patient())))
    second = await known.index(caller, first.version + 1)
    assert second is not first
    assert second.version > first.version
    assert second.owners("name", NAME)
