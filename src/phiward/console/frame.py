"""The frame of every page: who is signed in, from where a form came, what becomes of it, and how a refusal looks.

request → session → role → (form: origin and mark of the session → once) → the page's own function → answer. Nothing
else of the console reads a cookie of the session or decides on a form.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from phiward.console import cookies
from phiward.console.forms import NO_FORM, Form, read_form, refuse_other_session
from phiward.console.pages import Pages
from phiward.console.ports import Drafts, Log, Sessions, Submissions
from phiward.console.refusals import refused
from phiward.console.surroundings import Surroundings, navigation
from phiward.console.visits import Page, Visit
from phiward.domain.console import Signed
from phiward.domain.errors import InvalidRequestError, NotAuthenticatedError, NotPermittedError, PhiwardError
from phiward.domain.people import CredentialKind
from phiward.domain.ports import Clock
from phiward.domain.text import Secret

WAIT_SECONDS: Final = 0.2
WAITS: Final = 150
"""How long the second of two equal submissions waits for the first: half a minute."""
UNDER_WAY: Final = "This was sent already and is under way; look again in a moment."


@dataclass(frozen=True, slots=True)
class Frame:
    """`origin` is the address that browsers see, without a slash at its end."""

    sessions: Sessions
    drafts: Drafts
    submissions: Submissions
    log: Log
    pages: Pages
    origin: str
    clock: Clock

    def routes(self, declared: Sequence[Page]) -> list[Route]:
        """The routes of these pages; the bar leads to those among them that are named for it."""
        surroundings = Surroundings(self.log, navigation(declared))
        return [Route(one.path, self._handler(one, surroundings), methods=[one.method]) for one in declared]

    def _handler(self, page: Page, around: Surroundings) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            told: dict[str, Any] | None = None
            form = NO_FORM
            try:
                token = cookies.read(request, cookies.SESSION)
                form = await read_form(request, self.origin) if page.method == "POST" else NO_FORM
                signed = None if token is None else await self.sessions.open(token, activity=page.activity)
                if token is None or signed is None or signed.caller.kind is not CredentialKind.BROWSER:
                    return await self._ended(request, page, token, form)
                told = await around.told(signed, token, page, self.clock())
                if page.method == "POST":
                    refuse_other_session(form, token)
                if page.roles is not None and not page.roles & signed.caller.roles:
                    raise NotPermittedError("This page is not for your role.", rule="page_role")
                return await self._visit(request, page, token, signed, told, form)
            except PhiwardError as error:
                return refused(self.pages, request, error, told, form.typed() if page.drafts else {})

        return answer

    async def _visit(
        self, request: Request, page: Page, token: Secret, signed: Signed, told: dict[str, Any], form: Form
    ) -> Response:
        place = request.url.path
        draft = await self.drafts.find(signed.caller, place) if page.drafts and page.method == "GET" else {}
        visit = Visit(request, token, signed, self.clock(), self.pages, told, form, draft)
        if page.method == "GET" or not page.once:
            return await page.handler(visit)
        return await self._do_once(visit, page, place)

    async def _do_once(self, visit: Visit, page: Page, place: str) -> Response:
        """A form does what it does once: whoever sends it again is led to where it led."""
        once = visit.form.get("once", "")
        if not once or len(once) > cookies.MAX_CHARACTERS:
            raise InvalidRequestError("The form is not complete; open its page anew.", param="once")
        for _ in range(WAITS):
            led = await self.submissions.claim(visit.caller, once)
            if led is None:
                break
            if led:
                return visit.go(led)
            await asyncio.sleep(WAIT_SECONDS)
        else:
            raise InvalidRequestError(UNDER_WAY)
        response: Response | None = None
        try:
            response = await page.handler(visit)
        finally:
            await self._settle(visit, page, place, once, response)
        return response

    async def _settle(self, visit: Visit, page: Page, place: str, once: str, response: Response | None) -> None:
        led = None if response is None else response.headers.get("location") or response.headers.get("x-led-to")
        if led is None or not led.startswith("/"):
            await self.submissions.release(visit.caller, once)
            return
        await self.submissions.done(visit.caller, once, led)
        if page.drafts:
            await self.drafts.forget(visit.caller, place)

    async def _ended(self, request: Request, page: Page, token: Secret | None, form: Form) -> Response:
        """To the door. What was typed is kept for the person whose session ended by time."""
        kept = None
        if token is not None and page.drafts and page.method == "POST" and cookies.carries(token, form.get("csrf")):
            kept = await self.drafts.keep(token, request.url.path, form.typed())
        back = request.url.path if page.method == "GET" or page.drafts else "/"
        asked = {"because": "ended" if token else "none", "return_to": back, **({"kept": "yes"} if kept else {})}
        if request.headers.get("sec-fetch-mode") not in (None, "navigate"):
            return told_ended(kept is not None)
        if token is None and page.method == "POST":
            raise NotAuthenticatedError("You are not signed in.")
        return RedirectResponse(f"/login?{urlencode(asked)}", 303, {"cache-control": "no-store"})


def told_ended(kept: bool) -> Response:
    """For a script: the session is over, and whether what was typed is kept."""
    body = orjson.dumps({"state": "ended", "kept": kept})
    headers = {"cache-control": "no-store", "hx-redirect": "/login?because=ended"}
    return Response(body, 401, headers, media_type="application/json")
