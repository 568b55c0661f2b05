"""A provider of these tests in one process: its keys, good tokens, and tokens made wrong by hand."""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from phiward.domain.text import Secret
from phiward.identity.provider_keys import ProviderKeys, parse_keys

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ISSUER = "https://login.clinic.example"
AUDIENCE = "https://phiward.example/v1"
CLIENT = "phiward-console"
NONCE = Secret("an-invented-nonce")
SECOND = timedelta(seconds=1)


@cache
def signing_keys() -> dict[str, Key]:
    """One private key for each kind, under the algorithm that it signs with."""
    rsa = RSAKey.generate_key(2048, {"kid": "rsa"})
    return {
        "RS256": rsa,
        "PS256": rsa,
        "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
        "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    }


def public(*keys: Key) -> bytes:
    """A JWK set as a provider publishes it."""
    return json.dumps({"keys": [dict(key.as_dict(private=False)) for key in keys]}).encode()


@cache
def provider_keys() -> ProviderKeys:
    """The key set of the provider, fetched a minute ago and good for an hour."""
    keys = signing_keys()
    return parse_keys(public(keys["RS256"], keys["ES256"], keys["EdDSA"]), NOW - timedelta(minutes=1), None)


def seconds(when: datetime) -> int:
    """As a NumericDate."""
    return int(when.timestamp())


def access_claims(**changed: object) -> dict[str, object]:
    """The claims of a good access token of a person; None leaves one out."""
    good: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "alice",
        "client_id": CLIENT,
        "iat": seconds(NOW - 10 * SECOND),
        "exp": seconds(NOW + timedelta(minutes=5)),
        "jti": "1",
        "scope": "openid user/*.rs",
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def id_claims(**changed: object) -> dict[str, object]:
    """The claims of a good ID token; None leaves one out."""
    good = {**access_claims(client_id=None, scope=None, jti=None), "aud": CLIENT, "nonce": NONCE.value}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def part(value: object) -> str:
    """A part of a token: an object as JSON, bytes as they are."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def mint(
    claims: object, *, alg: str = "RS256", typ: str | None = "at+jwt", key: Key | None = None, **header: Any
) -> Secret:
    """A signed token. `header` adds fields, and None leaves one out; a claims of bytes is signed as it is."""
    signer = key or signing_keys()[alg]
    fields = {"alg": alg, "kid": signer.kid, "typ": typ, **header}
    return sign({name: value for name, value in fields.items() if value is not None}, claims, alg, signer)


def sign(header: object, claims: object, alg: str, key: Key) -> Secret:
    """Any header over any claims, signed with an algorithm that the header need not name."""
    signed = f"{part(header)}.{part(claims)}"
    return Secret(f"{signed}.{part(JWSRegistry.algorithms[alg].sign(signed.encode(), key))}")


def with_shared_secret(secret: bytes, claims: object, **header: object) -> Secret:
    """HS256 over whatever bytes an attacker knows, such as the provider's public key; joserfc would refuse to."""
    fields = {"alg": "HS256", "typ": "at+jwt", "kid": "rsa", **header}
    signed = f"{part(fields)}.{part(claims)}"
    return Secret(f"{signed}.{part(hmac.digest(secret, signed.encode(), 'sha256'))}")
