"""`POST /oauth/token`: an access token of the identity provider becomes a session token (RFC 8693).

A person's token alone makes a session for an application of hers; beside it a service's own token makes one in which
the service acts on her behalf. Nothing else is granted here. Errors have the shape of RFC 6749 section 5.2.
"""

from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phiward.domain.errors import InvalidRequestError, NotAuthenticatedError, PhiwardError
from phiward.domain.sign_in import IssuedToken
from phiward.domain.text import Secret
from phiward.gateway.body import read_body
from phiward.gateway.errors import status_of
from phiward.identity.credentials import MAX_JWT_CHARACTERS

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type
JWT = "urn:ietf:params:oauth:token-type:jwt"
MAX_BODY_BYTES = 64 * 1024


class Exchange(Protocol):
    """What the route asks; adapters.admission implements it."""

    async def exchange(self, subject: Secret, actor: Secret | None) -> IssuedToken:
        """A session token. Raises NotAuthenticatedError, NotPermittedError, PatientNotFoundError, UpstreamError."""


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """The one handler."""

    admission: Exchange

    def route(self) -> Route:
        """Its address."""
        return Route("/oauth/token", self.exchange, methods=["POST"])

    async def exchange(self, request: Request) -> Response:
        """Read the form, exchange, answer."""
        try:
            subject, actor = _read(await read_body(request, MAX_BODY_BYTES))
            issued = await self.admission.exchange(subject, actor)
        except PhiwardError as error:
            return _refused(error)
        body = {
            "access_token": issued.token.value,
            "issued_token_type": ACCESS_TOKEN,
            "token_type": "Bearer",
            "expires_in": issued.seconds,
            "scope": " ".join(sorted(issued.scopes)),
        }
        return _answer(body, 200)


def _read(body: bytes) -> tuple[Secret, Secret | None]:
    """Subject and actor token of a form. Raises InvalidRequestError for anything else than this one exchange."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=20)
    except (ValueError, UnicodeDecodeError):
        raise InvalidRequestError("The form cannot be read.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidRequestError("A parameter came more than once.")
    if form.get("grant_type") != GRANT:
        raise InvalidRequestError("Only a token exchange is granted here.", param="grant_type")
    if form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise InvalidRequestError("Only an access token is issued here.", param="requested_token_type")
    subject = _token(form, "subject_token")
    if subject is None:
        raise InvalidRequestError("A subject_token is needed.", param="subject_token")
    return subject, _token(form, "actor_token")


def _token(form: dict[str, str], name: str) -> Secret | None:
    text = form.get(name)
    if text is None:
        return None
    if form.get(f"{name}_type") not in (ACCESS_TOKEN, JWT):
        raise InvalidRequestError("The token must be an access token.", param=f"{name}_type")
    if not 1 <= len(text) <= MAX_JWT_CHARACTERS or not text.isprintable():
        raise InvalidRequestError("That is no token.", param=name)
    return Secret(text)


def _refused(error: PhiwardError) -> Response:
    if isinstance(error, InvalidRequestError):
        code = "unsupported_grant_type" if error.param == "grant_type" else "invalid_request"
        return _answer({"error": code, "error_description": str(error)}, 400)
    status = status_of(error)[0]
    code = "invalid_grant" if isinstance(error, NotAuthenticatedError) else "access_denied"
    if status >= 500:
        code = "temporarily_unavailable"
    body: dict[str, Any] = {"error": code, "error_description": str(error)}
    return _answer(body, status if status >= 500 else 400)


def _answer(body: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(body), status, {"pragma": "no-cache"}, media_type="application/json")
