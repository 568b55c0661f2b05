"""Signed tokens, before a claim is looked at."""

from datetime import timedelta

import pytest

from phiward.domain.errors import ConfigurationError, NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity.claims import REFUSED
from phiward.identity.signed import (
    ALGORITHMS,
    FORBIDDEN,
    KEYS_EXPIRED,
    MAX_TOKEN_CHARACTERS,
    allowed,
    take_apart,
    verified,
)
from tests.rooms.identity.minting import NOW, SECOND, access_claims, mint, part, provider_keys, signing_keys

GOOD = mint(access_claims()).value
HEAD, BODY, SIGNATURE = GOOD.split(".")
TWO_ALGORITHMS = b'{"alg":"RS256","alg":"none"}'

SHAPES = [
    ("", "three parts", "empty"),
    (f"{HEAD}.{BODY}", "three parts", "two parts"),
    (f"{HEAD}.{BODY}.", "three parts", "no signature"),
    (f"{GOOD}.x", "three parts", "four parts"),
    (f"{GOOD}.a.b", "three parts", "five parts: encrypted"),
    (f"{GOOD}=", "three parts", "padding"),
    (f"{GOOD}\n", "three parts", "a line break"),
    (f" {GOOD}", "three parts", "a space"),
    (GOOD.replace("-", "+") + "+", "three parts", "the other alphabet"),
    (f"{HEAD}.{BODY}.é", "three parts", "not ASCII"),
    ("' OR '1'='1' --", "three parts", "SQL"),
    ("a" * (MAX_TOKEN_CHARACTERS + 1), "too long", "over 16 KiB"),
    (f"{HEAD}.{BODY}.{SIGNATURE}{'A' * MAX_TOKEN_CHARACTERS}", "too long", "over 16 KiB, at the end"),
    (f"{HEAD}.{BODY}.QR", "canonical", "bits that mean nothing"),
    (f"a.{BODY}.{SIGNATURE}", "canonical", "a part of one character"),
    (f"{part(b'[]')}.{BODY}.{SIGNATURE}", "no JSON object", "a header that is no object"),
    (f"{part(TWO_ALGORITHMS)}.{BODY}.{SIGNATURE}", "no JSON object", "two algorithms"),
    (f"{part({'kid': 'rsa'})}.{BODY}.{SIGNATURE}", "alg is missing", "no algorithm"),
    (f"{part({'alg': ['RS256']})}.{BODY}.{SIGNATURE}", "alg is no text", "a list of algorithms"),
    (f"{part({'alg': 'RS256', 'kid': 7})}.{BODY}.{SIGNATURE}", "kid is no text", "a key id that is a number"),
]  # fmt: skip


@pytest.mark.parametrize(("token", "note", "reason"), SHAPES, ids=[reason for *_, reason in SHAPES])
def test_what_is_no_plain_token_is_refused_before_any_key_is_looked_for(token: str, note: str, reason: str) -> None:
    """With the same words; the note shows that it is for this reason."""
    with pytest.raises(NotAuthenticatedError) as error:
        take_apart(Secret(token))
    assert str(error.value) == REFUSED
    assert note in error.value.__notes__[0]


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_a_header_that_names_a_key_or_a_rule_is_refused(name: str) -> None:
    """jwk, jku, x5u, x5c, crit and the like, whatever they hold."""
    for value in ("x", [], {}, ["exp"], True):
        with pytest.raises(NotAuthenticatedError) as error:
            take_apart(mint(access_claims(), **{name: value}))
        assert "never allowed" in error.value.__notes__[0]


def test_an_expired_key_set_verifies_nothing_and_says_so_by_rule() -> None:
    """To the second, and whatever the token is: the reason is ours, not the token's."""
    keys = provider_keys()
    token = take_apart(mint(access_claims()))
    assert verified(token, keys, ALGORITHMS, keys.expires_at - SECOND).text("sub") == "alice"
    for when in (keys.expires_at, keys.expires_at + timedelta(days=1)):
        with pytest.raises(NotAuthenticatedError) as error:
            verified(token, keys, ALGORITHMS, when)
        assert (str(error.value), error.value.rule) == (REFUSED, KEYS_EXPIRED)


@pytest.mark.parametrize(
    "algorithms", [[], ["none"], ["HS256"], ["RS256", "HS512"], ["rs256"], ["RS1"], ["ES256K"], ["RSA-OAEP"]]
)
def test_no_algorithm_with_a_shared_secret_can_be_configured(algorithms: list[str]) -> None:
    """Nor an unknown one, nor none."""
    with pytest.raises(ConfigurationError):
        allowed(algorithms)


@pytest.mark.parametrize("place", range(3))
def test_one_changed_character_is_noticed(place: int) -> None:
    """In any part."""
    parts = GOOD.split(".")
    old = parts[place][20]
    parts[place] = parts[place][:20] + ("A" if old != "A" else "B") + parts[place][21:]
    with pytest.raises(NotAuthenticatedError):
        verified(take_apart(Secret(".".join(parts))), provider_keys(), ALGORITHMS, NOW)


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
def test_a_token_of_each_allowed_algorithm_is_verified_without_a_warning(alg: str) -> None:
    """The claims come back as they were signed; no algorithm works that is not allowed."""
    token = take_apart(mint(access_claims(), alg=alg))
    assert verified(token, provider_keys(), ALGORITHMS, NOW).text("sub") == "alice"
    assert token.key_id == signing_keys()[alg].kid
    with pytest.raises(NotAuthenticatedError) as error:
        verified(token, provider_keys(), ALGORITHMS - {alg}, NOW)
    assert "algorithm is not allowed" in error.value.__notes__[0]


def test_a_token_taken_apart_does_not_print() -> None:
    """It holds what a stranger sent."""
    assert repr(take_apart(Secret(GOOD))) == "Unverified()"
