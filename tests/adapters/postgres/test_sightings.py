"""Two people on one credential: what is stored, and what is reported, in a real database; with a clock of our own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.sightings import Sightings
from phiward.domain.people import Caller, Role
from phiward.identity.sharing import SharingRule
from tests.adapters.postgres.organisation import DAY, encode, now
from tests.adapters.postgres.session_house import SessionHouse, session_house
from tests.postgres import RunningDatabase

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
A, B, C = b"a" * 32, b"b" * 32, b"c" * 32


class Ticking:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """It begins now."""
        self.time = self.start = now()

    def __call__(self) -> datetime:
        """What it shows."""
        return self.time


@pytest.fixture
def clock() -> Ticking:
    """The gateway's clock."""
    return Ticking()


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase, clock: Ticking) -> AsyncIterator[SessionHouse]:
    """An organisation of its own for each test."""
    async with session_house(db, running, clock) as made:
        yield made


async def somebody(house: SessionHouse) -> Caller:
    """A person with a personal key."""
    return await house.home.caller(await house.home.session(await house.home.person()))


async def walk(house: SessionHouse, clock: Ticking, caller: Caller, *way: tuple[bytes, timedelta]) -> list[Any]:
    """Use the credential at these places at these times after the start; the rules that were reported."""
    sightings, found = Sightings(house.administration), []
    for place, passed in way:
        clock.time = clock.start + passed
        report = await sightings.seen(caller, place)
        found.append(None if report is None else report.rule)
    return found


def alerts(house: SessionHouse) -> list[tuple[Any, ...]]:
    """What waits to be sent."""
    return house.as_admin(
        "SELECT kind, channel, recipient, facts ->> 'credential', facts ->> 'rule' FROM alert"
        " WHERE tenant = %s ORDER BY created_at, recipient",
        house.tenant,
    )


async def test_one_person_is_not_reported(house: SessionHouse, clock: Ticking) -> None:
    """Who goes home, and who uses two credentials in two places."""
    one, other = await somebody(house), await somebody(house)
    assert await walk(house, clock, one, (A, 0 * MINUTE), (B, 5 * MINUTE), (A, 11 * MINUTE)) == [None] * 3
    assert await walk(house, clock, other, (C, 11 * MINUTE), (A, 12 * MINUTE)) == [None] * 2
    assert alerts(house) == []
    assert (await house.last())["action"] != "credential.shared"


@pytest.mark.parametrize(
    ("way", "rule"),
    [
        (((A, 0 * SECOND), (B, 20 * SECOND), (A, 40 * SECOND)), SharingRule.BACK_AND_FORTH),
        (((A, 0 * SECOND), (B, 5 * MINUTE), (A, 10 * MINUTE)), SharingRule.BACK_AND_FORTH),
        (((A, 0 * SECOND), (B, 5 * MINUTE), (C, 10 * MINUTE)), SharingRule.THREE_PLACES),
    ],
    ids=["at once", "within ten minutes", "three places"],
)
async def test_two_people_are_reported(house: SessionHouse, clock: Ticking, way: Any, rule: SharingRule) -> None:
    """On record, and to every privacy officer; opaque ids and codes only."""
    for name in ("one", "two"):
        officer = await house.home.person(Role.PRIVACY_OFFICER, practitioner=None)
        await house.home.execute("UPDATE person SET email = %s WHERE id = %s", f"{name}@clinic.test", officer)
    caller = await somebody(house)
    assert await walk(house, clock, caller, *way) == [None, None, rule]
    told = await house.last()
    assert (told["action"], told["actor"], told["rule"]) == ("credential.shared", "gateway", str(rule))
    assert (told["credential"], told["person"]) == (str(caller.credential_id), str(caller.person))
    assert alerts(house) == [
        ("credential.shared", "mail", f"{name}@clinic.test", str(caller.credential_id), str(rule))
        for name in ("one", "two")
    ]
    everything = str(told) + str(house.as_admin("SELECT facts FROM alert WHERE tenant = %s", house.tenant))
    assert A.hex() not in everything


async def test_an_alert_waits_where_no_officer_has_an_address(house: SessionHouse, clock: Ticking) -> None:
    """It is not lost."""
    await walk(house, clock, await somebody(house), (A, 0 * MINUTE), (B, 1 * MINUTE), (A, 2 * MINUTE))
    assert [row[2] for row in alerts(house)] == ["privacy_officer"]


async def test_a_credential_is_reported_once_a_day(house: SessionHouse, clock: Ticking) -> None:
    """And again the next day; another credential for itself."""
    caller, other = await somebody(house), await somebody(house)
    back = SharingRule.BACK_AND_FORTH
    way = [(place, n * MINUTE) for n, place in enumerate((A, B, A, B, A, C))]
    assert await walk(house, clock, caller, *way) == [None, None, back, None, None, None]
    assert await walk(house, clock, other, (A, 6 * MINUTE), (B, 7 * MINUTE), (A, 8 * MINUTE)) == [None, None, back]
    tomorrow = [(place, DAY + n * MINUTE) for n, place in enumerate((A, B, A, B), 10)]
    assert await walk(house, clock, caller, *tomorrow) == [None, None, back, None]
    assert len(alerts(house)) == 3


async def test_a_place_is_stored_once_a_minute(house: SessionHouse, clock: Ticking) -> None:
    """One row for each place, whatever happens there."""
    caller = await somebody(house)
    stored = "SELECT first_at, last_at FROM sighting WHERE credential = %s ORDER BY place"
    await walk(house, clock, caller, *((A, n * SECOND) for n in range(60)))
    assert house.as_admin(stored, caller.credential_id) == [(clock.start, clock.start)]
    await walk(house, clock, caller, (B, 59 * SECOND), (A, 60 * SECOND))
    later = clock.start + 60 * SECOND
    assert house.as_admin(stored, caller.credential_id) == [(clock.start, later), (later - SECOND, later - SECOND)]


async def test_the_same_place_within_a_minute_costs_no_statement(house: SessionHouse, clock: Ticking) -> None:
    """Only another place is looked at at once."""
    caller, sightings = await somebody(house), Sightings(house.administration)
    await sightings.seen(caller, A)
    await house.administration.database.close()
    clock.time += 59 * SECOND
    assert await sightings.seen(caller, A) is None


async def test_uses_in_the_same_moment_are_reported_once(house: SessionHouse, clock: Ticking) -> None:
    """By several gateways at once, each with its own connection."""
    caller = await somebody(house)
    for _ in range(3):  # what two connections do at once differs
        house.as_admin("DELETE FROM sighting")
        house.as_admin("DELETE FROM alert")
        async with contextlib.AsyncExitStack() as stack:
            gateways = []
            for _ in range(6):
                pool = Database(house.running.warden, max_size=1)
                await pool.open()
                stack.push_async_callback(pool.close)
                gateways.append(Sightings(Administration(pool, encode, clock, "gateway")))
            uses = zip(gateways, (A, B, C) * 2, strict=True)
            found = await asyncio.gather(*(one.seen(caller, place) for one, place in uses))
        assert len([report for report in found if report is not None]) == 1
        assert len(alerts(house)) == 1


async def test_old_places_are_forgotten(house: SessionHouse, clock: Ticking) -> None:
    """After thirty days."""
    caller, sightings = await somebody(house), Sightings(house.administration)
    await sightings.seen(caller, A)
    clock.time += 30 * DAY
    assert await sightings.sweep(house.tenant) == 0
    clock.time += SECOND
    assert await sightings.sweep(house.tenant) == 1
