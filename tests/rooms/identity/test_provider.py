"""What a provider says about itself."""

import json

import pytest

from phiward.domain.errors import ConfigurationError, UpstreamError
from phiward.identity.provider import Provider, discovery_url, is_loopback_url, parse_provider
from tests.rooms.identity.minting import ISSUER

SAID: dict[str, object] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "end_session_endpoint": f"{ISSUER}/end",
    "response_types_supported": ["code", "id_token"],
    "code_challenge_methods_supported": ["plain", "S256"],
    "id_token_signing_alg_values_supported": ["HS256", "RS256"],
    "authorization_response_iss_parameter_supported": True,
}


def document(**changed: object) -> bytes:
    """The metadata with some members changed; None leaves one out."""
    return json.dumps({name: value for name, value in {**SAID, **changed}.items() if value is not None}).encode()


BAD = [
    (b"", "cannot be read", "nothing"),
    (b"[]", "cannot be read", "a list"),
    (b'{"issuer": "%s", "issuer": "x"}' % ISSUER.encode(), "cannot be read", "a name twice"),
    (document(issuer=None), "another issuer", "no issuer"),
    (document(issuer=f"{ISSUER}/"), "another issuer", "a slash more"),
    (document(issuer="https://LOGIN.clinic.example"), "another issuer", "capitals"),
    (document(issuer="https://evil.example"), "another issuer", "another provider"),
    (document(code_challenge_methods_supported=None), "S256", "no PKCE"),
    (document(code_challenge_methods_supported=["plain"]), "S256", "only plain PKCE"),
    (document(response_types_supported=["id_token"]), "code flow", "only the implicit flow"),
    (document(id_token_signing_alg_values_supported=["HS256", "none"]), "algorithm", "only shared secrets"),
    (document(jwks_uri=None), "jwks_uri", "no keys"),
    (document(jwks_uri="http://login.clinic.example/jwks"), "jwks_uri", "http"),
    (document(jwks_uri="http://127.0.0.1/jwks"), "jwks_uri", "a service of our own machine"),
    (document(jwks_uri="https://localhost/jwks"), "jwks_uri", "the same by https"),
    (document(token_endpoint="https://u:p@login.clinic.example/"), "token_endpoint", "credentials"),
    (document(token_endpoint="https://login.clinic.example/#x"), "token_endpoint", "a fragment"),
    (document(token_endpoint="https://login.clinic.example\\@evil.example/"), "token_endpoint", "a backslash"),
    (document(token_endpoint="https://login.clinic.example:x/"), "token_endpoint", "a port that is none"),
    (document(token_endpoint="file:///etc/passwd"), "token_endpoint", "a file"),
    (document(token_endpoint="https:///token"), "token_endpoint", "no host"),
    (document(authorization_endpoint="javascript:alert(1)"), "authorization_endpoint", "a script"),
    (document(authorization_endpoint="https://x.example/" + "a" * 2048), "cannot be read", "too long"),
    (document(end_session_endpoint="http://x.example/"), "end_session_endpoint", "an unsafe log-out"),
]


@pytest.mark.parametrize(("said", "words", "reason"), BAD, ids=[reason for *_, reason in BAD])
def test_metadata_that_must_not_be_believed_are_refused(said: bytes, words: str, reason: str) -> None:
    """Naming what is wrong, and repeating nothing."""
    with pytest.raises(UpstreamError, match=words) as error:
        parse_provider(said, ISSUER)
    assert error.value.rule == "provider_metadata"
    assert "evil" not in str(error.value)


@pytest.mark.parametrize(
    "issuer",
    ["", "login.clinic.example", "http://login.clinic.example", "https://", "https://a@b.example", f"{ISSUER}?a=b",
     f"{ISSUER}#a", "https://a b.example", "ftp://127.0.0.1", "https://a.example:99999"],
)  # fmt: skip
def test_an_issuer_that_cannot_be_trusted_is_a_wrong_setting(issuer: str) -> None:
    """Before anything is asked."""
    with pytest.raises(ConfigurationError):
        discovery_url(issuer)


@pytest.mark.parametrize(
    "issuer", [ISSUER, f"{ISSUER}/", "http://127.0.0.1:8080", "http://localhost/realm", "http://[::1]:1"]
)
def test_the_metadata_stand_below_the_issuer(issuer: str) -> None:
    """Https, or http on loopback."""
    assert discovery_url(issuer) == issuer.rstrip("/") + "/.well-known/openid-configuration"


def test_good_metadata_are_read() -> None:
    """Only the algorithms that both sides allow; the secret by HTTP Basic is the default."""
    assert parse_provider(document(), ISSUER) == Provider(
        ISSUER,
        f"{ISSUER}/auth",
        f"{ISSUER}/token",
        f"{ISSUER}/jwks",
        f"{ISSUER}/end",
        frozenset({"RS256"}),
        iss_in_answer=True,
        basic_auth=True,
    )
    bare = document(
        end_session_endpoint=None,
        authorization_response_iss_parameter_supported=None,
        token_endpoint_auth_methods_supported=["client_secret_post"],
    )
    found = parse_provider(bare, ISSUER)
    assert (found.end_session_endpoint, found.iss_in_answer, found.basic_auth) == (None, False, False)


def test_loopback_is_told_from_names_that_look_like_it() -> None:
    """No name but localhost is loopback."""
    assert all(map(is_loopback_url, ("http://127.0.0.1:1/", "http://127.9.9.9", "http://[::1]/", "http://localhost")))
    assert not any(map(is_loopback_url, ("http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://x")))
