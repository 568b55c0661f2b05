"""Who may see a patient, and whom a person may see: the same relations that row-level security reads."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from phiward.domain.administration import GrantBasis, GrantKind, Span, UnitKind, UnknownIdError
from phiward.domain.errors import PatientNotFoundError
from phiward.domain.people import Role
from tests.adapters.postgres.access_house import ROLES, UNKNOWN, AccessHouse, access_house, grant, soon
from tests.adapters.postgres.organisation import DAY, now
from tests.postgres import RunningDatabase

FUNCTIONS = ("access_to_patient", "access_of_person")


@pytest_asyncio.fixture(params=ROLES)
async def house(db: Any, running: RunningDatabase, request: pytest.FixtureRequest) -> AsyncIterator[AccessHouse]:
    """An organisation of its own for each test."""
    async with access_house(db, running, request.param) as made:
        yield made


@pytest.mark.parametrize("role", ["app", "auditor"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_gateways_role_and_the_auditor_cannot_ask(running: RunningDatabase, role: str, function: str) -> None:
    """Only the registrar and the warden."""
    with (
        psycopg.connect(getattr(running, role), options="-c search_path=phiward") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT * FROM {function}(gen_random_uuid())".encode())  # noqa: S608


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_the_view_itself(running: RunningDatabase, role: str) -> None:
    """It has no organisation."""
    with (
        psycopg.connect(getattr(running, role), options="-c search_path=phiward") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM relation")


async def test_another_organisation_gets_no_row(house: AccessHouse, db: Any, running: RunningDatabase) -> None:
    """Neither from the functions nor from the report, which answers as for an unknown id."""
    async with access_house(db, running, "registrar") as other:
        patient, person = await other.home.patient("mrn-theirs"), await other.home.person()
        assert len(await other.reports.who_may_see(other.tenant, patient)) == 1
    async with house.home.registrar.as_tenant(house.tenant) as connection:
        for function, wanted in zip(FUNCTIONS, (patient, person), strict=True):
            cursor = await connection.execute(f"SELECT * FROM {function}(%s)".encode(), [wanted])  # noqa: S608
            assert await cursor.fetchall() == []
    for stranger in (patient, UNKNOWN):
        with pytest.raises(PatientNotFoundError):
            await house.reports.who_may_see(house.tenant, stranger)
    for stranger in (person, UNKNOWN):
        with pytest.raises(UnknownIdError):
            await house.reports.what_may_be_seen_by(house.tenant, stranger)


async def test_without_an_organisation_there_is_no_row(house: AccessHouse, running: RunningDatabase) -> None:
    """A connection that names none."""
    patient = await house.home.patient("mrn-x")
    await house.home.person()
    with psycopg.connect(running.warden, options="-c search_path=phiward") as connection:
        assert connection.execute("SELECT * FROM access_to_patient(%s)", [patient]).fetchall() == []


async def test_a_report_names_everyone_with_every_reason_that_is_in_force(house: AccessHouse) -> None:
    """Care of the record, unit, cover, grant and own record; not what is over, to come, or of who has left."""
    access, tenant = house.access, house.tenant
    patient = await house.home.patient("mrn-1")
    doctor, nurse = await house.home.person(), await house.home.person(Role.NURSE, practitioner=None)
    proxy = await house.home.person(Role.PROXY, practitioner=None)
    officer = await house.home.person(Role.PRIVACY_OFFICER, practitioner=None)
    gone = await house.home.person()
    await house.home.registry.deactivate_person(house.home.tenant, gone)
    unit = await access.units.add_unit(tenant, "Panel A", UnitKind.PANEL)
    await access.units.add_patient(tenant, unit, patient, Span())
    await access.units.add_member(tenant, unit, nurse, Span())
    await access.units.add_member(tenant, unit, doctor, Span(now() + DAY, None))
    await access.units.add_cover(tenant, nurse, doctor, soon())
    asked = grant(proxy, patient, officer, kind=GrantKind.PROXY, basis=GrantBasis.GUARDIAN)
    kept = await access.grants.add_grant(tenant, asked)
    await access.grants.revoke_grant(tenant, await access.grants.add_grant(tenant, asked))

    rows = await house.reports.who_may_see(tenant, patient)

    assert {(one.person, one.source) for one in rows} == {
        (doctor, "CareTeam"), (nurse, "Panel"), (nurse, "Cover"), (proxy, "proxy"),
    }  # fmt: skip
    (by_proxy,) = (one for one in rows if one.source == "proxy")
    assert (by_proxy.grant, by_proxy.basis, by_proxy.approver) == (kept, "guardian", officer)
    assert by_proxy.roles == ("proxy",)
    assert {one.login for one in rows} >= {by_proxy.login}
    told = await house.last()
    assert (told["action"], told["patient"], told["rows"]) == ("access.reported", str(patient), 4)


async def test_a_flagged_record_closes_relations_that_do_not_name_the_patient(house: AccessHouse) -> None:
    """Panel and department; not care by name."""
    access, tenant = house.access, house.tenant
    patient = await house.home.patient("mrn-vip")
    doctor, nurse = await house.home.person(), await house.home.person(Role.NURSE, practitioner=None)
    unit = await access.units.add_unit(tenant, "Ward 3", UnitKind.DEPARTMENT)
    await access.units.add_patient(tenant, unit, patient, Span())
    await access.units.add_member(tenant, unit, nurse, Span())
    assert {one.closed_by_flag for one in await house.reports.who_may_see(tenant, patient)} == {False}
    await access.grants.set_restricted(tenant, patient, True)
    rows = {one.person: one for one in await house.reports.who_may_see(tenant, patient)}
    assert (rows[doctor].closed_by_flag, rows[nurse].closed_by_flag) == (False, True)
    assert rows[nurse].restricted


async def test_the_report_of_a_person_lists_her_patients(house: AccessHouse) -> None:
    """And nobody else's."""
    mine, other = await house.home.patient("mrn-a"), await house.patient("mrn-b")
    doctor = await house.home.person()
    rows = await house.reports.what_may_be_seen_by(house.tenant, doctor)
    assert [one.patient for one in rows] == [mine]
    await house.access.grants.add_relation(house.tenant, doctor, other, Span())
    rows = await house.reports.what_may_be_seen_by(house.tenant, doctor)
    assert {(one.patient, one.source) for one in rows} == {(mine, "CareTeam"), (other, "manual")}
    assert (await house.last())["person"] == str(doctor)
