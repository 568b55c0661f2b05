"""The demonstration's door: each printed link signs one person of the synthetic hospital in, once.

Why this is no back door: it is a route of `phiward.cli.demo_gateway` alone, which `phiward demo` starts on a database
that it made itself, of invented patients, in a folder that is removed at the end. `phiward serve` has no such route and
no setting that adds one (tests/cli/test_routes.py holds its whole table). It serves loopback only, whatever the
settings say. The tokens are made by the demonstration, reach this process through its standard input, stand here as
digests, work once and end with it. A session that begins here is on record like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from phiward.adapters.postgres.sessions import NewSession, Sessions
from phiward.console import cookies
from phiward.domain.people import CredentialKind, PersonId, TenantId
from phiward.domain.ports import Clock
from phiward.identity.sessions import LimitBook
from phiward.settings import is_loopback

PATH: Final = "/demo/enter"
OVER: Final = "This link was used, or is none. Start the demonstration again for new ones."


@dataclass(slots=True)
class DemoDoor:
    """`entrances`: by SHA-256 of a token (hex), the person it signs in; taken out when it is used."""

    sessions: Sessions
    tenant: TenantId
    limits: LimitBook
    acr: str
    clock: Clock
    entrances: dict[str, PersonId] = field(repr=False)

    def routes(self) -> list[Route]:
        """One."""
        return [Route(PATH, self.enter, methods=["GET"])]

    async def enter(self, request: Request) -> Response:
        """`GET /demo/enter?token=…`: a session, as if the provider had just confirmed her; 404 for all else.

        A browser that looks ahead does not use the link up.
        """
        if not is_loopback(request.client.host if request.client else ""):
            return PlainTextResponse(OVER, 404)
        if "prefetch" in request.headers.get("sec-purpose", ""):
            return PlainTextResponse(OVER, 503)
        token = request.query_params.get("token", "")
        person = self.entrances.pop(sha256(token.encode()).hexdigest(), None)
        if person is None:
            return PlainTextResponse(OVER, 404)
        new = NewSession(person, CredentialKind.BROWSER, self.limits.of(()), auth_time=self.clock(), acr=self.acr)
        made = await self.sessions.begin(self.tenant, new)
        response = RedirectResponse("/", 303, {"cache-control": "no-store", "referrer-policy": "no-referrer"})
        cookies.put(response, cookies.SESSION, made.text, None)
        return response


def entrances_of(told: Mapping[str, str]) -> dict[str, PersonId]:
    """From what the demonstration wrote: digest → id of a person. Raises ValueError."""
    return {digest: PersonId(UUID(person)) for digest, person in told.items()}
