"""The session as the page's own script sees it: how long it lasts, going on, and what is typed and not yet sent.

Reading `/session` is no activity, nor is keeping a draft: a page that is open keeps nobody signed in. Going on is one
press of a button. Source: OWASP ASVS 5.0 V7.3, WCAG 2.2 criterion 2.2.1.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phiward.console import cookies
from phiward.console.forms import read_form
from phiward.console.frame import told_ended
from phiward.console.ports import Drafts, Sessions
from phiward.console.refusals import refused_plainly
from phiward.console.sign_in import safe_return
from phiward.console.surroundings import session_bar
from phiward.console.visits import Page, Visit, post
from phiward.domain.errors import PhiwardError
from phiward.domain.ports import Clock

PLACE: Final = "draft_place"
"""The field that names the page of a draft."""


@dataclass(frozen=True, slots=True)
class SessionPages:
    """`origin` is the address that browsers see."""

    sessions: Sessions
    drafts: Drafts
    origin: str
    clock: Clock

    def routes(self) -> list[Route]:
        """What also answers when the session is over."""
        return [
            Route("/session", self.left, methods=["GET"]),
            Route("/draft", self.keep, methods=["POST"]),
        ]

    def declared(self) -> list[Page]:
        """What is for whoever is signed in."""
        return [post("/session/stay", self.stay, once=False)]

    async def left(self, request: Request) -> Response:
        """`GET /session`: how long it lasts. No activity."""
        token = cookies.read(request, cookies.SESSION)
        try:
            signed = None if token is None else await self.sessions.open(token, activity=False)
        except PhiwardError as error:
            return refused_plainly(error)
        if token is None or signed is None:
            return _json({"state": "ended"}, 401)
        bar = session_bar(signed, token, self.clock())
        return _json({"state": "open", "ends_at": bar["ends_at"], "seconds_left": bar["seconds_left"]})

    async def stay(self, visit: Visit) -> Response:
        """`POST /session/stay`: this is activity."""
        bar = session_bar(visit.signed, visit.token, visit.now)
        if visit.request.headers.get("sec-fetch-mode") in (None, "navigate"):
            return visit.go(safe_return(visit.form.get("return_to")))
        return _json({"state": "open", "ends_at": bar["ends_at"], "seconds_left": bar["seconds_left"]})

    async def keep(self, request: Request) -> Response:
        """`POST /draft`: seal what is typed. Also just after the session ended by time; it is no activity."""
        token = cookies.read(request, cookies.SESSION)
        try:
            form = await read_form(request, self.origin)
            place = safe_return(form.get(PLACE))
            if token is None or not cookies.carries(token, form.get("csrf")) or place == "/":
                return told_ended(kept=False)
            typed = {name: value for name, value in form.typed().items() if name != PLACE}
            until = await self.drafts.keep(token, place, typed)
        except PhiwardError as error:
            return refused_plainly(error)
        return told_ended(kept=False) if until is None else _json({"kept_until": until.isoformat(timespec="minutes")})


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, {"cache-control": "no-store"}, media_type="application/json")
