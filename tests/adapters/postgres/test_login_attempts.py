"""Attempts to log in are kept for one browser and taken once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest_asyncio

from phiward.adapters.postgres.login_attempts import AttemptKind, KeptAttempt, LoginAttempts
from phiward.domain.text import Secret
from phiward.identity.login import Pending, state_digest
from tests.adapters.postgres.organisation import DAY, Organisation, now
from tests.adapters.postgres.session_house import SessionHouse, session_house
from tests.postgres import RunningDatabase

BROWSER = Secret("browser-cookie")


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase) -> AsyncIterator[SessionHouse]:
    """An organisation of its own for each test."""
    async with session_house(db, running) as made:
        yield made


async def remembered(house: SessionHouse, session: UUID | None = None) -> tuple[LoginAttempts, Secret, KeptAttempt]:
    """An attempt that ends in ten minutes."""
    state = Secret(f"state-{house.administration.new_id()}")
    pending = Pending(state_digest(state), Secret("nonce"), Secret("verifier"), now() + timedelta(minutes=10))
    kept = KeptAttempt(pending, AttemptKind.STEP_UP if session else AttemptKind.LOGIN, "/chart", session)
    attempts = LoginAttempts(house.administration.database)
    await attempts.remember(house.tenant, kept, BROWSER)
    return attempts, state, kept


async def test_another_browser_cannot_finish_it_and_then_nobody_can(house: SessionHouse) -> None:
    """A state that another browser shows has leaked."""
    attempts, state, _ = await remembered(house)
    assert await attempts.take(house.tenant, state, Secret("another")) is None
    assert await attempts.take(house.tenant, state, BROWSER) is None


async def test_an_unknown_state_another_organisations_and_an_old_one_are_nothing(house: SessionHouse, db: Any) -> None:
    """All alike."""
    attempts, state, _ = await remembered(house)
    assert await attempts.take(house.tenant, Secret("' OR true --"), BROWSER) is None
    assert await attempts.take((await Organisation.found(db)).tenant, state, BROWSER) is None
    house.as_admin("UPDATE login_attempt SET expires_at = now() WHERE tenant = %s", house.tenant)
    assert await attempts.take(house.tenant, state, BROWSER) is None


async def test_an_attempt_comes_back_as_it_was_kept_and_only_once(house: SessionHouse) -> None:
    """Also when it is asked for several times in the same moment."""
    session = await house.begin()
    attempts, state, kept = await remembered(house, session.id)
    taken = await asyncio.gather(*(attempts.take(house.tenant, state, BROWSER) for _ in range(6)))
    assert [one for one in taken if one is not None] == [kept]
    assert await attempts.take(house.tenant, state, BROWSER) is None


async def test_neither_state_nor_cookie_is_stored(house: SessionHouse) -> None:
    """Their digests are."""
    _, state, _ = await remembered(house)
    (row,) = house.as_admin("SELECT a::text FROM login_attempt a WHERE tenant = %s", house.tenant)
    assert state.value not in row[0]
    assert BROWSER.value not in row[0]


async def test_attempts_that_ended_thirty_days_ago_are_swept(house: SessionHouse) -> None:
    """With the sessions."""
    await remembered(house)
    attempts, state, kept = await remembered(house)
    house.as_admin(
        "UPDATE login_attempt SET expires_at = now() - interval '31 days' WHERE tenant = %s AND digest <> %s",
        house.tenant, kept.pending.state_digest,
    )  # fmt: skip
    await house.sessions.sweep(now() + DAY)
    assert (await house.last())["login_attempts"] == 1
    assert await attempts.take(house.tenant, state, BROWSER) == kept
