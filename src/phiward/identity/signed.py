"""Signed tokens: JWS in compact form (RFC 7515), verified with a provider's keys and nothing from the token.

In order: size and shape, header, algorithm (ours to allow, never the token's to choose), the key by its
id among those that fit the algorithm, signature, then the claims. joserfc does the cryptography; the
choice of key is ours, because a library that takes the only key there is for any key id is too kind.
Source: RFC 8725 (JSON Web Token Best Current Practices), sections 3.1 to 3.5 and 3.11.
"""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from phiward.domain.errors import ConfigurationError, NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity.claims import REFUSED, Claims, parse_object, refusal
from phiward.identity.provider_keys import FAMILY, ProviderKeys

MAX_TOKEN_CHARACTERS: Final = 16 * 1024
"""A longer token is not looked at."""

ALGORITHMS: Final = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
"""Allowed where nothing else is configured. A shared secret is never among the choices."""

FORBIDDEN: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "enc", "zip", "cty"})
"""Header fields that name a key, a place to fetch one, or a rule that we do not follow."""

KEYS_EXPIRED: Final = "provider_keys_expired"
"""The rule of a refusal because our copy of the keys is too old: look whether the provider answers."""

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token taken apart. Nothing in it is known to be true; it chooses no more than which key is tried."""

    key_id: str | None = field(repr=False)
    algorithm: str = field(repr=False)
    type: str | None = field(repr=False)
    payload: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def allowed(algorithms: Collection[str]) -> frozenset[str]:
    """The algorithms as a set. Raises ConfigurationError when it is empty or names one that is not asymmetric."""
    if not algorithms or not set(algorithms) <= FAMILY.keys():
        raise ConfigurationError("The algorithms of tokens must be asymmetric ones that phiward knows, such as RS256.")
    return frozenset(algorithms)


def take_apart(token: Secret) -> Unverified:
    """Read the header and split. Raises NotAuthenticatedError, always with the same words."""
    text = token.value
    if len(text) > MAX_TOKEN_CHARACTERS:
        raise refusal("the token is too long")
    parts = _COMPACT.fullmatch(text)
    if parts is None:
        raise refusal("the token is not three parts of base64url")
    header = parse_object(_decoded(parts[1]))
    if any(name in header for name in FORBIDDEN):
        raise refusal("the header has a field that is never allowed")
    return Unverified(
        header.text_or_none("kid"),
        header.text("alg"),
        header.text_or_none("typ"),
        _decoded(parts[2]),
        text[: parts.end(2)].encode("ascii"),
        _decoded(parts[3]),
    )


def verified(token: Unverified, keys: ProviderKeys, algorithms: Collection[str], now: datetime) -> Claims:
    """The claims of a token whose signature holds. Raises NotAuthenticatedError, always with the same words.

    Only for an expired key set the error also names a rule: that says nothing about the token.
    """
    if now >= keys.expires_at:
        raise NotAuthenticatedError(REFUSED, rule=KEYS_EXPIRED)
    if token.algorithm not in algorithms or token.algorithm not in FAMILY:
        raise refusal("the algorithm is not allowed")
    candidates = keys.fitting(token.key_id, token.algorithm)
    if not candidates:
        raise refusal("no key of the provider fits")
    if not any(_holds(token, key) for key in candidates):
        raise refusal("the signature does not hold")
    return parse_object(token.payload)


def _holds(token: Unverified, key: Key) -> bool:
    # Not through the registry's get_alg: it warns of EdDSA's older name, which providers still send.
    algorithm = JWSRegistry.algorithms[token.algorithm]
    try:
        algorithm.check_key(key)
        return algorithm.verify(token.signed, token.signature, key)
    except (JoseError, ValueError, TypeError):
        return False


def _decoded(part: str) -> bytes:
    """Base64url without padding, in its one canonical form (RFC 4648 section 3.5)."""
    try:
        data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        data = b""
    if not data or urlsafe_b64encode(data).rstrip(b"=") != part.encode("ascii"):
        raise refusal("a part is not canonical base64url")
    return data
