"""What an OpenID provider says about itself, and when we believe it.

The issuer must be the configured one to the letter; every endpoint must be https, or loopback where
the issuer itself is; PKCE with S256 must be supported. Source: OpenID Connect Discovery 1.0 sections 3
and 4.3, RFC 8414, RFC 9207, RFC 9700 section 2.1.1.
"""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NoReturn
from urllib.parse import urlsplit

from phiward.domain.errors import ConfigurationError, IdentityUnavailableError, NotAuthenticatedError
from phiward.identity.claims import Claims, parse_object
from phiward.identity.signed import ALGORITHMS

MAX_URL_CHARACTERS: Final = 2048
WELL_KNOWN: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Provider:
    """Metadata that was read and accepted.

    `algorithms` are those for ID tokens that both sides allow. `iss_in_answer`: the provider promises
    to name itself when it sends a browser back (RFC 9207). `basic_auth`: a client may show its secret by
    HTTP Basic.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    algorithms: frozenset[str]
    iss_in_answer: bool
    basic_auth: bool


def discovery_url(issuer: str) -> str:
    """Where the metadata of an issuer are.

    Raises ConfigurationError when the issuer is not https (or http on loopback), or holds a query, a
    fragment or credentials.
    """
    if not _sound(issuer) or "?" in issuer:
        raise ConfigurationError("The issuer must be an https address, or http on loopback, without query or fragment.")
    return issuer.rstrip("/") + WELL_KNOWN


def parse_provider(document: bytes, issuer: str, algorithms: Collection[str] = ALGORITHMS) -> Provider:
    """Read the metadata that `discovery_url(issuer)` answered with.

    Raises IdentityUnavailableError naming the first thing that is wrong; its words never repeat the document.
    """
    try:
        return _provider(parse_object(document), issuer, frozenset(algorithms))
    except NotAuthenticatedError:
        pass
    _refuse("cannot be read")


def is_loopback_url(url: str) -> bool:
    """Whether the host of an address is 127.0.0.0/8, ::1 or `localhost`."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _provider(said: Claims, issuer: str, algorithms: frozenset[str]) -> Provider:
    if said.text_or_none("issuer", MAX_URL_CHARACTERS) != issuer:
        _refuse("name another issuer than the configured one")
    if "S256" not in said.texts("code_challenge_methods_supported"):
        _refuse("do not support PKCE with S256")
    if "code" not in said.texts("response_types_supported"):
        _refuse("do not support the authorization code flow")
    shared = said.texts("id_token_signing_alg_values_supported") & algorithms
    if not shared:
        _refuse("name no signature algorithm that is allowed here")
    # Without a statement, client_secret_basic is the default: Discovery section 3.
    methods = said.texts("token_endpoint_auth_methods_supported") or {"client_secret_basic"}
    return Provider(
        issuer,
        _endpoint(said, "authorization_endpoint", issuer),
        _endpoint(said, "token_endpoint", issuer),
        _endpoint(said, "jwks_uri", issuer),
        _endpoint(said, "end_session_endpoint", issuer) if "end_session_endpoint" in said else None,
        shared,
        said.flag("authorization_response_iss_parameter_supported"),
        "client_secret_basic" in methods,
    )


def _endpoint(said: Claims, name: str, issuer: str) -> str:
    url = said.text_or_none(name, MAX_URL_CHARACTERS)
    # A provider elsewhere must not send us to a service on this machine.
    if url is None or not _sound(url) or (is_loopback_url(url) and not is_loopback_url(issuer)):
        _refuse(f"have no {name} that is safe to use")
    return url


def _sound(url: str) -> bool:
    """An https address, or http on loopback, without credentials and fragment."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or "#" in url:
        return False
    try:
        parts = urlsplit(url)
        known = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if not known or not parts.hostname or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback_url(url))


def _refuse(what: str) -> NoReturn:
    raise IdentityUnavailableError(f"The identity provider's metadata {what}.", rule="provider_metadata")
