"""The keys with which a provider signs: which are trusted, for how long, and when they are fetched again.

Only public keys for signatures, of types that cannot be confused with a shared secret, are kept. A key
set has an end: past it nothing verifies, so that a key which the provider withdrew does not live on
here. Source: RFC 7517, RFC 8725 section 3.1, OpenID Connect Core section 10.1.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from phiward.domain.errors import IdentityUnavailableError, NotAuthenticatedError
from phiward.identity.claims import parse_object

SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=24)
USUAL: Final = timedelta(hours=1)
"""Lifetime of a key set: at least, at most, and where the provider says nothing."""

REFETCH_AFTER: Final = timedelta(seconds=30)
"""An unknown key id makes us ask the provider at most this often, whatever a stranger sends."""

MAX_KEYS: Final = 64
MIN_RSA_BITS: Final = 2048

FAMILY: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
        "ES256": "P-256",
        "ES384": "P-384",
        "ES512": "P-521",
        "EdDSA": "Ed25519",
        "Ed25519": "Ed25519",
    }
)
"""Which kind of key each algorithm needs: RSA, or a curve. No other algorithm exists for us."""

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d{1,9})"?\s*(?:,|$)', re.IGNORECASE)
_FRESH = re.compile(r"(?:^|[,\s])no-(?:store|cache)\s*(?:,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProviderKeys:
    """A fetched key set. From `expires_at` (UTC) on it verifies nothing."""

    keys: tuple[Key, ...] = field(repr=False)
    fetched_at: datetime
    expires_at: datetime

    def fitting(self, key_id: str | None, algorithm: str) -> tuple[Key, ...]:
        """The keys that may have made a signature; without a key id only where there is no choice."""
        fit = [one for one in self.keys if _kind(one) == FAMILY.get(algorithm) and one.alg in (None, algorithm)]
        if key_id is None:
            return tuple(fit) if len(fit) == 1 else ()
        return tuple(one for one in fit if one.kid == key_id)

    def knows(self, key_id: str) -> bool:
        """Whether some key has this id."""
        return any(one.kid == key_id for one in self.keys)


def parse_keys(document: bytes, now: datetime, cache_control: str | None) -> ProviderKeys:
    """Read a JWK set fetched at `now`, with the answer's Cache-Control header.

    Left out: symmetric and private keys, keys for encryption, RSA under 2048 bits, unknown types.
    Raises IdentityUnavailableError when the set cannot be read or nothing is left.
    """
    try:
        given = parse_object(document).objects("keys")[:MAX_KEYS]
    except NotAuthenticatedError:
        given = []
    keys = tuple(key for key in map(_trusted, given) if key is not None)
    if not keys:
        raise IdentityUnavailableError("The identity provider's key set holds no key that can be used.")
    return ProviderKeys(keys, now, now + lifetime(cache_control))


def lifetime(cache_control: str | None) -> timedelta:
    """How long a key set may be used, from a Cache-Control header (RFC 9111 section 5.2.2)."""
    if cache_control is None:
        return USUAL
    if _FRESH.search(cache_control):
        return SHORTEST
    age = _MAX_AGE.search(cache_control)
    return USUAL if age is None else min(max(timedelta(seconds=int(age[1])), SHORTEST), LONGEST)


def must_fetch(keys: ProviderKeys | None, key_id: str | None, asked_at: datetime | None, now: datetime) -> bool:
    """Whether to ask the provider for its keys before a token with `key_id` is verified at `now`.

    `asked_at`: when it was last asked, with or without success. Expired keys and an unknown key id ask
    again, at most once in 30 seconds; a set in force is reused.
    """
    if asked_at is not None and asked_at <= now < asked_at + REFETCH_AFTER:
        return False
    return keys is None or now >= keys.expires_at or (key_id is not None and not keys.knows(key_id))


def _trusted(given: Mapping[str, object]) -> Key | None:
    """A public key that may sign; None for any other."""
    types: dict[object, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    kind = types.get(given.get("kty")) if isinstance(given.get("kty"), str) else None
    operations = given.get("key_ops", ["verify"])
    if kind is None or "d" in given or given.get("use", "sig") != "sig":
        return None
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    # What phiward does not need is left out: joserfc would read a certificate chain too.
    wanted = ("kty", "kid", "alg", "n", "e", "crv", "x", "y")
    words = {name: given[name] for name in wanted if name in given}
    if not all(isinstance(value, str) for value in words.values()):
        return None
    if kind is RSAKey and len(str(words.get("n", ""))) * 6 < MIN_RSA_BITS:
        return None  # joserfc would warn of it
    try:
        key = cast(Key, kind.import_key(cast(dict[str, str | list[str]], words)))
        return key if _kind(key) in FAMILY.values() else None
    except (JoseError, ValueError, TypeError):
        return None


def _kind(key: Key) -> str | None:
    """RSA where it is long enough, or the name of a curve."""
    if isinstance(key, RSAKey):
        return "RSA" if key.public_key.key_size >= MIN_RSA_BITS else None
    return key.curve_name if isinstance(key, ECKey | OKPKey) else None
