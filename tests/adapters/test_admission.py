"""Access tokens of the real identity provider at the door, and their exchange for session tokens."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
import pytest_asyncio

from phiward.domain.errors import NotAuthenticatedError, NotPermittedError, PatientNotFoundError
from phiward.domain.people import CredentialKind
from phiward.domain.text import Secret
from phiward.identity.keys import issue
from tests.adapters.access_world import AccessWorld, access_world, now
from tests.postgres import RunningDatabase
from tests.provider.harness import (
    AUDIENCE,
    CALLBACK,
    SECRET,
    Browser,
    TestProvider,
    basic,
    delegated_token,
    oidc_provider,
    provider_modules,
    service_token,
)

__all__ = ["oidc_provider", "provider_modules"]


@pytest_asyncio.fixture
async def world(running: RunningDatabase, oidc_provider: TestProvider) -> AsyncIterator[AccessWorld]:
    """Furnished anew for each test."""
    async with access_world(running, oidc_provider) as made:
        yield made


async def persons_token(oidc: TestProvider, login: str = "alice", scope: str = "openid user/*.rs") -> Secret:
    """An access token of a person for our API, by the code flow of an application."""
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
    query = {
        "client_id": "phiward-console", "response_type": "code", "redirect_uri": CALLBACK, "scope": scope,
        "code_challenge": challenge, "code_challenge_method": "S256", "resource": AUDIENCE, "state": "s" * 20,
    }  # fmt: skip
    url = f"{oidc.issuer}/auth?" + "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in query.items())
    async with Browser() as browser:
        code = dict(await browser.login(url, login))["code"]
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "resource": AUDIENCE,
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    }  # fmt: skip
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{oidc.issuer}/token", data=form, headers=basic("phiward-console", SECRET)) as answer,
    ):
        said = await answer.json()
        assert answer.status == 200, said
        return Secret(said["access_token"])


async def test_a_service_alone_is_refused(world: AccessWorld, oidc_provider: TestProvider) -> None:
    """It has no person; nothing is stored."""
    world.add_service("phiward-service")
    with pytest.raises(NotPermittedError) as caught:
        await world.admission.admit(Secret(await service_token(oidc_provider)))
    assert caught.value.rule == "service_alone"
    assert world.sql("SELECT count(*) FROM session WHERE tenant = %s", world.tenant) == [(0,)]


async def test_without_a_provider_no_token_is_let_in(world: AccessWorld, oidc_provider: TestProvider) -> None:
    """Personal keys go on working."""
    world.admission.provider = None
    with pytest.raises(NotAuthenticatedError):
        await world.admission.admit(await persons_token(oidc_provider))
    await world.admission.admit(issue(now(), timedelta(days=1)).text)


async def test_a_person_who_is_not_here_or_inactive_is_refused(world: AccessWorld, oidc_provider: TestProvider) -> None:
    """The same words as for a wrong token."""
    token = await persons_token(oidc_provider)
    world.sql("UPDATE person SET active = false WHERE id = %s", world.alice)
    with pytest.raises(NotAuthenticatedError):
        await world.admission.admit(token)


async def test_a_token_stands_for_a_session_from_its_first_use_on(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """One session, however often it is shown, with the limits of a session and the token's own end."""
    token = await persons_token(oidc_provider)
    assert await world.people.caller(token, None) is None
    for _ in range(3):
        await world.admission.admit(token)
    opened = await world.people.caller(token, "mrn-1")
    assert opened is not None
    assert opened.patient is not None
    assert (opened.caller.person, opened.caller.kind) == (world.alice, CredentialKind.ACCESS_TOKEN)
    assert opened.caller.idle_seconds == 900
    assert opened.caller.expires_at <= now() + timedelta(seconds=300)
    assert world.actions().count("session.began") == 1


