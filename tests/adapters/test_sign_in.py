"""Signing in with the real identity provider and a real database."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.domain.errors import NotAuthenticatedError, NotPermittedError
from phiward.domain.people import CredentialKind, PersonId, Role
from phiward.domain.text import Secret
from phiward.identity.sessions import LimitBook, SessionLimits
from tests.adapters.access_world import AccessWorld, access_world
from tests.postgres import RunningDatabase
from tests.provider.harness import Browser, TestProvider, oidc_provider, provider_modules

__all__ = ["oidc_provider", "provider_modules"]
TIGHT = LimitBook(by_role={Role.PHYSICIAN: SessionLimits(timedelta(minutes=3), timedelta(hours=1))})


@pytest_asyncio.fixture
async def world(running: RunningDatabase, oidc_provider: TestProvider) -> AsyncIterator[AccessWorld]:
    """Furnished anew for each test."""
    async with access_world(running, oidc_provider, TIGHT) as made:
        yield made


async def enter(world: AccessWorld, browser: Browser, login: str = "alice") -> Secret:
    """The whole way in."""
    leap = await world.sign_in.begin("/queue")
    entered = await world.sign_in.finish(await browser.login(leap.url, login), leap.browser)
    assert entered.return_to == "/queue"
    return entered.token


async def step_up(world: AccessWorld, browser: Browser, token: Secret, login: str, code: str) -> Secret:
    """The whole way of a step-up."""
    leap = await world.sign_in.step_up(token, "/")
    return (await world.sign_in.finish(await browser.login(leap.url, login, code), leap.browser)).token


async def test_somebody_whom_nobody_here_is_linked_to_does_not_enter(world: AccessWorld) -> None:
    """The provider knows Bob; this organisation no longer does."""
    world.sql("UPDATE person SET issuer = NULL, subject = NULL WHERE id = %s", world.bob)
    async with Browser() as browser:
        with pytest.raises(NotAuthenticatedError, match="Nobody here"):
            await enter(world, browser, "bob")
    assert world.sql("SELECT count(*) FROM session WHERE tenant = %s", world.tenant) == [(0,)]


async def test_a_deactivated_person_does_not_enter(world: AccessWorld) -> None:
    """Although the provider lets her in."""
    world.sql("UPDATE person SET active = false WHERE id = %s", world.alice)
    async with Browser() as browser:
        with pytest.raises(NotAuthenticatedError):
            await enter(world, browser)


async def test_an_attempt_is_finished_once_and_in_the_browser_that_began_it(world: AccessWorld) -> None:
    """A second time, and another browser's cookie, are refused."""
    async with Browser() as browser:
        leap = await world.sign_in.begin("/")
        query = await browser.login(leap.url, "alice")
        with pytest.raises(NotAuthenticatedError):
            await world.sign_in.finish(query, Secret("another browser's cookie"))
        with pytest.raises(NotAuthenticatedError):
            await world.sign_in.finish(query, leap.browser)


async def test_a_login_makes_a_session_within_the_limits_of_the_roles(world: AccessWorld) -> None:
    """Three minutes idle and an hour in all, because a physician has those here."""
    async with Browser() as browser:
        token = await enter(world, browser)
    opened = await world.people.caller(token, "mrn-1")
    assert opened is not None
    assert opened.patient is not None
    caller = opened.caller
    assert (caller.person, caller.kind, caller.idle_seconds) == (world.alice, CredentialKind.BROWSER, 180)
    signed = await world.desk.open(token, activity=False)
    assert signed is not None
    view = signed.view
    assert (view.name, view.roles, view.minutes) == ("Alice Invented", ("physician",), 3)
    assert view.ends_at - view.since == timedelta(hours=1)
    assert "session.began" in world.actions()


