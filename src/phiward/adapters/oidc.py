"""The client of an OpenID provider: discovery, keys, code exchange, and whether it answers at all.

No redirects, bounded sizes and times; keys are fetched once for all who wait. Nothing that the provider
said, and no token, gets into an error. Refresh tokens are neither asked for nor kept: a session here has
its own end.
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote_plus

import aiohttp

from phiward.domain.errors import IdentityUnavailableError
from phiward.domain.ports import Clock
from phiward.domain.text import Secret
from phiward.identity.claims import Claims, parse_object, refusal
from phiward.identity.login import Asked, Attempt, Client, Pending, SignedIn, begin, verify_id_token
from phiward.identity.provider import Provider, discovery_url, parse_provider
from phiward.identity.provider_keys import ProviderKeys, must_fetch, parse_keys
from phiward.identity.signed import MAX_TOKEN_CHARACTERS, take_apart
from phiward.identity.tokens import AccessToken, TokenRules, verify_access_token

TOTAL_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 5.0
PROBE_SECONDS: Final = 3.0
TRIES: Final = 2
MAX_ANSWER_BYTES: Final = 256 * 1024
METADATA_LIFETIME: Final = timedelta(hours=1)

_TIMEOUT = aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
_PROBE_TIMEOUT = aiohttp.ClientTimeout(total=PROBE_SECONDS)
_UNREACHABLE = "The identity provider cannot be reached."


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    cache_control: str | None


class OidcProvider:
    """One per configured provider and process. Use it from one event loop."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        tokens: TokenRules,
        client: Client,
        clock: Clock,
    ) -> None:
        """`tokens` are the rules for access tokens; `client` is phiward at the provider.

        `session`: without cookies, proxies and environment, as `models.client.open_session` opens one.
        Raises ConfigurationError when the issuer is no address that may be used.
        """
        self._discovery = discovery_url(tokens.issuer)
        self._session, self._tokens, self._client, self._clock = session, tokens, client, clock
        self._lock = asyncio.Lock()
        self._provider: Provider | None = None
        self._provider_until: datetime | None = None
        self._keys: ProviderKeys | None = None
        self._asked_at: datetime | None = None

    async def provider(self) -> Provider:
        """The metadata, at most an hour old. Raises IdentityUnavailableError."""
        async with self._lock:
            return await self._metadata()

    async def begin(self, asked: Asked) -> Attempt:
        """Begin a login or a step-up. Raises IdentityUnavailableError."""
        return begin(await self.provider(), self._client, self._clock(), asked)

    async def finish(self, code: Secret, pending: Pending) -> SignedIn:
        """Exchange the code of `parse_callback` and verify the ID token.

        Raises NotAuthenticatedError when the provider or a check refuses, IdentityUnavailableError when the provider
        cannot be asked. The access token that comes along is compared and dropped.
        """
        provider = await self.provider()
        said = await self._exchange(provider, code, pending)
        token = Secret(said.text_or_none("id_token", MAX_TOKEN_CHARACTERS) or "")
        access = said.text_or_none("access_token", MAX_TOKEN_CHARACTERS)
        rules = TokenRules(
            provider.issuer, self._client.id, self._tokens.algorithms & provider.algorithms, self._tokens.leeway_seconds
        )
        keys = await self._keys_for(token)
        return verify_id_token(
            token, rules, pending.nonce, keys, self._clock(), access_token=None if access is None else Secret(access)
        )

    async def access_token(self, token: Secret) -> AccessToken:
        """Verify an access token. Raises NotAuthenticatedError, and IdentityUnavailableError when there are no keys."""
        return verify_access_token(token, self._tokens, await self._keys_for(token), self._clock())

    async def probe(self) -> bool:
        """Whether the provider answers, with whatever status. False only when two tries reach nobody.

        Never from a cache: the offline factor is valid only while this is False.
        """
        for _ in range(TRIES):
            try:
                async with self._session.get(self._discovery, timeout=_PROBE_TIMEOUT, allow_redirects=False):
                    return True
            except aiohttp.ClientConnectorCertificateError:
                return True  # somebody answers who is not the provider: no reason to open the other door
            except (aiohttp.ClientError, TimeoutError, OSError):
                continue
        return False

    async def _keys_for(self, token: Secret) -> ProviderKeys:
        """The keys to verify a token with, fetched again where the rule says so. Raises IdentityUnavailableError.

        A token that cannot be read is refused before anybody is asked.
        """
        key_id = take_apart(token).key_id
        if not must_fetch(self._keys, key_id, self._asked_at, self._clock()) and self._keys is not None:
            return self._keys
        async with self._lock:
            now = self._clock()
            if must_fetch(self._keys, key_id, self._asked_at, now):
                before, self._asked_at = self._asked_at, now
                try:
                    await self._fetch_keys(now)
                except asyncio.CancelledError:
                    self._asked_at = before  # one client that went away must not keep the others waiting
                    raise
            if self._keys is None:
                raise IdentityUnavailableError(_UNREACHABLE)
            return self._keys

    async def _fetch_keys(self, now: datetime) -> None:
        try:
            answer = await self._ask("GET", (await self._metadata()).jwks_uri)
            if answer.status != 200:
                raise IdentityUnavailableError(_UNREACHABLE)
            self._keys = parse_keys(answer.body, now, answer.cache_control)
        except IdentityUnavailableError:
            if self._keys is None or now >= self._keys.expires_at:
                raise

    async def _metadata(self) -> Provider:
        """Under the lock."""
        now = self._clock()
        if self._provider is None or self._provider_until is None or now >= self._provider_until:
            answer = await self._ask("GET", self._discovery)
            if answer.status != 200:
                raise IdentityUnavailableError("The identity provider does not answer where its metadata should be.")
            self._provider = parse_provider(answer.body, self._tokens.issuer, self._tokens.algorithms)
            self._provider_until = now + METADATA_LIFETIME
        return self._provider

    async def _exchange(self, provider: Provider, code: Secret, pending: Pending) -> Claims:
        form = {
            "grant_type": "authorization_code",
            "code": code.value,
            "redirect_uri": self._client.redirect_uri,
            "code_verifier": pending.verifier.value,
        }
        headers = {"accept": "application/json"}
        if self._client.secret is None:
            form["client_id"] = self._client.id
        elif provider.basic_auth:
            headers["authorization"] = _basic(self._client.id, self._client.secret)
        else:
            raise IdentityUnavailableError("The identity provider does not take a client secret by HTTP Basic.")
        answer = await self._ask("POST", provider.token_endpoint, form, headers)
        if answer.status == 401 or answer.status >= 500:
            raise IdentityUnavailableError("The identity provider refused phiward as a client, or failed.")
        if answer.status != 200:
            raise refusal("the provider did not take the code")
        said = parse_object(answer.body)
        if said.text("token_type").lower() != "bearer":
            raise refusal("the token is of an unknown type")
        return said

    async def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> _Answer:
        for _ in range(TRIES):
            try:
                async with self._session.request(
                    method, url, data=form, headers=headers, timeout=_TIMEOUT, allow_redirects=False
                ) as response:
                    body = await _bounded(response)
                    return _Answer(response.status, body, response.headers.get("cache-control"))
            except aiohttp.ServerDisconnectedError:
                continue  # a kept connection that the provider had closed; a code is taken only once anyway
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
                break
        raise IdentityUnavailableError(_UNREACHABLE)  # outside the handler, so that it is chained to nothing


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises ValueError when it is larger than 256 KiB."""
    body = bytearray()
    async for piece in response.content.iter_chunked(16 * 1024):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise ValueError("too large")
    return bytes(body)


def _basic(client_id: str, secret: Secret) -> str:
    """RFC 6749 section 2.3.1: both are form-encoded before they are joined."""
    joined = f"{quote_plus(client_id)}:{quote_plus(secret.value)}"
    return "Basic " + b64encode(joined.encode()).decode("ascii")
