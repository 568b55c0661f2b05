"""Access tokens: the table of attacks (reference: the security tests 1 to 3 of the access work), then what is read."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from phiward.domain.errors import ConfigurationError, NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity.claims import REFUSED
from phiward.identity.provider_keys import parse_keys
from phiward.identity.tokens import AccessToken, TokenRules, verify_access_token
from tests.rooms.identity.minting import (
    AUDIENCE,
    CLIENT,
    ISSUER,
    NOW,
    SECOND,
    access_claims,
    id_claims,
    mint,
    part,
    provider_keys,
    seconds,
    sign,
    signing_keys,
    with_shared_secret,
)

RULES = TokenRules(ISSUER, AUDIENCE)
KEYS = signing_keys()
OURS = KEYS["RS256"]
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
STRANGERS_JWK = dict(STRANGER.as_dict(private=False))
PEM = OURS.as_pem(private=False)
GOOD = mint(access_claims()).value
LATER = seconds(NOW + timedelta(hours=1))


def unsigned(alg: str, signature: str = "") -> Secret:
    """A token that says that it needs no signature."""
    return Secret(f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': 'rsa'})}.{part(access_claims())}.{signature}")


def relabelled(alg: str) -> Secret:
    """A good signature under the name of another algorithm."""
    return sign({"alg": alg, "typ": "at+jwt", "kid": "rsa"}, access_claims(), "RS256", OURS)


ATTACKS: list[tuple[Secret, str, str]] = [
    # 1. algorithm and key
    (unsigned("none"), "three parts", "alg none, no signature"),
    (unsigned("none", "AA"), "algorithm", "alg none, a signature of one byte"),
    (unsigned("None", "AA"), "algorithm", "alg None"),
    (unsigned("NONE", "AA"), "algorithm", "alg NONE"),
    (with_shared_secret(PEM, access_claims()), "algorithm", "HS256 with the public key as PEM"),
    (with_shared_secret(OURS.as_der(private=False), access_claims()), "algorithm", "HS256 with the public key as DER"),
    (with_shared_secret(part({**OURS.as_dict(private=False)}).encode(), access_claims()), "algorithm", "HS256, JWK"),
    (with_shared_secret(KEYS["EdDSA"].public_key.public_bytes_raw(), access_claims(), kid="ed"), "algorithm",
     "HS256 with the 32 bytes of a public key"),
    (with_shared_secret(b"secret", access_claims()), "algorithm", "HS256 with a short secret"),
    (with_shared_secret(PEM, access_claims(), alg="RS256"), "signature", "an HMAC that says RS256"),
    (with_shared_secret(PEM, access_claims(), kid="gone"), "algorithm", "HS256 with an unknown key id"),
    (mint(access_claims(), alg="RS512", key=OURS), "algorithm", "RS512, not allowed"),
    (mint(access_claims(), alg="ES384", key=ECKey.generate_key("P-384", {"kid": "ec"})), "algorithm", "ES384"),
    (relabelled("PS256"), "signature", "RS256 under the name PS256"),
    (relabelled("ES256"), "no key", "RS256 under the name ES256"),
    (relabelled("EdDSA"), "no key", "RS256 under the name EdDSA"),
    (mint(access_claims(), kid="ec"), "no key", "the id of a key of another type"),
    (mint(access_claims(), kid="gone"), "no key", "the id of no key"),
    (mint(access_claims(), kid=None, key=STRANGER), "signature", "a stranger's key without an id"),
    (mint(access_claims(), key=STRANGER), "signature", "a stranger's key under our key's id"),
    (mint(access_claims(), alg="EdDSA", key=OKPKey.generate_key("Ed25519", {"kid": "ed"})), "signature", "EdDSA"),
    (mint(access_claims(), key=STRANGER, jwk=STRANGERS_JWK), "never allowed", "a key in the header"),
    (mint(access_claims(), jwk=STRANGERS_JWK), "never allowed", "a key in the header, signed well"),
    (mint(access_claims(), key=STRANGER, jku="https://evil.example/jwks"), "never allowed", "jku"),
    (mint(access_claims(), key=STRANGER, x5u="https://evil.example/x"), "never allowed", "x5u"),
    (mint(access_claims(), key=STRANGER, x5c=["MII"]), "never allowed", "x5c"),
    (mint(access_claims(), crit=["exp"]), "never allowed", "crit"),
    (mint(access_claims(), crit=["b64"], b64=False), "never allowed", "an unencoded payload"),
    # 2. claims
    (mint(access_claims(), typ=None), "typ", "no typ"),
    (mint(access_claims(), typ="JWT"), "typ", "typ JWT"),
    (mint(access_claims(), typ="at+jwt2"), "typ", "another typ"),
    (mint(access_claims(), typ="logout+jwt"), "typ", "a logout token"),
    (mint(id_claims(), typ=None), "typ", "an ID token"),
    (mint(id_claims(aud=AUDIENCE, client_id=CLIENT), typ="JWT"), "typ", "an ID token for our audience"),
    (mint(access_claims(at_hash="x")), "ID token", "an ID token that calls itself an access token"),
    (mint(access_claims(iss=None)), "iss is missing", "no iss"),
    (mint(access_claims(iss=f"{ISSUER}/")), "another provider", "iss with a slash"),
    (mint(access_claims(iss=ISSUER.upper())), "another provider", "iss in capitals"),
    (mint(access_claims(iss=[ISSUER])), "iss is no text", "iss as a list"),
    (mint(access_claims(aud=None)), "somebody else", "no aud"),
    (mint(access_claims(aud=CLIENT)), "somebody else", "aud is the client"),
    (mint(access_claims(aud=[])), "somebody else", "aud is an empty list"),
    (mint(access_claims(aud=f"{AUDIENCE}/x")), "somebody else", "aud begins like ours"),
    (mint(access_claims(aud={AUDIENCE: 1})), "aud is no list", "aud is an object"),
    (mint(access_claims(exp=None)), "exp is missing", "no exp"),
    (mint(access_claims(exp=str(LATER))), "exp is no instant", "exp is a text"),
    (mint(access_claims(exp=True)), "exp is no instant", "exp is true"),
    (mint(access_claims(exp=seconds(NOW - 60 * SECOND), iat=seconds(NOW - timedelta(hours=1)))), "passed", "over"),
    (mint(access_claims(iat=None)), "iat is missing", "no iat"),
    (mint(access_claims(iat=seconds(NOW + 61 * SECOND))), "iat is in the future", "issued tomorrow"),
    (mint(access_claims(iat=LATER, exp=LATER)), "passed", "ends when it begins"),
    (mint(access_claims(nbf=seconds(NOW + 61 * SECOND))), "nbf", "not yet"),
    (mint(access_claims(nbf="0")), "nbf is no instant", "nbf is a text"),
    (mint(access_claims(sub=None)), "sub is missing", "no sub"),
    (mint(access_claims(sub="")), "sub is no text", "an empty sub"),
    (mint(access_claims(sub="a\x00b")), "sub is no text", "a zero byte in sub"),
    (mint(access_claims(sub="a" * 256)), "sub is no text", "a sub that is too long"),
    (mint(access_claims(client_id=None)), "client_id is missing", "no client"),
    (mint(access_claims(patient="Patient/1")), "FHIR id", "a reference for a patient id"),
    (mint(access_claims(patient="")), "patient is no text", "an empty patient"),
    (mint(access_claims(act="svc")), "act is no object", "act is a text"),
    (mint(access_claims(act={})), "nobody", "act names nobody"),
    (mint(access_claims(act={"sub": 1})), "sub is no text", "act names a number"),
    (mint(access_claims(act={"sub": "s", "iss": "https://evil.example"})), "another provider", "a foreign actor"),
    (mint(access_claims(auth_time="now")), "auth_time is no instant", "auth_time is a text"),
    (mint(access_claims(scope=["a"])), "scope is no text", "scope is a list"),
    (mint(b'{"iss":"%s","iss":"x"}' % ISSUER.encode()), "no JSON object", "iss twice"),
    (mint(b"[]"), "no JSON object", "a list"),
    (mint(b"not JSON"), "no JSON object", "no JSON"),
    (mint(access_claims(filler="x" * 16_384)), "too long", "over 16 KiB"),
    # 3. tokens that share a long prefix
    (Secret(GOOD[:-22]), "signature", "a good token cut short"),
    (Secret(GOOD + "AAAA"), "signature", "a good token with more at its end"),
]  # fmt: skip


@pytest.mark.parametrize(("token", "note", "reason"), ATTACKS, ids=[reason for *_, reason in ATTACKS])
def test_a_bad_token_is_refused_with_the_same_words(token: Secret, note: str, reason: str) -> None:
    """The note, which no client sees, shows that each row is refused for its own reason."""
    with pytest.raises(NotAuthenticatedError) as error:
        verify_access_token(token, RULES, provider_keys(), NOW)
    assert (str(error.value), error.value.rule) == (REFUSED, None)
    assert note in error.value.__notes__[0]


def test_a_shared_secret_in_the_key_set_verifies_nothing() -> None:
    """Not even where the provider publishes one under the id that the token names."""
    shared = {"kty": "oct", "k": part(b"published"), "kid": "oct"}
    keys = parse_keys(json.dumps({"keys": [OURS.as_dict(private=False), shared]}).encode(), NOW, None)
    for alg in ("HS256", "RS256"):
        token = with_shared_secret(b"published", access_claims(), alg=alg, kid="oct")
        with pytest.raises(NotAuthenticatedError):
            verify_access_token(token, RULES, keys, NOW)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"issuer": ""}, "no issuer"),
        ({"audience": ""}, "no audience"),
        ({"algorithms": frozenset()}, "no algorithm"),
        ({"algorithms": frozenset({"RS256", "HS256"})}, "a shared secret"),
        ({"algorithms": frozenset({"none"})}, "no signature"),
        ({"leeway_seconds": -1}, "a leeway below zero"),
        ({"leeway_seconds": 301}, "a leeway of more than five minutes"),
    ],
)
def test_rules_that_let_too_much_pass_cannot_be_made(changed: dict[str, object], reason: str) -> None:
    """The service does not start with them."""
    with pytest.raises(ConfigurationError):
        replace(RULES, **changed)  # type: ignore[arg-type]


def test_times_hold_to_the_second_with_the_leeway() -> None:
    """A minute for clocks that differ, and no more."""
    edge = access_claims(
        exp=seconds(NOW - 59 * SECOND), iat=seconds(NOW - timedelta(hours=1)), nbf=seconds(NOW + 60 * SECOND)
    )
    assert verify_access_token(mint(edge), RULES, provider_keys(), NOW).expires_at == NOW - 59 * SECOND
    exact = replace(RULES, leeway_seconds=0)
    ends_now = access_claims(exp=seconds(NOW))
    assert verify_access_token(mint(ends_now), exact, provider_keys(), NOW - SECOND)
    with pytest.raises(NotAuthenticatedError):
        verify_access_token(mint(ends_now), exact, provider_keys(), NOW)


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT"])
@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
def test_a_good_token_is_accepted(alg: str, typ: str) -> None:
    """Each algorithm that is allowed, each way to write the type."""
    token = mint(access_claims(aud=["https://other.example", AUDIENCE]), alg=alg, typ=typ)
    assert verify_access_token(token, RULES, provider_keys(), NOW).subject == "alice"


def test_what_a_token_says_is_read() -> None:
    """All of it, once."""
    claims = access_claims(
        scope="launch/patient patient/*.rs",
        patient="pat-1.a",
        act={"sub": "agent", "act": {"sub": "earlier"}},
        auth_time=seconds(NOW - 30 * SECOND),
        acr="strong",
        sid="s-1",
    )
    assert verify_access_token(mint(claims), RULES, provider_keys(), NOW) == AccessToken(
        ISSUER,
        "alice",
        CLIENT,
        frozenset({"launch/patient", "patient/*.rs"}),
        "pat-1.a",
        "agent",
        NOW - 30 * SECOND,
        "strong",
        "s-1",
        NOW + timedelta(minutes=5),
        NOW - 10 * SECOND,
        False,
    )


def test_an_actor_is_the_one_who_acts_now() -> None:
    """Its client id before its subject; earlier actors decide nothing (RFC 8693 section 4.1)."""
    act = {"sub": "uuid-of-the-agent", "client_id": "agent", "iss": ISSUER}
    assert verify_access_token(mint(access_claims(act=act)), RULES, provider_keys(), NOW).actor == "agent"
    plain = verify_access_token(mint(access_claims()), RULES, provider_keys(), NOW)
    assert (plain.actor, plain.patient, plain.auth_time, plain.acr, plain.session) == (None,) * 5
    assert plain.of_service is False


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"sub": CLIENT}, id="sub is the client (RFC 9068)"),
        pytest.param({"sub": f"{CLIENT}@clients"}, id="the client with Auth0's suffix"),
        pytest.param({"sub": "9f0e", "idtyp": "app"}, id="Entra's idtyp"),
        pytest.param({"sub": "9f0e", "gty": "client-credentials"}, id="Auth0's gty"),
    ],
)
def test_a_token_without_a_person_is_marked_as_a_services(changed: dict[str, object]) -> None:
    """A service alone gets no PHI: the policy needs to know."""
    assert verify_access_token(mint(access_claims(**changed)), RULES, provider_keys(), NOW).of_service is True


def test_a_token_does_not_print_its_person_or_patient() -> None:
    """Nor its session."""
    shown = repr(verify_access_token(mint(access_claims(patient="pat-1", sid="s-1")), RULES, provider_keys(), NOW))
    assert not any(word in shown for word in ("alice", "pat-1", "s-1"))
