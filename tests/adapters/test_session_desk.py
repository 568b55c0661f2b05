"""Sessions as pages ask for them, on a real database."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from phiward.adapters.session_desk import SessionDesk
from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity.sessions import new_token
from tests.adapters.postgres.console_house import ConsoleHouse, console_house
from tests.postgres import RunningDatabase


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Furnished anew for each test."""
    async with console_house(running) as made:
        yield made


def desk(house: ConsoleHouse) -> SessionDesk:
    """Of this house."""
    return SessionDesk(house.sessions, house.warden, house.people, house.tenant)


async def test_an_unknown_an_ended_and_another_kind_of_session_is_none(house: ConsoleHouse) -> None:
    """And cannot be ended by a page."""
    assert await desk(house).open(Secret(new_token().text.value), activity=True) is None
    session = await house.enter(house.alice)
    house.sql("UPDATE session SET kind = 'application' WHERE id = %s", session.id)
    assert await desk(house).open(session.text, activity=True) is None
    with pytest.raises(NotAuthenticatedError):
        await desk(house).out(session.text, everywhere=False)


async def test_looking_is_activity_only_where_it_says_so(house: ConsoleHouse) -> None:
    """A page that polls keeps nobody signed in."""
    session = await house.enter(house.alice)
    house.sql("UPDATE session SET seen_at = now() - interval '10 minutes' WHERE id = %s", session.id)
    await desk(house).open(session.text, activity=False)
    query = "SELECT seen_at > now() - interval '1 minute' FROM session WHERE id = %s"
    assert house.sql(query, session.id) == [(False,)]
    signed = await desk(house).open(session.text, activity=True)
    assert house.sql(query, session.id) == [(True,)]
    assert signed is not None
    assert (signed.view.name, signed.view.roles, signed.view.minutes) == ("alice", ("physician",), 15)


async def test_one_session_ends_or_all_of_them(house: ConsoleHouse) -> None:
    """As the person says."""
    one, two, three = [await house.enter(house.alice) for _ in range(3)]
    await desk(house).out(one.text, everywhere=False)
    assert await desk(house).open(one.text, activity=False) is None
    assert await desk(house).open(two.text, activity=False) is not None
    await desk(house).out(two.text, everywhere=True)
    assert await desk(house).open(three.text, activity=False) is None
