"""Roles, links, keys and sessions of a person, on the registrar's and the warden's role."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.people import Role
from tests.adapters.postgres.access_house import ROLES, UNKNOWN, AccessHouse, access_house
from tests.postgres import RunningDatabase

Act = Callable[[AccessHouse, UUID], Awaitable[Any]]


@pytest_asyncio.fixture(params=ROLES)
async def house(db: Any, running: RunningDatabase, request: pytest.FixtureRequest) -> AsyncIterator[AccessHouse]:
    """An organisation of its own for each test."""
    async with access_house(db, running, request.param) as made:
        yield made


ON_A_PERSON: list[Any] = [
    pytest.param(lambda h, p: h.access.people.set_roles(h.tenant, p, [Role.NURSE]), id="set roles"),
    pytest.param(lambda h, p: h.access.people.add_role(h.tenant, p, Role.NURSE), id="add a role"),
    pytest.param(lambda h, p: h.access.people.remove_role(h.tenant, p, Role.PHYSICIAN), id="remove a role"),
    pytest.param(lambda h, p: h.access.people.link_provider(h.tenant, p, "https://idp.test", "s"), id="link"),
    pytest.param(lambda h, p: h.access.people.set_email(h.tenant, p, "a@clinic.test"), id="e-mail"),
    pytest.param(lambda h, p: h.access.people.set_own_record(h.tenant, p, None), id="own record"),
    pytest.param(lambda h, p: h.access.people.end_sessions(h.tenant, p), id="end sessions"),
    pytest.param(lambda h, p: h.access.people.person(h.tenant, p), id="read"),
    pytest.param(lambda h, p: h.access.people.keys(h.tenant, p), id="read keys"),
    pytest.param(lambda h, p: h.access.people.sessions(h.tenant, p), id="read sessions"),
    pytest.param(lambda h, p: h.access.people.refuse_foreign_key(h.tenant, p, UNKNOWN), id="a key"),
]


@pytest.mark.parametrize("act", ON_A_PERSON)
async def test_a_foreign_person_is_answered_like_an_unknown_one(house: AccessHouse, db: Any, act: Act) -> None:
    """The same words, and nothing is changed or on record."""
    foreign = await (await type(house.home).found(db)).person()
    before = await house.home.log()
    said = []
    for person in (UNKNOWN, foreign):
        with pytest.raises(UnknownIdError) as caught:
            await act(house, person)
        said.append((str(caught.value), caught.value.param))
    assert said[0] == said[1]
    assert await house.home.log() == before


REFUSED: list[Any] = [
    pytest.param(lambda h, p: h.access.people.set_roles(h.tenant, p, []), id="no role at all"),
    pytest.param(lambda h, p: h.access.people.add_role(h.tenant, p, Role.PHYSICIAN), id="a role she has"),
    pytest.param(lambda h, p: h.access.people.remove_role(h.tenant, p, Role.NURSE), id="a role she has not"),
    pytest.param(lambda h, p: h.access.people.remove_role(h.tenant, p, Role.PHYSICIAN), id="her last role"),
    pytest.param(lambda h, p: h.access.people.link_provider(h.tenant, p, "https://idp.test", None), id="half a link"),
    pytest.param(lambda h, p: h.access.people.link_provider(h.tenant, p, "idp", "s"), id="no address"),
    pytest.param(lambda h, p: h.access.people.link_provider(h.tenant, p, "https://i.test", "a\n"), id="two lines"),
    pytest.param(lambda h, p: h.access.people.set_email(h.tenant, p, "a@b@c\r\nBcc: x"), id="adds a header"),
]  # fmt: skip


@pytest.mark.parametrize("act", REFUSED)
async def test_what_is_refused_changes_nothing(house: AccessHouse, act: Act) -> None:
    """Neither the person nor the log."""
    person = await house.home.person()
    before, entry = await house.home.log(), await house.access.people.person(house.tenant, person)
    with pytest.raises(InvalidRequestError):
        await act(house, person)
    assert await house.home.log() == before
    assert await house.access.people.person(house.tenant, person) == entry


async def test_an_unknown_or_foreign_own_record_is_no_patient(house: AccessHouse, db: Any) -> None:
    """And another person's own record is not to be had twice."""
    one, two = await house.home.person(), await house.home.person()
    foreign = await (await type(house.home).found(db)).patient("mrn-theirs")
    for patient in (UNKNOWN, foreign):
        with pytest.raises(PatientNotFoundError):
            await house.access.people.set_own_record(house.tenant, one, patient)
    own = await house.patient()
    await house.access.people.set_own_record(house.tenant, one, own)
    with pytest.raises(InvalidRequestError):
        await house.access.people.set_own_record(house.tenant, two, own)


