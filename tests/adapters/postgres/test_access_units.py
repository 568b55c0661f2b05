"""Units, their members and patients, and cover: what they let a person see, and when that ends."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from phiward.domain.administration import Span, UnitKind, UnknownIdError
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.people import Role
from tests.adapters.postgres.access_house import ROLES, UNKNOWN, AccessHouse, access_house, soon
from tests.adapters.postgres.organisation import DAY, now
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture(params=ROLES)
async def house(db: Any, running: RunningDatabase, request: pytest.FixtureRequest) -> AsyncIterator[AccessHouse]:
    """An organisation of its own for each test."""
    async with access_house(db, running, request.param) as made:
        yield made


OPEN = Span()


async def nurse(house: AccessHouse) -> UUID:
    """Somebody whom the record names nowhere."""
    return await house.home.person(Role.NURSE, practitioner=None)


async def ward(house: AccessHouse, name: str = "Ward 3", kind: UnitKind = UnitKind.DEPARTMENT) -> UUID:
    """A unit."""
    return await house.access.units.add_unit(house.tenant, name, kind)


@pytest.mark.parametrize(
    "span",
    [
        pytest.param(Span(None, now() - DAY), id="an end in the past"),
        pytest.param(Span(now() + 2 * DAY, now() + DAY), id="an end before the start"),
        pytest.param(Span(None, (now() + DAY).replace(tzinfo=None)), id="a time without its zone"),
    ],
)
async def test_a_span_that_is_none_is_refused_everywhere(house: AccessHouse, span: Span) -> None:
    """And nothing is on record."""
    unit, one, two, patient = await ward(house), await nurse(house), await nurse(house), await house.patient()
    before = await house.home.log()
    for act in (
        house.access.units.add_member(house.tenant, unit, one, span),
        house.access.units.add_patient(house.tenant, unit, patient, span),
        house.access.units.add_cover(house.tenant, one, two, span),
    ):
        with pytest.raises(InvalidRequestError):
            await act
    assert await house.home.log() == before


async def test_what_must_end_has_an_end(house: AccessHouse) -> None:
    """On call, and cover."""
    unit, one, two = await ward(house), await nurse(house), await nurse(house)
    with pytest.raises(InvalidRequestError):
        await house.access.units.add_member(house.tenant, unit, one, OPEN, on_call=True)
    with pytest.raises(InvalidRequestError):
        await house.access.units.add_cover(house.tenant, one, two, OPEN)
    with pytest.raises(InvalidRequestError):
        await house.access.units.add_cover(house.tenant, one, one, soon())


async def test_foreign_ids_are_answered_like_unknown_ones(house: AccessHouse, db: Any) -> None:
    """In every place where one can stand; the database's own foreign keys would let them through."""
    async with access_house(db, house.running, "registrar") as other:
        theirs = {
            "unit": await ward(other), "person": await nurse(other), "patient": await other.patient(),
        }  # fmt: skip
        theirs["member"] = await other.access.units.add_member(other.tenant, theirs["unit"], theirs["person"], OPEN)
        second = await nurse(other)
        theirs["cover"] = await other.access.units.add_cover(other.tenant, theirs["person"], second, soon())
        theirs["place"] = await other.access.units.add_patient(other.tenant, theirs["unit"], theirs["patient"], OPEN)
    unit, person, patient = await ward(house), await nurse(house), await house.patient()
    units, tenant = house.access.units, house.tenant
    asks: list[tuple[str, Callable[[UUID], Awaitable[Any]]]] = [
        ("unit", lambda one: units.add_member(tenant, one, person, OPEN)),
        ("person", lambda one: units.add_member(tenant, unit, one, OPEN)),
        ("unit", lambda one: units.add_patient(tenant, one, patient, OPEN)),
        ("patient", lambda one: units.add_patient(tenant, unit, one, OPEN)),
        ("person", lambda one: units.add_cover(tenant, one, person, soon())),
        ("person", lambda one: units.add_cover(tenant, person, one, soon())),
        ("unit", lambda one: units.members(tenant, one)),
        ("unit", lambda one: units.patients(tenant, one)),
        ("member", lambda one: units.end_member(tenant, one)),
        ("place", lambda one: units.end_patient(tenant, one)),
        ("cover", lambda one: units.end_cover(tenant, one)),
    ]
    before = await house.home.log()
    for kind, ask in asks:
        said = []
        for wanted in (UNKNOWN, theirs[kind]):
            with pytest.raises((UnknownIdError, PatientNotFoundError)) as caught:
                await ask(wanted)
            said.append(repr(caught.value))
        assert said[0] == said[1], kind
    assert await house.home.log() == before


