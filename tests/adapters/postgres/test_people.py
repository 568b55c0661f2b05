"""Who holds a credential, through real row-level security."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any, cast

import pytest
import pytest_asyncio

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.people import PostgresPeople
from phiward.domain.access import NO_STANDING, RelationSource
from phiward.domain.errors import VaultError
from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.ports import People
from phiward.domain.text import Secret
from phiward.identity.keys import issue
from tests.adapters.postgres.organisation import DAY, Organisation, now


@pytest_asyncio.fixture
async def house(db: Any) -> Organisation:
    """An organisation of its own for each test."""
    return await Organisation.found(db)


@pytest.mark.parametrize("token", ["", "phw_", "x" * 10_000, "' OR true --", "phw_" + "0" * 49, "ключ"])
async def test_an_unknown_credential_is_nobody(house: Organisation, token: str) -> None:
    """Whatever it holds; the database reports no error either."""
    await house.session(await house.person())
    assert await house.people.caller(Secret(token), None) is None


async def _expire(house: Organisation, session: Secret) -> None:
    caller = await house.caller(session)
    await house.execute(
        "UPDATE personal_key SET expires_at = now() - interval '1 second' WHERE id = %s", caller.credential_id
    )


async def _revoke(house: Organisation, session: Secret) -> None:
    await house.registry.revoke_key(house.tenant, (await house.caller(session)).credential_id)


async def _deactivate(house: Organisation, session: Secret) -> None:
    await house.registry.deactivate_person(house.tenant, (await house.caller(session)).person)


@pytest.mark.parametrize("end", [_expire, _revoke, _deactivate])
async def test_a_key_that_ended_is_refused_from_the_next_request_on(
    house: Organisation, end: Callable[[Organisation, Secret], Awaitable[None]]
) -> None:
    """Expired, revoked, or its person left; nothing is cached that could outlive it."""
    session, people = await house.session(await house.person()), house.people
    assert await people.caller(session, None) is not None
    await end(house, session)
    assert await people.caller(session, None) is None


async def test_unknown_and_out_of_care_patients_look_alike(house: Organisation) -> None:
    """Nobody can ask who is a patient here."""
    await house.patient("mrn-treated")
    stranger = await house.patient("mrn-stranger", treated=False)
    past = await house.patient("mrn-past", treated=False)
    await house.relation(past, now() - 2 * DAY, now() - DAY)
    future = await house.patient("mrn-future", treated=False)
    await house.relation(future, now() + DAY, None)
    session = await house.session(await house.person())
    for reference in (
        "mrn-stranger",
        "mrn-past",
        "mrn-future",
        "mrn-nobody",
        "",
        "Patient/",
        str(stranger),
        "\x00",
    ):
        opened = await house.people.caller(session, reference)
        assert opened is not None
        assert (opened.patient, opened.standing) == (None, NO_STANDING)


async def test_a_person_without_a_practitioner_treats_nobody(house: Organisation) -> None:
    """An administrator is in no care team."""
    await house.patient("mrn-1")
    session = await house.session(await house.person(Role.ADMINISTRATOR, practitioner=None))
    opened = await house.people.caller(session, "mrn-1")
    assert opened is not None
    assert opened.patient is None


async def test_a_reference_that_two_patients_share_names_nobody(house: Organisation) -> None:
    """Better none than the wrong one."""
    await house.patient("mrn-shared")
    await house.patient("mrn-shared")
    opened = await house.people.caller(await house.session(await house.person()), "mrn-shared")
    assert opened is not None
    assert opened.patient is None


async def test_another_organisations_patient_is_nobody(house: Organisation, db: Any) -> None:
    """Although the practitioner has the same id there."""
    other = await Organisation.found(db)
    await other.patient("mrn-theirs")
    opened = await house.people.caller(await house.session(await house.person()), "mrn-theirs")
    assert opened is not None
    assert opened.patient is None


async def test_a_key_bound_to_a_patient_opens_no_other(house: Organisation) -> None:
    """And without a reference it means its own patient."""
    mine = await house.patient("mrn-mine")
    await house.patient("mrn-other")
    session = await house.session(await house.person(), bound_patient=mine, bound_purpose=PurposeOfUse.TREAT)

    found = {}
    for reference in (None, "", "mrn-mine", "mrn-other"):
        opened = await house.people.caller(session, reference)
        assert opened is not None
        assert (opened.caller.bound_patient, opened.caller.bound_purpose) == (mine, PurposeOfUse.TREAT)
        found[reference] = opened.patient.patient if opened.patient else None

    assert found == {None: mine, "": None, "mrn-mine": mine, "mrn-other": None}


async def test_a_database_that_shows_a_bound_key_another_patient_is_not_believed(house: Organisation) -> None:
    """Somebody loosened a policy of the database; the binding holds all the same."""
    mine, other = await house.patient("mrn-mine"), await house.patient("mrn-other")
    bound = await house.session(await house.person(), bound_patient=mine)
    free = await house.session(await house.person())

    class Loose:
        """Answers the bound key with the row of the other patient."""

        @asynccontextmanager
        async def plain(self) -> AsyncIterator[Any]:
            """A connection that runs the same statement for a key that is not bound."""
            async with house.app.plain() as connection:
                yield _Swapping(connection, free, mine)

    opened = await PostgresPeople(cast(Database, Loose()), house.vault).caller(bound, "mrn-other")
    assert opened is not None
    assert opened.caller.bound_patient == mine != other
    assert (opened.patient, opened.standing) == (None, NO_STANDING)


class _Swapping:
    """Runs a statement with another key and says that it is bound to a patient."""

    def __init__(self, connection: Any, session: Secret, bound: PatientRef) -> None:
        self._connection, self._session, self._bound = connection, session, bound
        self._row: tuple[Any, ...] = ()

    async def execute(self, statement: str, values: list[Any]) -> "_Swapping":
        """As the connection does."""
        row = await (await self._connection.execute(statement, [self._session.value, *values[1:]])).fetchone()
        assert row[16] is not None
        self._row = (*row[:7], self._bound, *row[8:])
        return self

    async def fetchone(self) -> tuple[Any, ...]:
        """The changed row."""
        return self._row


async def test_a_destroyed_patient_is_not_served_from_memory(house: Organisation) -> None:
    """The decoded identifiers go when the key goes."""
    patient = await house.patient("mrn-1")
    people, session = house.people, await house.session(await house.person())
    opened = await people.caller(session, "mrn-1")
    assert opened is not None
    assert opened.patient is not None
    house.vault.destroy(house.tenant, patient)
    with pytest.raises(VaultError):
        await people.caller(session, "mrn-1")


async def test_identifiers_sealed_for_another_patient_do_not_open(house: Organisation) -> None:
    """Somebody who can write the database swaps two rows' contents."""
    one, two = await house.patient("mrn-1"), await house.patient("mrn-2")
    await house.execute(
        "UPDATE patient SET sealed = (SELECT sealed FROM patient WHERE id = %s) WHERE id = %s", two, one
    )
    with pytest.raises(VaultError):
        await house.people.caller(await house.session(await house.person()), "mrn-1")


