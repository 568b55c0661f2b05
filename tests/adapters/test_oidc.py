"""The client of an OpenID provider, against a real one: the npm package oidc-provider, on loopback."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from phiward.adapters.models.client import open_session
from phiward.adapters.oidc import OidcProvider
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError, UpstreamError
from phiward.domain.text import Secret
from phiward.identity.login import Asked, Client, SignedIn, parse_callback
from phiward.identity.step_up import StepUpRules, check_step_up
from phiward.identity.tokens import TokenRules
from tests.provider.harness import (
    AUDIENCE,
    CALLBACK,
    SECRET,
    STRONG,
    Browser,
    TestProvider,
    basic,
    delegated_token,
    oidc_provider,
    provider_modules,
    service_token,
)

__all__ = ["oidc_provider", "provider_modules"]

CONSOLE = Client("phiward-console", CALLBACK, secret=Secret(SECRET))
STEP_UP = StepUpRules(frozenset({STRONG}))
STEP_UP_ASKED = Asked(timedelta(0), (STRONG,))


def now() -> datetime:
    """The clock of this machine, which the provider uses too."""
    return datetime.now(UTC)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """As the wiring opens it."""
    async with open_session(5) as made:
        yield made


@pytest.fixture
def ours(session: aiohttp.ClientSession, oidc_provider: TestProvider) -> OidcProvider:
    """phiward at the real provider."""
    return OidcProvider(session, tokens=TokenRules(oidc_provider.issuer, AUDIENCE), client=CONSOLE, clock=now)


async def login(ours: OidcProvider, browser: Browser, asked: Asked, code: str = "", who: str = "alice") -> SignedIn:
    """The whole way of a login."""
    attempt = await ours.begin(asked)
    query = await browser.login(attempt.url, who, code)
    return await ours.finish(parse_callback(query, attempt.pending, await ours.provider(), now()), attempt.pending)


async def token_of_a_person(ours: OidcProvider, browser: Browser, session: aiohttp.ClientSession, scope: str) -> Secret:
    """An access token for our audience, as an application of the organisation gets one."""
    attempt = await ours.begin(Asked())
    url = attempt.url.replace("scope=openid+profile+email", f"scope={scope}") + f"&resource={AUDIENCE}"
    code = dict(await browser.login(url, "alice"))["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": attempt.pending.verifier.value,
    }
    token_endpoint = (await ours.provider()).token_endpoint
    async with session.post(token_endpoint, data=form, headers=basic(CONSOLE.id, SECRET)) as answer:
        return Secret((await answer.json())["access_token"])


async def test_an_id_token_of_a_plain_login_is_no_step_up(ours: OidcProvider) -> None:
    """Without max_age the real provider says neither when nor how."""
    async with Browser() as browser:
        began = now()
        signed_in = await login(ours, browser, Asked(), code="123456")
    assert (signed_in.subject, signed_in.auth_time, signed_in.acr) == ("alice", None, None)
    with pytest.raises(NotPermittedError) as error:
        check_step_up(signed_in.auth_time, signed_in.acr, began, now(), STEP_UP)
    assert error.value.rule == "step_up"


async def test_max_age_makes_a_person_log_in_again(ours: OidcProvider) -> None:
    """A second login passes silently; a step-up shows the form, and its token says when and how."""
    async with Browser() as browser:
        await login(ours, browser, Asked(), code="123456")
        await login(ours, browser, Asked())
        assert browser.forms_seen == 1
        began = now()
        signed_in = await login(ours, browser, STEP_UP_ASKED, code="123456")
        assert browser.forms_seen == 2
    check_step_up(signed_in.auth_time, signed_in.acr, began, now(), STEP_UP)


async def test_a_step_up_without_the_second_factor_is_refused(ours: OidcProvider) -> None:
    """Fresh is not enough."""
    async with Browser() as browser:
        began = now()
        signed_in = await login(ours, browser, STEP_UP_ASKED)
    assert signed_in.auth_time is not None
    with pytest.raises(NotPermittedError, match="not strong enough"):
        check_step_up(signed_in.auth_time, signed_in.acr, began, now(), STEP_UP)


async def test_a_silent_step_up_is_refused_by_the_provider_and_named(ours: OidcProvider) -> None:
    """prompt=none with a login that is too old."""
    async with Browser() as browser:
        await login(ours, browser, Asked())
        with pytest.raises(NotAuthenticatedError) as error:
            await login(ours, browser, Asked(timedelta(0), prompt="none"))
    assert error.value.rule == "provider_login_required"


async def test_nobody_the_provider_does_not_know_logs_in(ours: OidcProvider) -> None:
    """The browser comes back with an error."""
    async with Browser() as browser:
        with pytest.raises(NotAuthenticatedError) as error:
            await login(ours, browser, Asked(), who="mallory")
    assert error.value.rule == "provider_access_denied"


async def test_a_code_works_once_and_only_with_its_verifier(ours: OidcProvider) -> None:
    """PKCE: whoever steals a code lacks the verifier."""
    async with Browser() as browser:
        first, second = await ours.begin(Asked()), await ours.begin(Asked())
        stolen = dict(await browser.login(first.url, "alice"))["code"]
        with pytest.raises(NotAuthenticatedError):
            await ours.finish(Secret(stolen), second.pending)
        code = Secret(dict(await browser.login(second.url, "alice"))["code"])
        assert (await ours.finish(code, second.pending)).subject == "alice"
        with pytest.raises(NotAuthenticatedError):
            await ours.finish(code, second.pending)


async def test_a_login_says_who_it_is(ours: OidcProvider, oidc_provider: TestProvider) -> None:
    """Subject, name and address, from the ID token alone."""
    async with Browser() as browser:
        signed_in = await login(ours, browser, Asked(), who="bob")
    assert (signed_in.issuer, signed_in.subject) == (oidc_provider.issuer, "bob")
    assert (signed_in.name, signed_in.email) == ("Bob Invented", "bob@clinic.example")
    assert signed_in.amr == {"pwd"}


async def test_a_public_client_logs_in_without_a_secret(
    session: aiohttp.ClientSession, oidc_provider: TestProvider
) -> None:
    """By PKCE alone."""
    client = Client("phiward-public", CALLBACK)
    ours = OidcProvider(session, tokens=TokenRules(oidc_provider.issuer, AUDIENCE), client=client, clock=now)
    async with Browser() as browser:
        assert (await login(ours, browser, Asked())).subject == "alice"


async def test_a_wrong_secret_is_our_failure_and_not_the_persons(
    session: aiohttp.ClientSession, oidc_provider: TestProvider
) -> None:
    """So that somebody looks at the settings."""
    client = Client("phiward-console", CALLBACK, secret=Secret("wrong"))
    ours = OidcProvider(session, tokens=TokenRules(oidc_provider.issuer, AUDIENCE), client=client, clock=now)
    async with Browser() as browser:
        with pytest.raises(UpstreamError, match="refused phiward as a client"):
            await login(ours, browser, Asked())


async def test_a_token_of_a_service_alone_is_verified_and_marked(
    ours: OidcProvider, session: aiohttp.ClientSession, oidc_provider: TestProvider
) -> None:
    """Client credentials: nobody stands behind it."""
    found = await ours.access_token(Secret(await service_token(oidc_provider)))
    assert (found.subject, found.client_id, found.of_service) == ("phiward-service", "phiward-service", True)
    assert found.scopes == {"system/*.rs"}


async def test_a_token_for_another_audience_is_refused(
    ours: OidcProvider, session: aiohttp.ClientSession, oidc_provider: TestProvider
) -> None:
    """The same provider, the same client, another service."""
    token = await service_token(oidc_provider, "https://other.example")
    with pytest.raises(NotAuthenticatedError) as error:
        await ours.access_token(Secret(token))
    assert error.value.__notes__ == ["aud is somebody else"]


async def test_a_service_acts_on_behalf_of_a_person_by_token_exchange(
    ours: OidcProvider, session: aiohttp.ClientSession, oidc_provider: TestProvider
) -> None:
    """RFC 8693: the subject stays the person, the service is the actor; a SMART patient comes along."""
    async with Browser() as browser:
        token = await token_of_a_person(ours, browser, session, "openid+patient%2F*.rs+launch%2Fpatient")
    person = await ours.access_token(token)
    assert (person.subject, person.actor, person.of_service, person.patient) == ("alice", None, False, "pat-1")
    delegated = await ours.access_token(Secret(await delegated_token(oidc_provider, token.value)))
    assert (delegated.subject, delegated.actor, delegated.of_service) == ("alice", "phiward-service", False)


async def test_an_id_token_of_the_real_provider_is_no_access_token(
    ours: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed by the right key, and refused by its type."""
    seen: list[Secret] = []
    fetch = ours._keys_for

    async def watched(token: Secret) -> object:
        seen.append(token)
        return await fetch(token)

    monkeypatch.setattr(ours, "_keys_for", watched)
    async with Browser() as browser:
        await login(ours, browser, Asked())
    with pytest.raises(NotAuthenticatedError) as error:
        await ours.access_token(seen[0])
    assert error.value.__notes__ == ["typ is not that of an access token"]