async def test_a_unit_has_a_name_of_its_own(house: AccessHouse) -> None:
    """And is found by it."""
    unit = await ward(house)
    for name in ("Ward 3", " Ward 3 ", "", "a\nb"):
        with pytest.raises(InvalidRequestError):
            await ward(house, name)
    assert await house.access.units.unit_by_name(house.tenant, "Ward 3") == unit
    with pytest.raises(InvalidRequestError):
        await house.access.units.unit_by_name(house.tenant, "Ward 4")
    assert [one.id for one in await house.access.units.units(house.tenant)] == [unit]


async def test_a_member_sees_the_patients_of_her_unit_until_either_leaves(house: AccessHouse) -> None:
    """From the next request on."""
    unit, one, two = await ward(house), await nurse(house), await nurse(house)
    place = await house.access.units.add_patient(house.tenant, unit, await house.patient("mrn-w"), OPEN)
    members = [await house.access.units.add_member(house.tenant, unit, person, OPEN) for person in (one, two)]
    assert [await house.sees(person, "mrn-w") for person in (one, two)] == [True, True]
    await house.access.units.end_member(house.tenant, members[0])
    assert [await house.sees(person, "mrn-w") for person in (one, two)] == [False, True]
    told = await house.told("unit.member_ended")
    assert (told["id"], told["before"]["person"]) == (str(members[0]), str(one))
    assert told["before"]["ends_at"] is None
    assert told["after"]["ends_at"] is not None
    await house.access.units.end_patient(house.tenant, place)
    assert not await house.sees(two, "mrn-w")
    for again in (
        house.access.units.end_member(house.tenant, members[0]),
        house.access.units.end_patient(house.tenant, place),
    ):
        with pytest.raises(UnknownIdError):
            await again


async def test_a_membership_is_ended_at_its_own_unit(house: AccessHouse) -> None:
    """An address that names another unit names nothing."""
    here, there, person = await ward(house), await ward(house, "Ward 4"), await nurse(house)
    member = await house.access.units.add_member(house.tenant, here, person, OPEN)
    with pytest.raises(UnknownIdError):
        await house.access.units.end_member(house.tenant, member, there)
    await house.access.units.end_member(house.tenant, member, here)


async def test_two_at_one_time_are_refused(house: AccessHouse) -> None:
    """The end of one would leave the other; one after the other is fine."""
    unit, one, two = await ward(house), await nurse(house), await nurse(house)
    patient, later = await house.patient(), Span(now() + 2 * DAY, now() + 3 * DAY)
    units, tenant = house.access.units, house.tenant
    for add in (
        lambda span: units.add_member(tenant, unit, one, span),
        lambda span: units.add_patient(tenant, unit, patient, span),
        lambda span: units.add_cover(tenant, one, two, span),
    ):
        await add(soon())
        await add(later)
        with pytest.raises(InvalidRequestError):
            await add(Span(None, now() + timedelta(hours=1)))


async def test_cover_lets_a_person_see_whom_another_treats(house: AccessHouse) -> None:
    """For its time, and not further: it is not handed on."""
    await house.home.patient("mrn-c")  # in the care of the physician
    doctor, stand_in, third = await house.home.person(), await nurse(house), await nurse(house)
    cover = await house.access.units.add_cover(house.tenant, stand_in, doctor, soon())
    await house.access.units.add_cover(house.tenant, third, stand_in, soon())
    assert [await house.sees(one, "mrn-c") for one in (doctor, stand_in, third)] == [True, True, False]
    await house.access.units.end_cover(house.tenant, cover)
    assert not await house.sees(stand_in, "mrn-c")
    assert len(await house.access.units.covers(house.tenant)) == 2


async def test_what_has_not_begun_is_struck_when_it_ends(house: AccessHouse) -> None:
    """It never was; the log keeps what it would have been."""
    unit, one = await ward(house), await nurse(house)
    member = await house.access.units.add_member(house.tenant, unit, one, Span(now() + DAY, None))
    await house.access.units.end_member(house.tenant, member)
    assert await house.access.units.members(house.tenant, unit) == ()
    assert (await house.last())["after"] is None
    assert (await house.last())["before"]["starts_at"] is not None
