"""Login through the provider: what is asked, what comes back, and the ID token that ends it."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256, sha512
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey

from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity.claims import REFUSED
from phiward.identity.login import (
    ATTEMPT_LIFETIME,
    PROVIDER_SAID,
    Asked,
    Client,
    SignedIn,
    begin,
    parse_callback,
    state_digest,
    state_of,
    verify_id_token,
)
from phiward.identity.provider import Provider
from phiward.identity.tokens import TokenRules
from tests.rooms.identity.minting import (
    CLIENT,
    ISSUER,
    NONCE,
    NOW,
    SECOND,
    access_claims,
    id_claims,
    mint,
    provider_keys,
    seconds,
    signing_keys,
    with_shared_secret,
)

PROVIDER = Provider(
    ISSUER, f"{ISSUER}/auth", f"{ISSUER}/token", f"{ISSUER}/jwks", None, frozenset({"RS256"}), True, True
)
CONSOLE = Client(CLIENT, "https://phiward.example/oidc/callback", secret=Secret("an invented secret"))
ATTEMPT = begin(PROVIDER, CONSOLE, NOW)
STATE = ATTEMPT.state.value
RULES = TokenRules(ISSUER, CLIENT)
BACK = [("code", "a-code"), ("state", STATE), ("iss", ISSUER)]


def asked(url: str) -> dict[str, str]:
    """The parameters of an authorization request, each once."""
    pairs = parse_qsl(urlsplit(url).query, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def half(digest: bytes) -> str:
    """The left half of a hash, as at_hash has it."""
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


CALLBACKS = [
    ([], "state is missing", "nothing"),
    ([("code", "a-code"), ("iss", ISSUER)], "state is missing", "no state"),
    ([("code", "a-code"), ("state", ""), ("iss", ISSUER)], "state is missing", "an empty state"),
    ([("code", "a-code"), ("state", STATE[:-1]), ("iss", ISSUER)], "another attempt", "a state cut short"),
    ([("code", "a-code"), ("state", STATE.swapcase()), ("iss", ISSUER)], "another attempt", "another case"),
    ([("code", "a-code"), ("state", "é"), ("iss", ISSUER)], "state is missing", "a state that is not ASCII"),
    ([*BACK, ("state", STATE)], "twice", "the state twice"),
    ([*BACK, ("code", "another")], "twice", "two codes"),
    ([*BACK, ("iss", ISSUER)], "twice", "two issuers"),
    ([("code", "a-code"), ("state", STATE)], "another provider", "no iss, though it is promised"),
    ([("code", "a-code"), ("state", STATE), ("iss", "https://evil.example")], "another provider", "a mix-up"),
    ([("code", "a-code"), ("state", STATE), ("iss", f"{ISSUER}/")], "another provider", "iss with a slash"),
    ([("state", STATE), ("iss", ISSUER)], "code is missing", "no code"),
    ([("code", ""), ("state", STATE), ("iss", ISSUER)], "code is missing", "an empty code"),
    ([("code", "a\nb"), ("state", STATE), ("iss", ISSUER)], "code is missing", "a line break in the code"),
    ([("code", "a" * 4097), ("state", STATE), ("iss", ISSUER)], "code is missing", "a code that is too long"),
]


@pytest.mark.parametrize(("query", "note", "reason"), CALLBACKS, ids=[reason for *_, reason in CALLBACKS])
def test_a_browser_that_comes_back_wrongly_is_refused(query: list[tuple[str, str]], note: str, reason: str) -> None:
    """With the same words."""
    with pytest.raises(NotAuthenticatedError) as error:
        parse_callback(query, ATTEMPT.pending, PROVIDER, NOW + SECOND)
    assert (str(error.value), error.value.rule) == (REFUSED, None)
    assert note in error.value.__notes__[0]


@pytest.mark.parametrize("when", [NOW - SECOND, NOW + ATTEMPT_LIFETIME, NOW + timedelta(days=1)])
def test_an_attempt_ends_after_ten_minutes(when: object) -> None:
    """To the second; and a clock set back does not make it longer."""
    with pytest.raises(NotAuthenticatedError):
        parse_callback(BACK, ATTEMPT.pending, PROVIDER, when)  # type: ignore[arg-type]
    assert parse_callback(BACK, ATTEMPT.pending, PROVIDER, NOW + ATTEMPT_LIFETIME - SECOND) == Secret("a-code")


def test_an_error_of_the_provider_is_named_only_from_a_list_and_only_to_the_one_who_asked() -> None:
    """A link with another's state makes no page say anything."""
    for said, rule in [*PROVIDER_SAID.items(), ("<script>", None), ("server_error", None)]:
        query = [("error", said), ("error_description", "Alice Invented"), ("state", STATE), ("iss", ISSUER)]
        with pytest.raises(NotAuthenticatedError) as error:
            parse_callback([*query, ("code", "a-code")], ATTEMPT.pending, PROVIDER, NOW)
        assert (str(error.value), error.value.rule) == (REFUSED, rule)
        with pytest.raises(NotAuthenticatedError) as foreign:
            parse_callback([*query[:2], ("state", "x"), query[3]], ATTEMPT.pending, PROVIDER, NOW)
        assert foreign.value.rule is None


