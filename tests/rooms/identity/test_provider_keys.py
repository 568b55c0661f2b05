"""The keys of a provider: which are trusted, and for how long."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from phiward.domain.errors import UpstreamError
from phiward.identity.provider_keys import LONGEST, SHORTEST, USUAL, lifetime, must_fetch, parse_keys
from tests.rooms.identity.minting import NOW, SECOND, part, provider_keys, public, signing_keys

RSA = dict(signing_keys()["RS256"].as_dict(private=False))
SHORT = generate_private_key(65537, 1024).public_key().public_numbers().n  # noqa: S505 - it must be left out
LEFT_OUT: list[tuple[dict[str, object], str]] = [
    (dict(OctKey.generate_key(256, {"kid": "rsa"}).as_dict(private=True)), "a shared secret"),
    (dict(signing_keys()["RS256"].as_dict(private=True)), "a private key that everybody can read"),
    ({**RSA, "use": "enc"}, "for encryption"),
    ({**RSA, "key_ops": ["encrypt"]}, "for another operation"),
    ({**RSA, "key_ops": "verify"}, "operations that are no list"),
    ({**RSA, "kty": "AKP"}, "an unknown type"),
    ({**RSA, "kty": ["RSA"]}, "a type that is no text"),
    ({**RSA, "kid": 7}, "an id that is no text"),
    ({**RSA, "n": "!"}, "not base64url"),
    ({"kty": "RSA", "kid": "rsa"}, "no modulus"),
    ({**RSA, "n": part(SHORT.to_bytes(128, "big"))}, "1024 bits"),
    (dict(OKPKey.generate_key("X25519").as_dict(private=False)), "a curve that does not sign"),
    (dict(ECKey.generate_key("secp256k1").as_dict(private=False)), "a curve of no algorithm here"),
]


@pytest.mark.parametrize(("given", "reason"), LEFT_OUT, ids=[reason for _, reason in LEFT_OUT])
def test_a_key_that_must_not_verify_is_left_out(given: dict[str, object], reason: str) -> None:
    """And a set of nothing else is no key set."""
    with pytest.raises(UpstreamError):
        parse_keys(json.dumps({"keys": [given]}).encode(), NOW, None)
    beside = parse_keys(json.dumps({"keys": [given, RSA]}).encode(), NOW, None)
    assert len(beside.keys) == 1


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": []}', b'{"keys": [1]}'])
def test_what_is_no_key_set_is_refused(document: bytes) -> None:
    """As a failure of the provider, not of the person who shows a token."""
    with pytest.raises(UpstreamError):
        parse_keys(document, NOW, None)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(None, USUAL, id="nothing said"),
        pytest.param("public", USUAL, id="nothing about age"),
        pytest.param("max-age=600", timedelta(minutes=10), id="within the bounds"),
        pytest.param("public, Max-Age=600, must-revalidate", timedelta(minutes=10), id="among others"),
        pytest.param("max-age=0", SHORTEST, id="at least five minutes"),
        pytest.param("max-age=31536000", LONGEST, id="at most a day"),
        pytest.param("no-store, max-age=86400", SHORTEST, id="not to be stored"),
        pytest.param("no-cache", SHORTEST, id="not to be cached"),
        pytest.param("s-max-age=9", USUAL, id="another word"),
        pytest.param("max-age=-1", USUAL, id="not a number"),
    ],
)
def test_the_lifetime_of_a_key_set_follows_the_provider_within_bounds(header: str | None, expected: timedelta) -> None:
    """Five minutes to a day, an hour where nothing is said."""
    assert lifetime(header) == expected
    keys = parse_keys(public(signing_keys()["RS256"]), NOW, header)
    assert (keys.fetched_at, keys.expires_at) == (NOW, NOW + expected)


FETCHES = [
    (None, "rsa", None, 0, True, "none there yet"),
    (None, "rsa", 10, 0, False, "none there, but asked ten seconds ago"),
    (1, "rsa", 300, 0, False, "a known key of a set in force"),
    (1, None, 300, 0, False, "a token without a key id"),
    (1, "new", 30, 0, True, "an unknown key, asked half a minute ago"),
    (1, "new", 29, 0, False, "an unknown key, asked just now"),
    (1, "rsa", 300, 3600, True, "an expired set"),
    (1, "rsa", 10, 3600, False, "an expired set, asked just now"),
    (1, "new", -5, 0, True, "a clock that was set back does not stop us"),
]


@pytest.mark.parametrize(
    ("there", "key_id", "asked", "later", "expected", "reason"), FETCHES, ids=[r for *_, r in FETCHES]
)
def test_keys_are_fetched_when_they_are_missing_expired_or_unknown(
    there: int | None, key_id: str | None, asked: int | None, later: int, expected: bool, reason: str
) -> None:
    """At most once in thirty seconds."""
    now = NOW + later * SECOND
    asked_at = None if asked is None else now - asked * SECOND
    assert must_fetch(provider_keys() if there else None, key_id, asked_at, now) is expected


def test_a_key_fits_by_id_and_by_algorithm() -> None:
    """The id alone does not choose, nor does the algorithm."""
    keys = provider_keys()
    assert [key.kid for key in keys.fitting("rsa", "RS256")] == ["rsa"]
    assert [key.kid for key in keys.fitting("rsa", "PS256")] == ["rsa"]
    assert keys.fitting("rsa", "ES256") == keys.fitting("ec", "RS256") == keys.fitting("ec", "ES384") == ()
    assert keys.fitting("gone", "RS256") == keys.fitting("rsa", "HS256") == keys.fitting("rsa", "none") == ()
    assert (keys.knows("ed"), keys.knows("gone")) == (True, False)


def test_a_key_for_one_algorithm_verifies_no_other() -> None:
    """The member `alg` of a JWK."""
    keys = parse_keys(json.dumps({"keys": [{**RSA, "alg": "PS256"}]}).encode(), NOW, None)
    assert keys.fitting("rsa", "RS256") == ()
    assert len(keys.fitting("rsa", "PS256")) == 1


def test_without_a_key_id_there_must_be_no_choice() -> None:
    """One key of the kind is taken, two are not tried in turn."""
    assert [key.kid for key in provider_keys().fitting(None, "ES256")] == ["ec"]
    two = parse_keys(public(signing_keys()["RS256"], RSAKey.generate_key(2048, {"kid": "b"})), NOW, None)
    assert two.fitting(None, "RS256") == ()
