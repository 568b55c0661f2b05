"""The client of an OpenID provider, against one that fails, lies and is silent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from phiward.adapters.models.client import open_session
from phiward.adapters.oidc import OidcProvider
from phiward.domain.errors import ConfigurationError, NotAuthenticatedError, UpstreamError
from phiward.domain.text import Secret
from phiward.identity.login import Asked, Client
from phiward.identity.tokens import TokenRules
from tests.provider.misbehaving import WELL_KNOWN, Misbehaving, Told, misbehaving
from tests.rooms.identity.minting import AUDIENCE, NOW, access_claims, mint, public, signing_keys

CONSOLE = Client("phiward-console", "http://127.0.0.1:9/oidc/callback", secret=Secret("an invented secret"))
KEYS_SAID = public(*{id(key): key for key in signing_keys().values()}.values())
CLOCK = [NOW]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """As the wiring opens it."""
    async with open_session(5) as made:
        yield made


@pytest.fixture
async def bad() -> AsyncIterator[Misbehaving]:
    """A provider that does as it is told, and publishes the keys of `minting`."""
    async with misbehaving() as made:
        made.answers["/jwks"] = Told(body=KEYS_SAID)
        CLOCK[0] = NOW
        yield made


@pytest.fixture
def asking(session: aiohttp.ClientSession, bad: Misbehaving) -> OidcProvider:
    """phiward at that provider, with a clock that the test moves."""
    return OidcProvider(session, tokens=TokenRules(bad.issuer, AUDIENCE), client=CONSOLE, clock=lambda: CLOCK[0])


def token_of(bad: Misbehaving, **header: object) -> Secret:
    """A good access token of that provider."""
    return mint(access_claims(iss=bad.issuer), **header)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param(WELL_KNOWN, Told(404), id="no metadata"),
        pytest.param(WELL_KNOWN, Told(500, b"Alice Invented"), id="a failure"),
        pytest.param(WELL_KNOWN, Told(302, b"", {"location": "/elsewhere"}), id="a redirect, which is not followed"),
        pytest.param(WELL_KNOWN, Told(body=b"Alice Invented"), id="no JSON"),
        pytest.param(WELL_KNOWN, Told(body=b'{"issuer": "https://evil.example"}'), id="another issuer"),
        pytest.param(WELL_KNOWN, Told(body=b"x" * 300_000), id="metadata without end"),
        pytest.param(WELL_KNOWN, Told(headers={"content-encoding": "gzip"}), id="bytes that are not what they say"),
        pytest.param("/jwks", Told(404), id="no keys"),
        pytest.param("/jwks", Told(302, b"", {"location": "/elsewhere"}), id="keys elsewhere"),
        pytest.param("/jwks", Told(body=b'{"keys": []}'), id="an empty key set"),
        pytest.param("/jwks", Told(body=KEYS_SAID + b" " * 300_000), id="good keys, and spaces without end"),
    ],
)
async def test_a_provider_that_answers_nonsense_opens_nothing(
    asking: OidcProvider, bad: Misbehaving, path: str, told: Told
) -> None:
    """A failure of its own kind, chained to nothing, that repeats nothing."""
    bad.answers[path] = told
    with pytest.raises(UpstreamError) as error:
        await asking.access_token(token_of(bad))
    assert "Alice" not in str(error.value)
    assert error.value.__cause__ is None
    assert bad.asked["/elsewhere"] == 0
    assert await asking.probe()


async def test_a_silent_provider_is_given_up(
    asking: OidcProvider, bad: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the time limit; and a silent one counts as gone."""
    monkeypatch.setattr("phiward.adapters.oidc._TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    monkeypatch.setattr("phiward.adapters.oidc._PROBE_TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    bad.answers[WELL_KNOWN] = Told(body=None)
    with pytest.raises(UpstreamError):
        await asking.provider()
    assert not await asking.probe()
    assert bad.asked[WELL_KNOWN] == 3


async def test_strangers_cannot_make_us_ask_the_provider_again_and_again(
    asking: OidcProvider, bad: Misbehaving
) -> None:
    """A token that cannot be read asks for nothing, unknown key ids at most once in half a minute."""
    for text in ("", "x", "a.b.c"):
        with pytest.raises(NotAuthenticatedError):
            await asking.access_token(Secret(text))
    assert bad.asked == {}
    for number in range(20):
        with pytest.raises(NotAuthenticatedError):
            await asking.access_token(token_of(bad, kid=f"unknown-{number}"))
    assert (bad.asked[WELL_KNOWN], bad.asked["/jwks"]) == (1, 1)
    CLOCK[0] = NOW + timedelta(seconds=30)
    with pytest.raises(NotAuthenticatedError):
        await asking.access_token(token_of(bad, kid="unknown"))
    assert bad.asked["/jwks"] == 2


async def test_many_at_once_fetch_the_keys_once(asking: OidcProvider, bad: Misbehaving) -> None:
    """A storm of logins in the morning."""
    found = await asyncio.gather(*(asking.access_token(token_of(bad)) for _ in range(50)))
    assert {one.subject for one in found} == {"alice"}
    assert (bad.asked[WELL_KNOWN], bad.asked["/jwks"]) == (1, 1)


async def test_one_who_goes_away_while_keys_are_fetched_does_not_lock_out_the_others(
    asking: OidcProvider, bad: Misbehaving
) -> None:
    """The half minute counts only when the provider was really asked."""
    bad.answers["/jwks"] = Told(body=None)
    gone = asyncio.ensure_future(asking.access_token(token_of(bad)))
    await bad.waiting.wait()
    gone.cancel()
    await asyncio.wait([gone])
    bad.answers["/jwks"] = Told(body=KEYS_SAID)
    assert (await asking.access_token(token_of(bad))).subject == "alice"


async def test_expired_keys_verify_nothing_while_the_provider_is_down(asking: OidcProvider, bad: Misbehaving) -> None:
    """In force they do; past their end the failure is named, and asked about again half a minute later."""
    bad.answers["/jwks"].headers["cache-control"] = "max-age=300"
    assert await asking.access_token(token_of(bad))
    bad.answers["/jwks"] = Told(503)
    CLOCK[0] = NOW + timedelta(seconds=299)
    assert await asking.access_token(token_of(bad))
    CLOCK[0] = NOW + timedelta(seconds=300)
    with pytest.raises(UpstreamError):
        await asking.access_token(token_of(bad))
    with pytest.raises(NotAuthenticatedError) as error:
        await asking.access_token(token_of(bad))
    assert error.value.rule == "provider_keys_expired"
    bad.answers["/jwks"] = Told(body=KEYS_SAID)
    CLOCK[0] = NOW + timedelta(seconds=330)
    assert await asking.access_token(token_of(bad))


EXCHANGES = [
    (Told(400, b'{"error": "invalid_grant"}'), NotAuthenticatedError, "a code that is not taken"),
    (Told(401, b'{"error": "invalid_client"}'), UpstreamError, "a client that is not known"),
    (Told(500), UpstreamError, "a failure"),
    (Told(302, b"", {"location": "/elsewhere"}), NotAuthenticatedError, "a redirect, which would carry the code on"),
    (Told(body=b"no JSON"), NotAuthenticatedError, "no JSON"),
    (Told(body=b'{"token_type": "Bearer"}'), NotAuthenticatedError, "no ID token"),
    (Told(body=b'{"token_type": "mac", "id_token": "a.b.c"}'), NotAuthenticatedError, "another type of token"),
    (Told(body=b'{"token_type": "Bearer", "id_token": "a.b.c"}'), NotAuthenticatedError, "an ID token that is none"),
]


@pytest.mark.parametrize(("told", "kind", "reason"), EXCHANGES, ids=[reason for *_, reason in EXCHANGES])
async def test_an_exchange_that_fails_signs_nobody_in(
    asking: OidcProvider, bad: Misbehaving, told: Told, kind: type[Exception], reason: str
) -> None:
    """The person's failure and ours are told apart; the code goes to one address only."""
    attempt = await asking.begin(Asked())
    bad.answers["/token"] = told
    with pytest.raises(kind):
        await asking.finish(Secret("a-code"), attempt.pending)
    assert bad.asked["/elsewhere"] == 0
    (form,) = bad.forms
    assert form["code_verifier"] == attempt.pending.verifier.value
    assert "client_secret" not in form


async def test_a_connection_that_the_provider_closed_is_tried_once_more(asking: OidcProvider, bad: Misbehaving) -> None:
    """Connections are kept between logins; a provider may close them at any time."""
    attempt = await asking.begin(Asked())
    bad.answers["/token"] = Told(400)
    bad.drops = 1
    with pytest.raises(NotAuthenticatedError):
        await asking.finish(Secret("a-code"), attempt.pending)
    assert bad.asked["/token"] == 2
    bad.drops = 9
    with pytest.raises(UpstreamError):
        await asking.finish(Secret("a-code"), attempt.pending)
    assert bad.asked["/token"] == 4


async def test_a_secret_is_shown_by_http_basic_or_not_at_all(asking: OidcProvider, bad: Misbehaving) -> None:
    """Never in the form."""
    bad.answers[WELL_KNOWN] = bad.metadata(token_endpoint_auth_methods_supported=["client_secret_post"])
    attempt = await asking.begin(Asked())
    with pytest.raises(UpstreamError, match="HTTP Basic"):
        await asking.finish(Secret("a-code"), attempt.pending)
    assert bad.forms == []


async def test_an_issuer_that_cannot_be_trusted_is_refused_at_the_start(session: aiohttp.ClientSession) -> None:
    """Plain http beyond loopback."""
    with pytest.raises(ConfigurationError):
        OidcProvider(session, tokens=TokenRules("http://x.example", AUDIENCE), client=CONSOLE, clock=lambda: NOW)