async def test_two_tokens_that_share_a_long_beginning_share_nothing(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """A cache keyed by a part of the token let strangers in elsewhere (CVE-2026-35030)."""
    token = await persons_token(oidc_provider)
    await world.admission.admit(token)
    other = Secret(token.value[:-8] + ("A" * 8 if token.value[-8:] != "A" * 8 else "B" * 8))
    with pytest.raises(NotAuthenticatedError):
        await world.admission.admit(other)
    assert await world.people.caller(other, None) is None


async def test_a_session_that_was_ended_does_not_come_back_with_its_token(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """Revocation and deactivation hold although the token still verifies."""
    token = await persons_token(oidc_provider)
    await world.admission.admit(token)
    await world.sessions.end_all(world.tenant, world.alice)
    assert await world.people.caller(token, None) is None
    world.admission._known.clear()
    with pytest.raises(NotAuthenticatedError):
        await world.admission.admit(token)


async def test_a_launch_binds_the_session_to_its_patient(world: AccessWorld, oidc_provider: TestProvider) -> None:
    """A patient-level scope; another patient of hers is not shown."""
    token = await persons_token(oidc_provider, scope="openid launch/patient patient/*.rs")
    await world.admission.admit(token)
    opened = await world.people.caller(token, None)
    assert opened is not None
    assert opened.caller.bound_patient == world.patient
    assert opened.patient is not None


async def test_a_launch_of_a_patient_who_is_not_here_is_refused(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """Like any unknown patient."""
    world.sql("DELETE FROM patient_handle WHERE tenant = %s", world.tenant)
    with pytest.raises(PatientNotFoundError):
        await world.admission.admit(await persons_token(oidc_provider, scope="openid launch/patient patient/*.rs"))


async def test_a_service_acts_for_a_person_and_is_named(world: AccessWorld, oidc_provider: TestProvider) -> None:
    """By the provider's exchange: the actor must be known here and active."""
    persons = await persons_token(oidc_provider)
    token = Secret(await delegated_token(oidc_provider, persons.value))
    with pytest.raises(NotPermittedError) as caught:
        await world.admission.admit(token)
    assert caught.value.rule == "unknown_service"
    service = world.add_service("phiward-service")
    await world.admission.admit(token)
    opened = await world.people.caller(token, "mrn-1")
    assert opened is not None
    assert (opened.caller.kind, opened.caller.service) == (CredentialKind.DELEGATED, service)
    world.sql("UPDATE service SET active = false WHERE id = %s", service)
    assert await world.people.caller(token, "mrn-1") is None


async def test_our_own_exchange_makes_a_session_token_with_its_limits(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """For an application of the person, and for a service that acts for her; never longer than the tokens."""
    persons = await persons_token(oidc_provider)
    issued = await world.admission.exchange(persons, None)
    assert issued.token.value.startswith("phs_")
    assert issued.seconds <= 300
    opened = await world.people.caller(issued.token, "mrn-1")
    assert opened is not None
    assert opened.caller.kind is CredentialKind.APPLICATION
    service = world.add_service("phiward-service")
    acting = await world.admission.exchange(persons, Secret(await service_token(oidc_provider)))
    opened = await world.people.caller(acting.token, "mrn-1")
    assert opened is not None
    assert (opened.caller.kind, opened.caller.service) == (CredentialKind.DELEGATED, service)


async def test_an_exchange_needs_the_right_tokens(world: AccessWorld, oidc_provider: TestProvider) -> None:
    """A person's for the subject, a service's own for the actor; a session token or key is neither."""
    world.add_service("phiward-service")
    persons, services = await persons_token(oidc_provider), Secret(await service_token(oidc_provider))
    with pytest.raises(NotPermittedError):
        await world.admission.exchange(services, None)
    with pytest.raises(NotPermittedError):
        await world.admission.exchange(persons, persons)
    with pytest.raises(NotAuthenticatedError):
        await world.admission.exchange(issue(now(), timedelta(days=1)).text, None)
    unknown = replace(world.admission, _known=world.admission._known)
    world.sql("UPDATE service SET active = false WHERE tenant = %s", world.tenant)
    with pytest.raises(NotPermittedError):
        await unknown.exchange(persons, services)


async def test_a_token_that_was_logged_out_is_not_exchanged_for_a_new_session(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """Although it still verifies."""
    persons = await persons_token(oidc_provider)
    await world.admission.admit(persons)
    await world.sessions.end_all(world.tenant, world.alice)
    with pytest.raises(NotAuthenticatedError):
        await world.admission.exchange(persons, None)


async def test_logging_out_everywhere_also_ends_a_token_that_was_never_used(
    world: AccessWorld, oidc_provider: TestProvider
) -> None:
    """A later login is let in."""
    persons = await persons_token(oidc_provider)
    await world.sessions.end_all(world.tenant, world.alice)
    with pytest.raises(NotAuthenticatedError):
        await world.admission.admit(persons)
    await asyncio.sleep(1.1)  # tokens are dated by whole seconds
    await world.admission.admit(await persons_token(oidc_provider))
