"""Access tokens of the identity provider: JWT by RFC 9068, and who acts for whom by RFC 8693.

An access token says that its issuer let a client call this audience. It does not say that the person
may see a patient: the policy decides that, and a token of a service alone opens nothing.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from phiward.domain.errors import ConfigurationError
from phiward.domain.text import Secret
from phiward.identity.claims import Claims, refusal
from phiward.identity.provider_keys import ProviderKeys
from phiward.identity.signed import ALGORITHMS, allowed, take_apart, verified

MAX_LEEWAY_SECONDS: Final = 300
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
_ONLY_IN_ID_TOKENS: Final = ("at_hash", "c_hash")
_FHIR_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Which tokens are accepted. `issuer` and `audience` are compared character by character.

    `leeway_seconds` (0 to 300) is how far the provider's clock may differ from ours. Raises
    ConfigurationError for an empty issuer or audience, and for an algorithm with a shared secret.
    """

    issuer: str
    audience: str
    algorithms: frozenset[str] = ALGORITHMS
    leeway_seconds: int = 60

    def __post_init__(self) -> None:
        """Refuse rules that would let too much pass."""
        allowed(self.algorithms)
        if not self.issuer or not self.audience:
            raise ConfigurationError("Tokens need an issuer and an audience.")
        if not 0 <= self.leeway_seconds <= MAX_LEEWAY_SECONDS:
            raise ConfigurationError(f"The leeway of tokens is between 0 and {MAX_LEEWAY_SECONDS} seconds.")

    @property
    def leeway(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(seconds=self.leeway_seconds)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified token says. Times are UTC; `expires_at` is without leeway.

    `subject` is the person at the provider, unless `of_service`: then it is the client itself, which no
    person stands behind. `actor` is the client that acts on behalf of the subject (RFC 8693 section
    4.1). `patient` is the id of a SMART launch, `session` the provider's (`sid`).
    """

    issuer: str
    subject: str = field(repr=False)
    client_id: str
    scopes: frozenset[str]
    patient: str | None = field(repr=False)
    actor: str | None
    auth_time: datetime | None
    acr: str | None
    session: str | None = field(repr=False)
    expires_at: datetime
    issued_at: datetime
    of_service: bool


def verify_access_token(token: Secret, rules: TokenRules, keys: ProviderKeys, now: datetime) -> AccessToken:
    """Verify a token at `now`.

    Raises NotAuthenticatedError, with the same words whatever is wrong: size, header, algorithm, key,
    signature, type, issuer, audience, times, or a claim that cannot be read. Source: RFC 9068 section 4.
    """
    parts = take_apart(token)
    claims = verified(parts, keys, rules.algorithms, now)
    if (parts.type or "").lower() not in _TYPES:
        raise refusal("typ is not that of an access token")
    if any(name in claims for name in _ONLY_IN_ID_TOKENS):
        raise refusal("this is an ID token")
    check_issued_for(claims, rules.issuer, rules.audience)
    issued_at, expires_at = check_times(claims, now, rules.leeway)
    subject, client = claims.text("sub"), claims.text("client_id")
    return AccessToken(
        rules.issuer,
        subject,
        client,
        claims.words("scope"),
        _patient(claims),
        _actor(claims, rules.issuer),
        claims.instant_or_none("auth_time"),
        claims.text_or_none("acr"),
        claims.text_or_none("sid"),
        expires_at,
        issued_at,
        _of_service(claims, subject, client),
    )


def check_issued_for(claims: Claims, issuer: str, audience: str) -> None:
    """Issuer and audience, exactly. Raises NotAuthenticatedError."""
    if claims.text("iss") != issuer:
        raise refusal("iss is another provider")
    if audience not in claims.texts("aud"):
        raise refusal("aud is somebody else")


def check_times(claims: Claims, now: datetime, leeway: timedelta) -> tuple[datetime, datetime]:
    """When it was issued and when it ends; exp is exclusive. Raises NotAuthenticatedError."""
    issued_at, expires_at = claims.instant("iat"), claims.instant("exp")
    not_before = claims.instant_or_none("nbf")
    if now - leeway >= expires_at or expires_at <= issued_at:
        raise refusal("exp has passed")
    if issued_at > now + leeway:
        raise refusal("iat is in the future")
    if not_before is not None and not_before > now + leeway:
        raise refusal("nbf is in the future")
    return issued_at, expires_at


def _patient(claims: Claims) -> str | None:
    patient = claims.text_or_none("patient")
    if patient is not None and _FHIR_ID.fullmatch(patient) is None:
        raise refusal("patient is no FHIR id")
    return patient


def _actor(claims: Claims, issuer: str) -> str | None:
    """The one who acts now. Earlier actors, nested inside, decide nothing (RFC 8693 section 4.1)."""
    act = claims.inner("act")
    if act is None:
        return None
    client, subject = act.text_or_none("client_id"), act.text_or_none("sub")
    if "iss" in act and act.text("iss") != issuer:
        raise refusal("the actor is of another provider")
    actor = client or subject
    if actor is None:
        raise refusal("act names nobody")
    return actor


def _of_service(claims: Claims, subject: str, client: str) -> bool:
    """RFC 9068 section 2.2: without a person, `sub` is the client. Entra says idtyp, Auth0 gty and a suffix."""
    return (
        subject in (client, f"{client}@clients")
        or claims.text_or_none("idtyp") == "app"
        or claims.text_or_none("gty") == "client-credentials"
    )