async def test_a_role_that_this_version_does_not_know_gives_nothing(house: Organisation) -> None:
    """After a step back to an older version."""
    person = await house.person()
    await house.execute("UPDATE person SET roles = '{nurse,astronaut}' WHERE id = %s", person)
    assert (await house.caller(await house.session(person))).roles == {Role.NURSE}


async def test_nothing_is_left_on_the_connection(house: Organisation) -> None:
    """The next request on the same pooled connection is nobody until it says who it is."""
    await house.patient("mrn-1")
    session = await house.session(await house.person())
    assert await house.people.caller(session, "mrn-1") is not None
    for _ in range(4):
        async with house.app.plain() as connection:
            cursor = await connection.execute("SELECT count(*) FROM patient")
            assert await cursor.fetchone() == (0,)


async def test_a_changed_record_is_read_anew(house: Organisation) -> None:
    """The cache goes by the version of the record."""
    patient = await house.patient("mrn-1")
    people, session = house.people, await house.session(await house.person())
    first = await people.caller(session, "mrn-1")
    again = await people.caller(session, "mrn-1")
    await house.execute("UPDATE patient SET version = 2 WHERE id = %s", patient)
    changed = await people.caller(session, "mrn-1")
    assert first is not None
    assert again is not None
    assert changed is not None
    assert again.patient is first.patient
    assert changed.patient is not None
    assert changed.patient.version == 2


async def test_no_more_patients_stay_in_memory_than_the_limit(house: Organisation) -> None:
    """The one that was not asked for longest goes first."""
    people, session = (
        PostgresPeople(house.app, house.vault, cached_patients=2),
        await house.session(await house.person()),
    )
    for number in range(4):
        await house.patient(f"mrn-{number}")
        assert await people.caller(session, f"mrn-{number}") is not None
    assert len(people._patients._held) == 2


@pytest.mark.parametrize("reference", ["mrn-1", "MRN-1", " mrn-1 ", "Patient/mrn-1", "patient/MRN-1"])
async def test_a_patient_in_care_is_known_with_all_that_the_request_needs(house: Organisation, reference: str) -> None:
    """Caller, patient, relations and versions, in one look; any spelling of the reference."""
    patient, person = await house.patient("mrn-1"), await house.person(Role.PHYSICIAN, Role.RESEARCHER)
    await house.relation(patient, now() - 3 * DAY, now() - 2 * DAY)
    people: People = house.people

    opened = await people.caller(await house.session(person), reference)

    assert opened is not None
    assert (opened.caller.person, opened.caller.tenant) == (person, house.tenant)
    assert opened.caller.roles == {Role.PHYSICIAN, Role.RESEARCHER}
    assert opened.patient is not None
    assert opened.patient.patient == patient
    assert [one.value for one in opened.patient.identifiers] == ["Zora Testcase"]
    assert sorted(one.ends_at is None for one in opened.standing.relations) == [False, True]
    assert {one.source for one in opened.standing.relations} == {RelationSource.CARE_TEAM}
    assert all(one.starts_at.tzinfo is UTC for one in opened.standing.relations)
    assert (opened.vendor_version, opened.index_version) == (1, 1)


async def test_the_database_computes_the_same_digest_of_a_key(house: Organisation) -> None:
    """A well-formed key that was never issued is nobody; an issued one is somebody."""
    assert await house.people.caller(issue(now(), DAY).text, None) is None
    assert await house.people.caller(await house.session(await house.person()), None) is not None


async def test_a_patient_is_not_known_when_none_is_named(house: Organisation) -> None:
    """Without a reference and without a bound key."""
    await house.patient("mrn-1")
    opened = await house.people.caller(await house.session(await house.person()), None)
    assert opened is not None
    assert opened.patient is None
