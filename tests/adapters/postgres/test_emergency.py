"""Emergency grants on a real database: what is not opened, then what is, and that row-level security follows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.emergency import Emergencies
from phiward.domain.audit import Entry
from phiward.domain.errors import AuditUnavailableError, InvalidRequestError, PatientNotFoundError
from phiward.policy.emergency import OFFLINE_ACR, OPENED
from tests.adapters.postgres.emergency_house import BORN, EmergencyHouse, emergency_house, unknown
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase) -> AsyncIterator[EmergencyHouse]:
    """Furnished anew for each test."""
    async with emergency_house(db, running) as made:
        yield made


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"birth_date": "1949-07-23"}, "another day"),
        ({"patient": "mrn-unknown"}, "nobody by that reference"),
        ({"birth_date": None, "identifier": "mrn-1"}, "the same reference confirms nothing"),
        ({"birth_date": None, "identifier": " MRN-1 "}, "nor another spelling of it"),
        ({"birth_date": None, "identifier": "account-unknown"}, "an identifier of nobody"),
        ({"birth_date": None, "identifier": "other-1"}, "an identifier of somebody else"),
        ({"patient": "shared"}, "a reference of two patients"),
    ],
)
async def test_a_patient_who_is_not_confirmed_is_like_one_who_is_not_here(
    house: EmergencyHouse, change: dict[str, Any], reason: str
) -> None:
    """One error, so that nobody can ask who is a patient."""
    await house.base.home.patient("other-1", "shared", treated=False)
    digest = house.base.as_admin("SELECT digest FROM patient_handle WHERE patient = %s LIMIT 1", house.patient)
    assert digest
    house.base.as_admin(
        "INSERT INTO patient_handle SELECT tenant, digest, %s FROM patient_handle WHERE tenant = %s AND patient <> %s",
        house.patient, house.tenant, house.patient,
    ) if change.get("patient") == "shared" else None  # fmt: skip
    with pytest.raises(PatientNotFoundError):
        await house.emergencies.confirm(house.tenant, replace(house.ask, **change))


async def test_a_patient_without_a_date_of_birth_is_confirmed_by_a_second_identifier_alone(
    house: EmergencyHouse,
) -> None:
    """An empty confirmation never matches."""
    house.base.as_admin("UPDATE patient SET confirmation = NULL WHERE id = %s", house.patient)
    with pytest.raises(PatientNotFoundError):
        await house.emergencies.confirm(house.tenant, house.ask)
    second = replace(house.ask, birth_date=None, identifier="account-1")
    assert await house.emergencies.confirm(house.tenant, second) == house.patient


async def test_without_its_record_nothing_is_opened(house: EmergencyHouse) -> None:
    """Promise 1: neither grant nor alert is left behind."""

    def refuse(entry: Entry, worker: UUID) -> bytes:
        raise AuditUnavailableError("full")

    before = house.base.administration
    broken = Administration(before.database, refuse, house.clock, "gateway")
    emergencies = Emergencies(broken, house.base.home.vault, house.emergencies.calendar)
    patient = await emergencies.confirm(house.tenant, house.ask)
    with pytest.raises(AuditUnavailableError):
        await emergencies.open(house.caller, patient, house.ask)
    assert not await house.sees()
    assert house.alerts() == []
    assert house.base.as_admin("SELECT count(*) FROM access_grant WHERE tenant = %s", house.tenant) == [(0,)]


async def test_a_login_of_which_nobody_knows_when_or_how_opens_nothing(house: EmergencyHouse) -> None:
    """The adapter does not rely on the rule before it."""
    for change in ({"auth_time": None}, {"acr": None}):
        with pytest.raises(InvalidRequestError):
            await house.open(**change)


async def test_an_opened_record_is_seen_by_her_alone_and_for_an_hour(house: EmergencyHouse) -> None:
    """Row-level security follows the grant, and its end."""
    assert not await house.sees()
    grant = await house.open()
    assert grant.ends_at - grant.starts_at == timedelta(minutes=60)
    assert await house.sees()
    other = await house.base.begin(await house.base.home.person(practitioner=None))
    opened = await house.base.home.people.caller(other.text, "mrn-1")
    assert opened is not None
    assert opened.patient is None
    house.base.as_admin("UPDATE access_grant SET ends_at = now() WHERE id = %s", grant.id)
    assert not await house.sees()


async def test_a_second_patient_needs_a_grant_of_his_own(house: EmergencyHouse) -> None:
    """And the same one is not opened twice."""
    await house.open()
    with pytest.raises(InvalidRequestError, match="already"):
        await house.open()
    await house.base.home.patient("mrn-2", treated=False)
    opened = await house.base.home.people.caller(house.caller.session, "mrn-2")
    assert opened is not None
    assert opened.patient is None


async def test_the_grant_opens_what_an_emergency_opens_and_never_psychotherapy_notes(house: EmergencyHouse) -> None:
    """As its classes say."""
    grant = await house.open()
    ((classes, approver),) = house.base.as_admin("SELECT classes, approver FROM access_grant WHERE id = %s", grant.id)
    assert set(classes) == set(map(str, OPENED))
    assert approver is None


async def test_officers_and_webhook_are_told_in_the_same_transaction(house: EmergencyHouse) -> None:
    """With opaque ids and codes."""
    await house.open()
    assert house.alerts() == [
        ("emergency.opened", "mail", "officer@hospital.example"),
        ("emergency.opened", "webhook", "configured"),
    ]
    ((facts,),) = house.base.as_admin(
        "SELECT facts::text FROM alert WHERE tenant = %s AND channel = 'mail'", house.tenant
    )
    for phi in ("Zora", "mrn-1", BORN, "found alone"):
        assert phi not in facts


async def test_without_an_officer_the_alert_waits_for_one(house: EmergencyHouse) -> None:
    """It is not lost."""
    house.base.as_admin("UPDATE person SET email = NULL WHERE tenant = %s", house.tenant)
    await house.open()
    assert ("emergency.opened", "mail", "privacy_officer") in house.alerts()


async def test_it_is_extended_once_by_her_and_while_it_is_open(house: EmergencyHouse) -> None:
    """Not a second time, not by another, not when it is over."""
    grant = await house.open()
    extended = await house.emergencies.extend(house.caller, grant.id, house.ask)
    assert extended.ends_at - grant.ends_at == timedelta(minutes=60)
    assert await house.emergencies.mine(house.caller) == (extended,)
    with pytest.raises(InvalidRequestError, match="once"):
        await house.emergencies.extend(house.caller, grant.id, house.ask)
    stranger = replace(house.caller, person=unknown())  # type: ignore[arg-type]
    for act in (house.emergencies.extend(stranger, grant.id, house.ask), house.emergencies.end(stranger, grant.id)):
        with pytest.raises(InvalidRequestError, match="by that id"):
            await act
    house.clock.ahead = timedelta(hours=2)
    with pytest.raises(InvalidRequestError, match="by that id"):
        await house.emergencies.extend(house.caller, grant.id, house.ask)


async def test_closing_it_ends_what_she_sees(house: EmergencyHouse) -> None:
    """At once, and it is not opened again by extending."""
    grant = await house.open()
    await house.emergencies.end(house.caller, grant.id)
    assert not await house.sees()
    assert await house.emergencies.mine(house.caller) == ()
    with pytest.raises(InvalidRequestError):
        await house.emergencies.extend(house.caller, grant.id, house.ask)


async def test_every_act_is_on_record_with_before_and_after(house: EmergencyHouse) -> None:
    """Opened, extended, ended; the words of the clinician stand sealed, not in the leaf."""
    grant = await house.open(acr=OFFLINE_ACR)
    await house.emergencies.extend(house.caller, grant.id, house.ask)
    await house.emergencies.end(house.caller, grant.id)
    log = [one for one in await house.base.home.log() if one["action"].startswith("emergency.")]
    assert [one["action"] for one in log] == ["emergency.opened", "emergency.extended", "emergency.ended"]
    assert all(one["grant"] == str(grant.id) and "before" in one and "after" in one for one in log)
    assert log[0]["offline"] is True
    assert "found alone" not in str(log)
    ((sealed,),) = house.base.as_admin("SELECT sealed_reason FROM access_grant WHERE id = %s", grant.id)
    assert sealed is not None