def test_a_provider_that_promises_no_iss_may_leave_it_out_but_not_lie() -> None:
    """RFC 9207 section 2.4."""
    older = replace(PROVIDER, iss_in_answer=False)
    assert parse_callback(BACK[:2], ATTEMPT.pending, older, NOW) == Secret("a-code")
    assert parse_callback([*BACK, ("session_state", "x"), ("session_state", "y")], ATTEMPT.pending, older, NOW)
    with pytest.raises(NotAuthenticatedError):
        parse_callback([*BACK[:2], ("iss", "https://evil.example")], ATTEMPT.pending, older, NOW)


def test_a_login_asks_for_a_code_with_pkce_and_nothing_more_than_configured() -> None:
    """Only the challenge travels; the state is kept as its digest."""
    query = asked(ATTEMPT.url)
    verifier = ATTEMPT.pending.verifier.value
    assert query == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": CONSOLE.redirect_uri,
        "scope": "openid profile email",
        "state": STATE,
        "nonce": ATTEMPT.pending.nonce.value,
        "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    assert ATTEMPT.url.startswith(f"{ISSUER}/auth?")
    assert ATTEMPT.pending.state_digest == state_digest(state_of(BACK)) == sha256(STATE.encode()).digest()
    assert (ATTEMPT.pending.began_at, ATTEMPT.pending.expires_at) == (NOW, NOW + timedelta(minutes=10))


def test_a_step_up_asks_for_a_fresh_and_strong_login_of_the_same_person() -> None:
    """Age in whole seconds, never below zero."""
    step_up = Asked(timedelta(seconds=0.9), ("strong", "stronger"), "login", "alice@clinic.example")
    query = asked(begin(PROVIDER, CONSOLE, NOW, step_up).url)
    assert (query["max_age"], query["acr_values"], query["prompt"]) == ("0", "strong stronger", "login")
    assert query["login_hint"] == "alice@clinic.example"
    assert asked(begin(PROVIDER, CONSOLE, NOW, Asked(timedelta(-1))).url)["max_age"] == "0"


def test_an_endpoint_that_has_a_query_keeps_it() -> None:
    """Some providers name the realm there."""
    query = asked(begin(replace(PROVIDER, authorization_endpoint=f"{ISSUER}/auth?realm=a"), CONSOLE, NOW).url)
    assert (query["realm"], query["client_id"]) == ("a", CLIENT)


def test_state_nonce_and_verifier_are_random_each_for_itself() -> None:
    """256 bits each, none from another; none prints."""
    numbers = count(1)
    made = begin(PROVIDER, CONSOLE, NOW, random=lambda size: bytes([next(numbers)]) * size)
    secrets = {made.state.value, made.pending.nonce.value, made.pending.verifier.value}
    assert len(secrets) == 3
    assert {len(one) for one in secrets} == {43}
    again = begin(PROVIDER, CONSOLE, NOW)
    assert {again.state, again.pending.nonce, again.pending.verifier}.isdisjoint(
        {ATTEMPT.state, ATTEMPT.pending.nonce, ATTEMPT.pending.verifier}
    )
    assert not any(one in repr(made) for one in secrets)