async def test_a_subject_belongs_to_one_person(house: AccessHouse) -> None:
    """No shared accounts (45 CFR 164.312(a)(2)(i))."""
    one, two = await house.home.person(), await house.home.person()
    await house.access.people.link_provider(house.tenant, one, "https://idp.test", "subject-1")
    with pytest.raises(InvalidRequestError):
        await house.access.people.link_provider(house.tenant, two, "https://idp.test", "subject-1")
    await house.access.people.link_provider(house.tenant, one, None, None)
    await house.access.people.link_provider(house.tenant, two, "https://idp.test", "subject-1")


async def test_roles_count_from_the_next_request_on_and_stand_in_the_log(house: AccessHouse) -> None:
    """With before and after, and who did it."""
    person = await house.home.person()
    session = await house.home.session(person)
    assert await house.access.people.add_role(house.tenant, person, Role.BILLING) == ("billing", "physician")
    assert await house.access.people.remove_role(house.tenant, person, Role.PHYSICIAN) == ("billing",)
    assert (await house.home.caller(session)).roles == {Role.BILLING}
    told = await house.last()
    assert (told["action"], told["person"], told["actor"]) == ("roles.changed", str(person), f"person:{UUID(int=9)}")
    assert (told["before"], told["after"]) == ({"roles": ["billing", "physician"]}, {"roles": ["billing"]})
    await house.access.people.set_roles(house.tenant, person, {Role.NURSE})
    assert (await house.access.people.person(house.tenant, person)).roles == ("nurse",)


async def test_the_log_tells_a_subject_and_an_address_apart_without_saying_them(house: AccessHouse) -> None:
    """Only as keyed digests."""
    person = await house.home.person()
    await house.access.people.link_provider(house.tenant, person, "https://idp.test", "zora.testcase")
    linked = await house.last()
    await house.access.people.set_email(house.tenant, person, "zora@clinic.test")
    await house.access.people.set_email(house.tenant, person, None)
    mailed = await house.last()
    assert linked["before"] == {"issuer": None, "subject": None}
    assert linked["after"]["issuer"] == "https://idp.test"
    assert len(linked["after"]["subject"]) == 16
    assert (len(mailed["before"]["email"]), mailed["after"]) == (16, {"email": None})
    assert "zora" not in str(await house.home.log())


async def test_her_own_record_is_hers_to_see(house: AccessHouse) -> None:
    """Until the link is taken away."""
    person, own = await house.home.person(Role.PATIENT, practitioner=None), await house.patient("mrn-own")
    await house.access.people.set_own_record(house.tenant, person, own)
    assert await house.sees(person, "mrn-own")
    await house.access.people.set_own_record(house.tenant, person, None)
    assert not await house.sees(person, "mrn-own")
    assert (await house.home.log())[-2]["before"] == {"own_patient": str(own)}


async def _session(house: AccessHouse, person: UUID) -> None:
    await house.home.execute(
        "INSERT INTO session (id, tenant, person, digest, kind, created_at, seen_at, expires_at)"
        " VALUES (%s, %s, %s, %s, 'application', now(), now(), now() + interval '1 hour')",
        uuid4(), house.tenant, person, uuid4().bytes * 2,
    )  # fmt: skip


async def test_all_sessions_of_a_person_end_and_nobody_elses(house: AccessHouse) -> None:
    """Logged out everywhere."""
    one, two = await house.home.person(), await house.home.person()
    for person in (one, one, two):
        await _session(house, person)
    assert len(await house.access.people.sessions(house.tenant, one)) == 2
    assert await house.access.people.end_sessions(house.tenant, one) == 2
    assert await house.access.people.sessions(house.tenant, one) == ()
    assert len(await house.access.people.sessions(house.tenant, two)) == 1
    assert (await house.last())["before"] == {"open": 2}


async def test_a_key_is_looked_for_at_its_own_person(house: AccessHouse) -> None:
    """Another person's key is none of hers, and a revoked one is none."""
    one, two = await house.home.person(), await house.home.person()
    await house.home.session(one)
    (key,) = await house.access.people.keys(house.tenant, one)
    await house.access.people.refuse_foreign_key(house.tenant, one, key.id)
    with pytest.raises(UnknownIdError):
        await house.access.people.refuse_foreign_key(house.tenant, two, key.id)
    await house.home.registry.revoke_key(house.home.tenant, key.id)
    with pytest.raises(UnknownIdError):
        await house.access.people.refuse_foreign_key(house.tenant, one, key.id)


async def test_a_page_goes_on_where_the_last_one_ended(house: AccessHouse) -> None:
    """Each person once, whatever the size of a page."""
    made = {await house.home.person() for _ in range(5)}
    seen, after = [], UUID(int=0)
    while page := await house.access.people.people(house.tenant, after, 2):
        seen += [one.id for one in page]
        after = page[-1].id
    assert len(seen) == 5
    assert set(seen) == made
