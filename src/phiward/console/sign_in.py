"""Signing in, confirming who one is, and signing out: forms without script.

Every login path goes through the identity provider; there is no password here. Source: OWASP ASVS 5.0 V7, OpenID
Connect Core.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from phiward.console import cookies
from phiward.console.forms import read_form
from phiward.console.pages import Pages
from phiward.console.ports import Sessions, SignIn
from phiward.console.refusals import door_refused
from phiward.console.visits import Page, Visit, get, post
from phiward.domain.errors import NotAuthenticatedError, PhiwardError
from phiward.domain.sign_in import Leap
from phiward.domain.text import Secret

BECAUSE: Final = {
    "idle": ("", "You were signed out after a time without use", "The page was cleared. Sign in to go on."),
    "expired": ("", "Your session reached its longest time", "The page was cleared. Sign in to go on."),
    "ended": ("due", "Your session is over", "It ended by time, by another sign-out, or by an administrator."),
    "out": ("ok", "You are signed out", ""),
}
"""Why a person stands before the door; whatever else an address says is not shown."""
KEPT: Final = "What you typed is kept, encrypted, for a day. Sign in to return to it."
GAINS: Final = {
    "emergency": "Emergency access needs it: the privacy office is told at once and reviews every use.",
    "administration": "Giving and taking access needs it.",
}


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The door. `origin` is the address that browsers see; without `sign_in` nobody enters by a provider."""

    sign_in: SignIn | None
    sessions: Sessions
    pages: Pages
    origin: str

    def routes(self) -> list[Route]:
        """What is open to whoever is not signed in."""
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("/login", "GET", self.door),
            ("/login", "POST", self.begin),
            ("/login/callback", "GET", self.callback),
            ("/static/{name}", "GET", self.static),
        ]
        return [Route(path, self._guarded(handler), methods=[method]) for path, method, handler in table]

    def declared(self) -> list[Page]:
        """What is for whoever is."""
        return [
            get("/account", self.account),
            get("/step-up", self.step_up_page),
            post("/step-up", self.step_up, once=False),
            post("/step-up/offline", self.offline, once=False),
            post("/logout", self.logout, once=False),
        ]

    def _guarded(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except PhiwardError as error:
                return door_refused(self.pages, request, error)

        return answer

    async def door(self, request: Request) -> Response:
        """`GET /login`."""
        because = BECAUSE.get(request.query_params.get("because", ""))
        note = dict(zip(("state", "says", "more"), because, strict=True)) if because else None
        if note is not None and request.query_params.get("kept") == "yes":
            note["more"] = KEPT
        back = safe_return(request.query_params.get("return_to"))
        return self.pages.page("login", note=note, return_to=back, provider=self.sign_in is not None)

    async def begin(self, request: Request) -> Response:
        """`POST /login`: on to the provider."""
        form = await read_form(request, self.origin)
        return self.leap(await self._provider().begin(safe_return(form.get("return_to"))))

    async def callback(self, request: Request) -> Response:
        """`GET /login/callback`: back from the provider, in the browser that began."""
        browser = cookies.read(request, cookies.BROWSER)
        if browser is None:
            raise NotAuthenticatedError("This browser did not begin a sign-in.")
        entered = await self._provider().finish(list(request.query_params.multi_items()), browser)
        response = RedirectResponse(safe_return(entered.return_to), 303)
        cookies.put(response, cookies.SESSION, entered.token, None)
        cookies.drop(response, cookies.BROWSER)
        return response

    async def static(self, request: Request) -> Response:
        """`GET /static/{name}`."""
        return self.pages.assets.answer(request, request.path_params["name"]) or Response(status_code=404)

    async def account(self, visit: Visit) -> Response:
        """`GET /account`: who is signed in, and since when."""
        return visit.page("account")

    async def step_up_page(self, visit: Visit) -> Response:
        """`GET /step-up`: why, and for how long."""
        gain = GAINS.get(visit.request.query_params.get("for", ""), "You are asked to sign in again.")
        back = safe_return(visit.request.query_params.get("return_to"))
        return visit.page("step_up", gain=gain, return_to=back, minutes=5)

    async def step_up(self, visit: Visit) -> Response:
        """`POST /step-up`: the provider asks again."""
        return await self.confirm(visit.token, safe_return(visit.form.get("return_to")))

    async def offline(self, visit: Visit) -> Response:
        """`POST /step-up/offline`: an enrolled code, while the provider is down."""
        new = await self._provider().offline(visit.token, Secret(visit.form.get("code", "")))
        response = visit.go(safe_return(visit.form.get("return_to")))
        cookies.put(response, cookies.SESSION, new, None)
        return response

    async def logout(self, visit: Visit) -> Response:
        """`POST /logout`: this session, or all of this person."""
        await self.sessions.out(visit.token, everywhere=visit.form.get("everywhere") == "yes")
        response = visit.go("/login?because=out")
        cookies.drop(response, cookies.SESSION)
        response.headers["clear-site-data"] = '"cache", "storage"'
        return response

    async def confirm(self, token: Secret, back: str) -> Response:
        """To the provider for a step-up, and then to `back`. Raises NotAuthenticatedError, UpstreamError."""
        return self.leap(await self._provider().step_up(token, back))

    def leap(self, leap: Leap) -> Response:
        """To the provider, with the mark of the browser that may come back."""
        response = RedirectResponse(leap.url, 303, {"cache-control": "no-store"})
        cookies.put(response, cookies.BROWSER, leap.browser, cookies.LOGIN_SECONDS)
        return response

    def _provider(self) -> SignIn:
        if self.sign_in is None:
            raise NotAuthenticatedError("No identity provider is configured here.")
        return self.sign_in


def safe_return(wanted: str | None) -> str:
    """A path of ours, or the start: never another host, a scheme, or a line break."""
    plain = wanted is not None and len(wanted) <= 200 and wanted.isascii() and wanted.isprintable()
    if not plain or wanted is None or not wanted.startswith("/") or wanted[1:2] in ("/", "\\") or "\\" in wanted:
        return "/"
    return wanted