ID_TOKENS: list[tuple[Secret, str, str]] = [
    (mint(id_claims(), typ="at+jwt"), "typ", "an access token's type"),
    (mint(access_claims(nonce=NONCE.value), typ=None), "somebody else", "an access token"),
    (mint(id_claims(), typ="logout+jwt"), "typ", "a logout token"),
    (with_shared_secret(b"an invented secret", id_claims(), typ="JWT"), "algorithm", "HS256 with the client's secret"),
    (mint(id_claims(), typ=None, key=RSAKey.generate_key(2048, {"kid": "rsa"})), "signature", "a stranger's key"),
    (mint(id_claims(), typ=None, jwk={}), "never allowed", "a key in the header"),
    (mint(id_claims(iss="https://evil.example"), typ=None), "another provider", "another issuer"),
    (mint(id_claims(aud="other"), typ=None), "somebody else", "another client's"),
    (mint(id_claims(aud=["other", CLIENT]), typ=None), "azp", "several audiences without azp"),
    (mint(id_claims(aud=["other", CLIENT], azp="other"), typ=None), "azp", "several audiences, asked by another"),
    (mint(id_claims(azp="other"), typ=None), "azp", "asked by another"),
    (mint(id_claims(nonce=None), typ=None), "nonce is missing", "no nonce"),
    (mint(id_claims(nonce="another"), typ=None), "another attempt", "another attempt's nonce"),
    (mint(id_claims(nonce="é"), typ=None), "another attempt", "a nonce that is not ASCII"),
    (mint(id_claims(exp=seconds(NOW - 60 * SECOND), iat=seconds(NOW - 90 * SECOND)), typ=None), "passed", "over"),
    (mint(id_claims(exp=None), typ=None), "exp is missing", "no end"),
    (mint(id_claims(iat=None), typ=None), "iat is missing", "no beginning"),
    (mint(id_claims(iat=seconds(NOW + 61 * SECOND)), typ=None), "future", "from the future"),
    (mint(id_claims(sub=None), typ=None), "sub is missing", "nobody"),
    (mint(id_claims(auth_time="now"), typ=None), "auth_time", "an auth_time that is a text"),
    (mint(id_claims(acr=["strong"]), typ=None), "acr", "an acr that is a list"),
    (mint(id_claims(at_hash=half(sha256(b"another").digest())), typ=None), "at_hash", "with another access token"),
    (mint(id_claims(at_hash=half(sha512(b"access").digest())), typ=None), "at_hash", "the hash of another algorithm"),
    (mint(b'{"nonce":"a","nonce":"b"}', typ=None), "no JSON object", "two nonces"),
]


@pytest.mark.parametrize(("token", "note", "reason"), ID_TOKENS, ids=[reason for *_, reason in ID_TOKENS])
def test_a_bad_id_token_is_refused_with_the_same_words(token: Secret, note: str, reason: str) -> None:
    """The note shows that each row is refused for its own reason."""
    with pytest.raises(NotAuthenticatedError) as error:
        verify_id_token(token, RULES, NONCE, provider_keys(), NOW, access_token=Secret("access"))
    assert str(error.value) == REFUSED
    assert note in error.value.__notes__[0]


def test_a_hash_that_cannot_be_compared_is_refused() -> None:
    """The access token that came along must be handed over."""
    token = mint(id_claims(at_hash=half(sha256(b"access").digest())), typ=None)
    with pytest.raises(NotAuthenticatedError):
        verify_id_token(token, RULES, NONCE, provider_keys(), NOW)


@pytest.mark.parametrize(
    ("alg", "digest"), [("RS256", sha256), ("PS256", sha256), ("ES256", sha256), ("EdDSA", sha512)]
)
def test_a_good_id_token_of_each_algorithm_is_accepted_with_its_hash(alg: str, digest: object) -> None:
    """at_hash uses the hash of the signature."""
    claims = id_claims(at_hash=half(digest(b"access").digest()), azp=CLIENT)  # type: ignore[operator]
    token = mint(claims, alg=alg, typ=None, key=signing_keys()[alg])
    assert verify_id_token(token, RULES, NONCE, provider_keys(), NOW, access_token=Secret("access")).subject == "alice"


def test_who_signed_in_is_read() -> None:
    """A name that cannot be read, or an address that nobody checked, is left out; it decides nothing."""
    claims = id_claims(
        auth_time=seconds(NOW - 5 * SECOND), acr="strong", amr=["pwd", "otp"], sid="s-1", name="Alice Invented",
        email="alice@clinic.example", email_verified=True,
    )  # fmt: skip
    found = verify_id_token(mint(claims, typ="JWT"), RULES, NONCE, provider_keys(), NOW)
    assert found == SignedIn(
        ISSUER, "alice", NOW - 5 * SECOND, "strong", frozenset({"pwd", "otp"}), "s-1", "Alice Invented",
        "alice@clinic.example",
    )  # fmt: skip
    assert not any(word in repr(found) for word in ("alice", "Alice", "s-1"))
    odd = {**claims, "name": "Alice\nInvented", "email_verified": False}
    found = verify_id_token(mint(odd, typ="JWT"), RULES, NONCE, provider_keys(), NOW)
    assert (found.name, found.email) == (None, None)
