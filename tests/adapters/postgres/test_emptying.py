"""Every table that names a patient either loses his rows or is named as one that keeps them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.adapters.postgres.emptying import GOES, STAYS, empty_patient
from phiward.domain.patients import PatientRef
from tests.adapters.postgres.retention_house import RetentionHouse, retention_house
from tests.postgres import Server


@pytest_asyncio.fixture
async def house(postgres: Server) -> AsyncIterator[RetentionHouse]:
    """An organisation of its own."""
    async with retention_house(postgres) as made:
        yield made


async def emptied(house: RetentionHouse, patient: Any) -> dict[str, int]:
    """Empty one, in a transaction of the registrar."""
    async with house.home.registrar.as_tenant(house.tenant) as connection:
        return await empty_patient(connection, house.tenant, PatientRef(patient), datetime.now(UTC))


async def test_no_table_that_names_patients_is_forgotten(house: RetentionHouse) -> None:
    """A new one with a foreign key must be put into one of the two lists."""
    query = """SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c
                WHERE c.contype = 'f' AND c.confrelid = 'phiward.patient'::regclass"""
    naming = {name.removeprefix("phiward.") for (name,) in house.log.rows(query)}
    assert naming == set(GOES) | STAYS


async def test_what_stands_in_clear_goes_and_his_neighbour_stays(house: RetentionHouse) -> None:
    """Keyed digests and the rest; the shell keeps the opaque id and nothing else."""
    patient, neighbour = await house.home.patient("mrn-1"), await house.home.patient("mrn-2")
    gone = await emptied(house, patient)
    assert gone["patient_handle"] >= 1
    for table in GOES:
        assert house.log.rows(f"SELECT 1 FROM {table} WHERE patient = %s", patient) == [], table  # noqa: S608
    ((sealed, digest, confirmation, destroyed_at),) = house.log.rows(
        "SELECT sealed, content_digest, confirmation, destroyed_at FROM patient WHERE id = %s", patient
    )
    assert (bytes(sealed), bytes(digest), confirmation) == (b"", b"", None)
    assert destroyed_at is not None
    assert house.log.rows("SELECT 1 FROM patient_handle WHERE patient = %s", neighbour)
    assert house.log.rows("SELECT destroyed_at FROM patient WHERE id = %s", neighbour) == [(None,)]


async def test_what_is_open_towards_him_ends(house: RetentionHouse) -> None:
    """Grants, keys and sessions bound to him; the rows stay as evidence."""
    patient = await house.home.patient("mrn-1")
    person, other = await house.home.person(), await house.home.person()
    key = await house.home.registry.issue_key(
        house.home.tenant, person, timedelta(days=1), "bound", bound_patient=patient
    )
    with house.log.admin() as admin:
        admin.execute(
            "INSERT INTO access_grant (id, tenant, kind, person, patient, basis, approver, starts_at, ends_at)"
            " VALUES (%s, %s, 'manual', %s, %s, 'consult', %s, now(), now() + interval '1 day')",
            [uuid4(), house.tenant, person, patient, other],
        )
        admin.execute("UPDATE person SET own_patient = %s WHERE id = %s", [patient, other])
    gone = await emptied(house, patient)
    assert (gone["access_grant_ended"], gone["personal_key_ended"], gone["person_ended"]) == (1, 1, 1)
    assert house.log.rows("SELECT revoked_at IS NULL FROM access_grant WHERE patient = %s", patient) == [(False,)]
    assert house.log.rows("SELECT revoked_at IS NULL FROM personal_key WHERE id = %s", key.id) == [(False,)]


async def test_a_destroyed_patient_takes_nothing_new_and_never_changes(house: RetentionHouse) -> None:
    """An import that was under way cannot fill the shell."""
    patient = await house.home.patient("mrn-1")
    await emptied(house, patient)
    with house.log.admin() as admin:
        for statement in (
            b"INSERT INTO patient_handle VALUES (%(tenant)s, 'x', %(patient)s)",
            b"INSERT INTO known_identifier VALUES (%(tenant)s, %(patient)s, 'mrn', 1, 1, 1)",
            b"UPDATE patient SET sealed = 'x' WHERE id = %(patient)s",
            b"UPDATE patient SET destroyed_at = NULL WHERE id = %(patient)s",
            b"DELETE FROM patient WHERE id = %(patient)s",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="destroyed"), admin.transaction():
                admin.execute(statement, {"tenant": house.tenant, "patient": patient})