async def test_rotated_keys_are_found_and_withdrawn_ones_forgotten(
    session: aiohttp.ClientSession, oidc_provider: TestProvider
) -> None:
    """A new key id makes us ask again, half a minute after the last time; a token of the old key then fails."""
    ahead = timedelta(0)
    rules = TokenRules(oidc_provider.issuer, AUDIENCE)
    ours = OidcProvider(session, tokens=rules, client=CONSOLE, clock=lambda: now() + ahead)
    old = Secret(await service_token(oidc_provider))
    assert (await ours.access_token(old)).of_service
    oidc_provider.restart()
    new = Secret(await service_token(oidc_provider))
    with pytest.raises(NotAuthenticatedError):
        await ours.access_token(new)
    ahead = timedelta(seconds=31)
    assert (await ours.access_token(new)).of_service
    with pytest.raises(NotAuthenticatedError):
        await ours.access_token(old)


async def test_other_algorithms_of_the_real_provider_verify(
    session: aiohttp.ClientSession, provider_modules: object
) -> None:
    """EdDSA and ES256, for both kinds of token."""
    for alg in ("EdDSA", "ES256"):
        other = TestProvider(provider_modules, alg)  # type: ignore[arg-type]
        try:
            other.start()
            ours = OidcProvider(session, tokens=TokenRules(other.issuer, AUDIENCE), client=CONSOLE, clock=now)
            assert (await ours.access_token(Secret(await service_token(other)))).of_service
            if alg == "ES256":
                async with Browser() as browser:
                    assert (await login(ours, browser, Asked())).subject == "alice"
        finally:
            other.stop()


async def test_the_probe_is_false_only_while_the_provider_is_gone(
    ours: OidcProvider, session: aiohttp.ClientSession, oidc_provider: TestProvider
) -> None:
    """And what was verified before still is, until the keys expire."""
    token = Secret(await service_token(oidc_provider))
    assert await ours.probe()
    assert (await ours.access_token(token)).of_service
    oidc_provider.stop()
    assert not await ours.probe()
    assert (await ours.access_token(token)).of_service
    oidc_provider.start()
    assert await ours.probe()
