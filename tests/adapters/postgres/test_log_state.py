"""The foot of a page, on a real database."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from phiward.adapters.postgres.log_state import REMEMBERED, PostgresLogState
from phiward.domain.console import NUMBERED_WITHIN
from tests.adapters.postgres.console_house import ConsoleHouse, console_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Furnished anew for each test."""
    async with console_house(running) as made:
        yield made


async def test_an_entry_that_waits_too_long_is_said_and_an_old_answer_is_not_kept(house: ConsoleHouse) -> None:
    """Nobody numbers here: the session that begins waits."""
    log = PostgresLogState(house.app, house.clock)
    await house.enter(house.alice)
    assert (await log.state()).healthy
    house.moved = NUMBERED_WITHIN + REMEMBERED + timedelta(seconds=1)
    assert not (await log.state()).healthy


async def test_what_was_asked_a_moment_ago_is_not_asked_again(house: ConsoleHouse) -> None:
    """Every page shows it."""
    log = PostgresLogState(house.app, house.clock)
    first = await log.state()
    await house.app.close()
    assert await log.state() is first
