"""Login through the provider: authorization code flow with PKCE, and the ID token that ends it.

`begin` → the browser goes to `Attempt.url` and comes back → `state_of` finds the attempt that is kept →
`parse_callback` → the code is exchanged (adapters/oidc.py) → `verify_id_token`. Every attempt is used once,
which its keeper sees to. Source: OpenID Connect Core 1.0 section 3.1, RFC 7636, RFC 9207, RFC 9700.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256, sha512
from hmac import compare_digest
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity.claims import REFUSED, Claims, refusal
from phiward.identity.provider import Provider
from phiward.identity.provider_keys import ProviderKeys
from phiward.identity.signed import take_apart, verified
from phiward.identity.tokens import TokenRules, check_issued_for, check_times

ATTEMPT_LIFETIME: Final = timedelta(minutes=10)
RANDOM_BYTES: Final = 32
MAX_CODE_CHARACTERS: Final = 4096

PROVIDER_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: f"provider_{name}"
        for name in ("access_denied", "login_required", "interaction_required", "consent_required",
                     "account_selection_required", "unmet_authentication_requirements", "temporarily_unavailable")
    }
)  # fmt: skip
"""Errors that a provider sends back, and the rule by which a page can tell the person (RFC 6749 section 4.1.2.1)."""

_USED = frozenset({"code", "state", "iss", "error"})


@dataclass(frozen=True, slots=True)
class Client:
    """phiward as the provider knows it. `secret` is None for a public client."""

    id: str
    redirect_uri: str
    scopes: tuple[str, ...] = ("profile", "email")
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What is kept, on the server, of an attempt: never the state itself. Times are UTC."""

    state_digest: bytes = field(repr=False)
    nonce: Secret
    verifier: Secret
    expires_at: datetime

    @property
    def began_at(self) -> datetime:
        """When the attempt began."""
        return self.expires_at - ATTEMPT_LIFETIME


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that begins: send the browser to `url`, keep `pending`."""

    url: str = field(repr=False)
    state: Secret
    pending: Pending


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step-up asks of the provider beyond a login: `max_age` of the last login, classes, who it must be."""

    max_age: timedelta | None = None
    acr_values: tuple[str, ...] = ()
    prompt: str | None = None
    login_hint: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who logged in at `issuer`, when and how. `auth_time` and `acr` are None where the provider does not say."""

    issuer: str
    subject: str = field(repr=False)
    auth_time: datetime | None
    acr: str | None
    amr: frozenset[str]
    provider_session: str | None = field(repr=False)
    name: str | None = field(repr=False)
    email: str | None = field(repr=False)


PLAIN_LOGIN: Final = Asked()


def begin(
    provider: Provider,
    client: Client,
    now: datetime,
    asked: Asked = PLAIN_LOGIN,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> Attempt:
    """Make an attempt that ends ten minutes after `now`: state, nonce and verifier carry 256 random bits each."""
    state, nonce, verifier = (Secret(_base64(random(RANDOM_BYTES))) for _ in range(3))
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uri,
        "scope": " ".join(dict.fromkeys(("openid", *client.scopes))),
        "state": state.value,
        "nonce": nonce.value,
        "code_challenge": _base64(sha256(verifier.value.encode("ascii")).digest()),
        "code_challenge_method": "S256",
    }
    if asked.max_age is not None:
        query["max_age"] = str(max(0, int(asked.max_age.total_seconds())))
    if asked.acr_values:
        query["acr_values"] = " ".join(asked.acr_values)
    if asked.prompt:
        query["prompt"] = asked.prompt
    if asked.login_hint:
        query["login_hint"] = asked.login_hint
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    pending = Pending(state_digest(state), nonce, verifier, now + ATTEMPT_LIFETIME)
    return Attempt(f"{provider.authorization_endpoint}{joint}{urlencode(query)}", state, pending)


def state_digest(state: Secret) -> bytes:
    """SHA-256 of the state, by which an attempt is kept."""
    return sha256(state.value.encode()).digest()


def state_of(query: Sequence[tuple[str, str]]) -> Secret:
    """The state with which a browser came back. Raises NotAuthenticatedError when it is missing or there twice."""
    state = _once(query).get("state")
    if not state or len(state) > MAX_CODE_CHARACTERS or not state.isascii():
        raise refusal("state is missing")
    return Secret(state)


def parse_callback(query: Sequence[tuple[str, str]], pending: Pending, provider: Provider, now: datetime) -> Secret:
    """The code with which a browser came back for `pending`; `query` are the decoded pairs, in order.

    Raises NotAuthenticatedError with the same words for a wrong state, an attempt that is over, another
    provider's answer (RFC 9207), and an answer without a code. Errors of the provider that a person can
    act on are named by rule, and only once the state is known to be ours.
    """
    if not compare_digest(state_digest(state_of(query)), pending.state_digest):
        raise refusal("state is of another attempt")
    if not pending.began_at <= now < pending.expires_at:
        raise refusal("the attempt is over")
    said = _once(query)
    issuer = said.get("iss")
    if issuer != provider.issuer and (issuer is not None or provider.iss_in_answer):
        raise refusal("iss is another provider")
    if "error" in said:
        raise NotAuthenticatedError(REFUSED, rule=PROVIDER_SAID.get(said["error"]))
    code = said.get("code", "")
    if not 1 <= len(code) <= MAX_CODE_CHARACTERS or not code.isascii() or not code.isprintable():
        raise refusal("code is missing")
    return Secret(code)


def verify_id_token(
    token: Secret,
    rules: TokenRules,
    nonce: Secret,
    keys: ProviderKeys,
    now: datetime,
    *,
    access_token: Secret | None = None,
) -> SignedIn:
    """Verify the ID token of an attempt at `now`; the audience of `rules` is our client id.

    `access_token` came with it, and is compared where the token holds its hash. Raises
    NotAuthenticatedError, with the same words whatever is wrong. Source: OpenID Connect Core section 3.1.3.7.
    """
    parts = take_apart(token)
    claims = verified(parts, keys, rules.algorithms, now)
    if (parts.type or "JWT").lower() != "jwt":
        raise refusal("typ is not that of an ID token")
    check_issued_for(claims, rules.issuer, rules.audience)
    authorized = claims.text_or_none("azp")
    if authorized != rules.audience and (authorized is not None or len(claims.texts("aud")) > 1):
        raise refusal("azp is another client")
    if not compare_digest(claims.text("nonce").encode(), nonce.value.encode()):
        raise refusal("nonce is of another attempt")
    check_times(claims, now, rules.leeway)
    _check_hash(claims, parts.algorithm, access_token)
    return SignedIn(
        rules.issuer,
        claims.text("sub"),
        claims.instant_or_none("auth_time"),
        claims.text_or_none("acr"),
        claims.texts("amr"),
        claims.text_or_none("sid"),
        _courtesy(claims, "name"),
        _courtesy(claims, "email"),
    )


def _check_hash(claims: Claims, algorithm: str, access_token: Secret | None) -> None:
    """at_hash: the left half of the hash that the signature uses (Core section 3.1.3.6)."""
    said = claims.text_or_none("at_hash")
    if said is None:
        return
    if algorithm not in ("RS256", "PS256", "ES256", "EdDSA", "Ed25519") or access_token is None:
        raise refusal("at_hash cannot be compared")
    text = access_token.value.encode()
    digest = sha512(text).digest() if algorithm in ("EdDSA", "Ed25519") else sha256(text).digest()
    if not compare_digest(_base64(digest[: len(digest) // 2]).encode(), said.encode()):
        raise refusal("at_hash is of another access token")


def _courtesy(claims: Claims, name: str) -> str | None:
    """A name or address that decides nothing: one that cannot be read is left out, not refused."""
    try:
        return None if claims.denies(f"{name}_verified") else claims.text_or_none(name)
    except NotAuthenticatedError:
        return None


def _once(query: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters that count. Raises NotAuthenticatedError when one is there twice: which would be meant?"""
    used = [(name, value) for name, value in query if name in _USED]
    if len(dict(used)) != len(used):
        raise refusal("a parameter is there twice")
    return dict(used)


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
