"""Forms that are sent twice, on a real database."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from phiward.adapters.postgres.submissions import ABANDONED, KEPT, PostgresSubmissions
from tests.adapters.postgres.console_house import ConsoleHouse, console_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Furnished anew for each test."""
    async with console_house(running) as made:
        yield made


def submissions(house: ConsoleHouse) -> PostgresSubmissions:
    """Of this house."""
    return PostgresSubmissions(house.warden, house.tenant, house.clock)


async def test_the_second_learns_where_the_first_led(house: ConsoleHouse) -> None:
    """While it is under way: nothing yet."""
    alice, made = await house.caller(await house.enter(house.alice)), submissions(house)
    assert await made.claim(alice, "one") is None
    assert await made.claim(alice, "one") == ""
    await made.done(alice, "one", "/answers/1")
    assert await made.claim(alice, "one") == "/answers/1"
    await made.release(alice, "one")
    assert await made.claim(alice, "one") == "/answers/1"


async def test_another_sessions_form_with_the_same_mark_is_another_form(house: ConsoleHouse) -> None:
    """Nobody is led to somebody else's page."""
    alice, bob = await house.caller(await house.enter(house.alice)), await house.caller(await house.enter(house.bob))
    made = submissions(house)
    assert await made.claim(alice, "one") is None
    await made.done(alice, "one", "/answers/1")
    assert await made.claim(bob, "one") is None


async def test_what_did_nothing_or_was_abandoned_may_be_sent_again(house: ConsoleHouse) -> None:
    """A refused form at once, one in the hands of a worker that died after a while."""
    alice, made = await house.caller(await house.enter(house.alice)), submissions(house)
    assert await made.claim(alice, "one") is None
    await made.release(alice, "one")
    assert await made.claim(alice, "one") is None
    house.moved = ABANDONED + timedelta(seconds=1)
    assert await made.claim(alice, "one") is None
    assert await made.claim(alice, "one") == ""


async def test_marks_are_swept_when_no_session_can_send_them_again(house: ConsoleHouse) -> None:
    """After a day."""
    alice, made = await house.caller(await house.enter(house.alice)), submissions(house)
    await made.claim(alice, "one")
    assert await made.sweep() == 0
    house.moved = KEPT + timedelta(seconds=1)
    assert await made.sweep() == 1