async def test_looking_at_the_session_keeps_nobody_signed_in(world: AccessWorld) -> None:
    """Polling is no activity; asking is."""
    async with Browser() as browser:
        token = await enter(world, browser)
    world.sql("UPDATE session SET seen_at = now() - interval '2 minutes' WHERE tenant = %s", world.tenant)
    aged = "SELECT now() - seen_at > interval '1 minute' FROM session WHERE tenant = %s"
    for _ in range(3):
        assert await world.desk.open(token, activity=False) is not None
    assert world.sql(aged, world.tenant) == [(True,)]
    assert await world.people.caller(token, None) is not None
    assert world.sql(aged, world.tenant) == [(False,)]
    world.sql("UPDATE session SET seen_at = now() - interval '3 minutes' WHERE tenant = %s", world.tenant)
    assert await world.people.caller(token, None) is None
    assert await world.desk.open(token, activity=False) is None


@pytest.mark.parametrize(
    ("login", "code", "reason"),
    [("alice", "", "the login was not strong enough"), ("bob", "123456", "somebody else signed in")],
)
async def test_a_step_up_that_is_none_changes_nothing(world: AccessWorld, login: str, code: str, reason: str) -> None:
    """And the session goes on as it was."""
    async with Browser() as browser, Browser() as elsewhere:
        token = await enter(world, browser)
        with pytest.raises(NotPermittedError) as caught:
            await step_up(world, browser if login == "alice" else elsewhere, token, login, code)
    assert caught.value.rule == "step_up", reason
    opened = await world.people.caller(token, None)
    assert opened is not None
    assert opened.caller.acr != "urn:phiward:test:strong"


async def test_a_step_up_asks_again_and_changes_the_token(world: AccessWorld) -> None:
    """The old token is dead at once; the end of the session does not move."""
    async with Browser() as browser:
        token = await enter(world, browser)
        before = await world.people.caller(token, None)
        forms = browser.forms_seen
        new = await step_up(world, browser, token, "alice", "123456")
        assert browser.forms_seen == forms + 1
    assert await world.people.caller(token, None) is None
    after = await world.people.caller(new, None)
    assert before is not None
    assert after is not None
    assert after.caller.credential_id == before.caller.credential_id
    assert after.caller.expires_at == before.caller.expires_at
    assert after.caller.acr == "urn:phiward:test:strong"
    assert after.caller.auth_time is not None


async def test_signing_out_ends_this_session_or_all(world: AccessWorld) -> None:
    """From the next request on."""
    async with Browser() as one, Browser() as other:
        first, second = await enter(world, one), await enter(world, other)
    third = await enter_again(world)
    await world.desk.out(first, everywhere=False)
    assert [await world.people.caller(token, None) is None for token in (first, second, third)] == [True, False, False]
    await world.desk.out(second, everywhere=True)
    assert await world.people.caller(third, None) is None
    with pytest.raises(NotAuthenticatedError):
        await world.desk.out(second, everywhere=True)


async def enter_again(world: AccessWorld) -> Secret:
    """In a third browser."""
    async with Browser() as browser:
        return await enter(world, browser)


async def test_another_credential_is_no_browser_session(world: AccessWorld) -> None:
    """A key signs nobody in to pages."""
    assert await world.desk.open(Secret(f"phs_{uuid4().hex}"), activity=False) is None
    with pytest.raises(NotAuthenticatedError):
        await world.sign_in.step_up(Secret(f"phs_{uuid4().hex}"), "/")


async def test_an_offline_code_is_refused_while_the_provider_answers_and_counts_when_it_does_not(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """The session then says by what it was confirmed; it is the same session under a new token."""
    codes = await world.sign_in.codes.enrol(world.tenant, PersonId(world.alice))
    async with Browser() as browser:
        token = await enter(world, browser)
    with pytest.raises(NotPermittedError) as caught:
        await world.sign_in.offline(token, codes[0])
    assert caught.value.rule == "offline_online"
    oidc_provider.stop()
    try:
        new = await world.sign_in.offline(token, codes[0])
    finally:
        oidc_provider.start()
    assert await world.people.caller(token, None) is None
    opened = await world.people.caller(new, None)
    assert opened is not None
    assert opened.caller.acr == "phiward:offline"
