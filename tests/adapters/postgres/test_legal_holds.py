"""Holds: what names nothing is refused, what stands cannot be changed, and each act is on record."""

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError
from phiward.retention.holds import HoldReason, HoldScope, LiftReason
from tests.adapters.postgres.retention_house import OLD, RetentionHouse, retention_house
from tests.postgres import Server


@pytest_asyncio.fixture
async def house(postgres: Server) -> AsyncIterator[RetentionHouse]:
    """With a shard of 2016."""
    async with retention_house(postgres) as made:
        made.log.found(1, made.tenant)
        yield made


@pytest.mark.parametrize(
    ("scope", "subject", "reason"),
    [
        (HoldScope.EVERYTHING, OLD, "everything needs no name"),
        (HoldScope.PATIENT, None, "whose"),
        (HoldScope.PATIENT, uuid4(), "an unknown patient"),
        (HoldScope.PERSON, uuid4(), "an unknown person"),
        (HoldScope.SHARD, "1999", "an unknown shard"),
    ],
)
async def test_a_hold_on_nothing_is_refused(
    house: RetentionHouse, scope: HoldScope, subject: object, reason: str
) -> None:
    """And nothing stands on record."""
    with pytest.raises(InvalidRequestError):
        await house.holds.place(house.tenant, scope, subject, HoldReason.BREACH)  # type: ignore[arg-type]
    assert house.log.told("hold.placed") == [], reason


async def test_a_patient_of_another_organisation_is_unknown(house: RetentionHouse) -> None:
    """As row-level security has it."""
    patient, other = await house.home.patient("mrn-1"), uuid4()
    with house.log.admin() as admin:
        admin.execute("INSERT INTO tenant (id, name) VALUES (%s, 'Other')", [other])
    with pytest.raises(UnknownIdError):
        await house.holds.place(other, HoldScope.PATIENT, patient, HoldReason.BREACH)
    assert await house.holds.holds(other) == ()


async def test_a_hold_is_only_ever_lifted_and_once(house: RetentionHouse) -> None:
    """By nobody: not the registrar, not the superuser by accident."""
    hold = await house.holds.place(house.tenant, HoldScope.SHARD, OLD, HoldReason.LITIGATION)
    for conninfo in (house.log.running.registrar, house.log.running.admin):
        with psycopg.connect(conninfo, autocommit=True, options="-c search_path=phiward") as session:
            session.execute(f"SET phiward.tenant = '{house.tenant}'".encode())
            for statement in (
                b"DELETE FROM legal_hold",
                b"TRUNCATE legal_hold",
                b"UPDATE legal_hold SET reason = 'audit'",
                b"UPDATE legal_hold SET shard = '2026', lifted_at = now(), lifted_by = 'x', lift_reason = 'closed'",
            ):
                with pytest.raises((psycopg.errors.RaiseException, psycopg.errors.InsufficientPrivilege)):
                    session.execute(statement)
    lifted = await house.holds.lift(house.tenant, hold.id, LiftReason.COURT_ORDER)
    assert lifted.lifted_at is not None
    with pytest.raises(UnknownIdError):
        await house.holds.lift(house.tenant, hold.id, LiftReason.CLOSED)
    assert await house.holds.holds(house.tenant) == ()
    assert await house.holds.holds(house.tenant, every=True) == (lifted,)


async def test_each_act_is_on_record(house: RetentionHouse) -> None:
    """With opaque ids and codes."""
    patient = await house.home.patient("mrn-1")
    hold = await house.holds.place(house.tenant, HoldScope.PATIENT, patient, HoldReason.MINOR)
    await house.holds.lift(house.tenant, hold.id, LiftReason.CLOSED)
    (placed,), (lifted,) = house.log.told("hold.placed"), house.log.told("hold.lifted")
    assert (placed["hold"], placed["patients"], placed["reason"]) == (str(hold.id), [str(patient)], "minor")
    assert (lifted["hold"], lifted["lift_reason"]) == (str(hold.id), "closed")


async def test_the_gateway_sees_no_hold(house: RetentionHouse) -> None:
    """No grant."""
    for conninfo in (house.log.running.app, house.log.running.warden):
        with (
            psycopg.connect(conninfo, options="-c search_path=phiward") as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute("SELECT * FROM legal_hold")
