"""Drafts on a real database: what is not kept or given, then what is."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from phiward.adapters.postgres.drafts import KEPT, MOST_BYTES, PostgresDrafts
from phiward.domain.errors import InvalidRequestError, VaultError
from phiward.domain.text import Secret
from phiward.identity.sessions import new_token
from tests.adapters.postgres.console_house import ConsoleHouse, console_house
from tests.postgres import RunningDatabase

PLACE, TYPED = "/ask/1", {"question": "An invented question"}


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[ConsoleHouse]:
    """Furnished anew for each test."""
    async with console_house(running) as made:
        yield made


def drafts(house: ConsoleHouse) -> PostgresDrafts:
    """Of this house."""
    return PostgresDrafts(house.warden, house.vault, house.tenant, house.clock)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE session SET revoked_at = now(), ended_because = 'administrator'", "somebody ended it"),
        ("UPDATE person SET active = false", "the person was sent away"),
        ("UPDATE session SET seen_at = now() - interval '2 days', created_at = now() - interval '2 days'", "long over"),
        ("UPDATE session SET kind = 'application'", "no browser's"),
    ],
)
async def test_whoever_may_not_leave_a_draft_leaves_none(house: ConsoleHouse, statement: str, reason: str) -> None:
    """Nothing is stored."""
    session = await house.enter(house.alice)
    house.sql(f"{statement} WHERE tenant = '{house.tenant}'")
    assert await drafts(house).keep(session.text, PLACE, TYPED) is None, reason
    assert house.sql("SELECT count(*) FROM draft WHERE tenant = %s", house.tenant) == [(0,)]


async def test_an_unknown_token_and_a_text_without_end_leave_none(house: ConsoleHouse) -> None:
    """Not even for somebody."""
    assert await drafts(house).keep(Secret(new_token().text.value), PLACE, TYPED) is None
    session = await house.enter(house.alice)
    with pytest.raises(InvalidRequestError):
        await drafts(house).keep(session.text, PLACE, {"question": "x" * MOST_BYTES})


async def test_a_session_that_ended_by_time_leaves_its_draft_to_the_same_person_alone(house: ConsoleHouse) -> None:
    """Sealed; under no other place, and not for bob."""
    session, bob = await house.enter(house.alice), await house.caller(await house.enter(house.bob))
    alice = await house.caller(session)
    house.sql("UPDATE session SET seen_at = now() - interval '16 minutes' WHERE id = %s", session.id)
    assert await drafts(house).keep(session.text, PLACE, TYPED) is not None
    ((sealed,),) = house.sql("SELECT sealed FROM draft WHERE tenant = %s", house.tenant)
    assert b"invented" not in bytes(sealed)
    assert await drafts(house).find(alice, PLACE) == TYPED
    assert await drafts(house).find(alice, "/ask/2") == {}
    assert await drafts(house).find(bob, PLACE) == {}


async def test_a_draft_moved_to_another_person_does_not_open(house: ConsoleHouse) -> None:
    """It is bound to her in its seal, not only by a column."""
    session, bob = await house.enter(house.alice), await house.caller(await house.enter(house.bob))
    await drafts(house).keep(session.text, PLACE, TYPED)
    house.sql("UPDATE draft SET person = %s WHERE tenant = %s", house.bob, house.tenant)
    with pytest.raises(VaultError):
        await drafts(house).find(bob, PLACE)


async def test_a_draft_is_replaced_forgotten_emptied_and_swept(house: ConsoleHouse) -> None:
    """One for each place, for a day."""
    session = await house.enter(house.alice)
    alice, kept = await house.caller(session), drafts(house)
    await kept.keep(session.text, PLACE, TYPED)
    await kept.keep(session.text, PLACE, {"question": "Another"})
    assert await kept.find(alice, PLACE) == {"question": "Another"}
    await kept.forget(alice, PLACE)
    assert await kept.find(alice, PLACE) == {}
    await kept.keep(session.text, PLACE, TYPED)
    await kept.keep(session.text, PLACE, {})
    assert await kept.find(alice, PLACE) == {}
    await kept.keep(session.text, PLACE, TYPED)
    house.moved = KEPT + timedelta(minutes=1)
    assert await kept.find(alice, PLACE) == {}
    assert await kept.sweep() == 1
