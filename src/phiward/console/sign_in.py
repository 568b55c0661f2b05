"""Signing in, confirming who one is, and signing out: forms without script, and the state of the session as JSON.

Every login path goes through the identity provider; there is no password here. Reading `/session` is no activity, so a
page that polls it keeps nobody signed in. Source: OWASP ASVS 5.0 V7, OpenID Connect Core.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from phiward.console import cookies
from phiward.console.pages import Pages, static_file
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError, PhiwardError
from phiward.domain.ports import Clock
from phiward.domain.sign_in import Entered, Leap, SessionView
from phiward.domain.text import Secret
from phiward.identity.sessions import csrf_token

MAX_FORM_BYTES: Final = 16_384
BECAUSE: Final = {
    "idle": ("due", "You were signed out after a time without use", "Sign in to go on."),
    "expired": ("due", "Your session reached its longest time", "Sign in to go on."),
    "ended": ("bad", "Your session was ended", "An administrator, your directory or another sign-out ended it."),
    "out": ("ok", "You are signed out", ""),
}
"""Why a person stands before the door; whatever else an address says is not shown."""
GAINS: Final = {
    "emergency": "Emergency access needs it: the privacy office is told at once and reviews every use.",
    "administration": "Giving and taking access needs it.",
}


class SignIn(Protocol):
    """What the pages ask; adapters.sign_in implements it."""

    async def begin(self, return_to: str) -> Leap:
        """A login. Raises UpstreamError when the provider cannot be asked."""

    async def step_up(self, token: Secret, return_to: str) -> Leap:
        """A fresh login of the same person. Raises NotAuthenticatedError."""

    async def finish(self, query: Sequence[tuple[str, str]], browser: Secret) -> Entered:
        """The way back. Raises NotAuthenticatedError, NotPermittedError, UpstreamError."""

    async def offline(self, token: Secret, code: Secret) -> Secret:
        """A step-up by an enrolled code. Raises NotPermittedError."""

    async def view(self, token: Secret) -> SessionView | None:
        """The session, without counting as activity; None when it ended."""

    async def out(self, token: Secret, *, everywhere: bool) -> None:
        """End this session, or every one of its person."""


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The routes. `origin` is the address that browsers see, without a slash at its end."""

    sign_in: SignIn
    pages: Pages
    origin: str
    clock: Clock

    def routes(self) -> list[Route]:
        """Every address with its method."""
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("/", "GET", self.start),
            ("/login", "GET", self.door),
            ("/login", "POST", self.begin),
            ("/login/callback", "GET", self.callback),
            ("/step-up", "GET", self.step_up_page),
            ("/step-up", "POST", self.step_up),
            ("/step-up/offline", "POST", self.offline),
            ("/logout", "POST", self.logout),
            ("/session", "GET", self.session),
            ("/static/{name}", "GET", self.static),
        ]
        return [Route(path, self._guarded(handler), methods=[method]) for path, method, handler in table]

    def _guarded(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except PhiwardError as error:
                return self._refused(request, error)

        return answer

    async def start(self, request: Request) -> Response:
        """`GET /`: who is signed in, or the way to the door."""
        token, view = await self._view(request)
        if token is None or view is None:
            return RedirectResponse("/login", 303)
        return self.pages.page("start", session=self._told(token, view))

    async def door(self, request: Request) -> Response:
        """`GET /login`."""
        because = BECAUSE.get(request.query_params.get("because", ""))
        note = dict(zip(("state", "says", "more"), because, strict=True)) if because else None
        return self.pages.page("login", note=note, return_to=safe_return(request.query_params.get("return_to")))

    async def begin(self, request: Request) -> Response:
        """`POST /login`: on to the provider."""
        form = await self._form(request)
        return self._leap(await self.sign_in.begin(safe_return(form.get("return_to"))))

    async def callback(self, request: Request) -> Response:
        """`GET /login/callback`: back from the provider, in the browser that began."""
        browser = cookies.read(request, cookies.BROWSER)
        if browser is None:
            raise NotAuthenticatedError("This browser did not begin a sign-in.")
        entered = await self.sign_in.finish(list(request.query_params.multi_items()), browser)
        response = RedirectResponse(safe_return(entered.return_to), 303)
        cookies.put(response, cookies.SESSION, entered.token, None)
        cookies.drop(response, cookies.BROWSER)
        return response

    async def step_up_page(self, request: Request) -> Response:
        """`GET /step-up`: why, and for how long."""
        token, view = await self._view(request)
        if token is None or view is None:
            return RedirectResponse("/login?because=ended", 303)
        gain = GAINS.get(request.query_params.get("for", ""), "You are asked to sign in again.")
        return_to = safe_return(request.query_params.get("return_to"))
        told = self._told(token, view)
        return self.pages.page("step_up", session=told, gain=gain, return_to=return_to, minutes=5)

    async def step_up(self, request: Request) -> Response:
        """`POST /step-up`: the provider asks again."""
        token, form = await self._form_of_session(request)
        return self._leap(await self.sign_in.step_up(token, safe_return(form.get("return_to"))))

    async def offline(self, request: Request) -> Response:
        """`POST /step-up/offline`: an enrolled code, while the provider is down."""
        token, form = await self._form_of_session(request)
        new = await self.sign_in.offline(token, Secret(form.get("code", "")))
        response = RedirectResponse(safe_return(form.get("return_to")), 303)
        cookies.put(response, cookies.SESSION, new, None)
        return response

    async def logout(self, request: Request) -> Response:
        """`POST /logout`: this session, or all of this person."""
        token, form = await self._form_of_session(request)
        await self.sign_in.out(token, everywhere=form.get("everywhere") == "yes")
        response = RedirectResponse("/login?because=out", 303)
        cookies.drop(response, cookies.SESSION)
        response.headers["clear-site-data"] = '"cache", "storage"'
        return response

    async def session(self, request: Request) -> Response:
        """`GET /session`: how long it lasts. No activity."""
        _, view = await self._view(request)
        if view is None:
            return _json({"state": "ended"}, 401)
        now = self.clock()
        ends = min(end for end in (view.ends_at, view.idle_ends_at) if end is not None)
        left = max(0, int((ends - now).total_seconds()))
        return _json({"state": "open", "ends_at": ends.isoformat(), "seconds_left": left})

    async def static(self, request: Request) -> Response:
        """`GET /static/{name}`."""
        return static_file(request.path_params["name"]) or _json({"state": "not found"}, 404)

    async def _view(self, request: Request) -> tuple[Secret | None, SessionView | None]:
        token = cookies.read(request, cookies.SESSION)
        return (token, await self.sign_in.view(token)) if token is not None else (None, None)

    async def _form(self, request: Request) -> dict[str, str]:
        if not cookies.is_ours(request, self.origin):
            raise NotPermittedError("The form came from another site.", rule="csrf")
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_FORM_BYTES:
                raise NotPermittedError("The form is too large.", rule="form")
        return dict(parse_qsl(bytes(body).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))

    async def _form_of_session(self, request: Request) -> tuple[Secret, dict[str, str]]:
        form, token = await self._form(request), cookies.read(request, cookies.SESSION)
        if token is None:
            raise NotAuthenticatedError("You are not signed in.")
        if not cookies.carries(token, form.get("csrf")):
            raise NotPermittedError("The form is not of this session.", rule="csrf")
        return token, form

    def _leap(self, leap: Leap) -> Response:
        response = RedirectResponse(leap.url, 303)
        cookies.put(response, cookies.BROWSER, leap.browser, cookies.LOGIN_SECONDS)
        return response

    def _told(self, token: Secret, view: SessionView) -> dict[str, Any]:
        now = self.clock()
        ends = min(end for end in (view.ends_at, view.idle_ends_at) if end is not None)
        return {
            "name": view.name,
            "roles": ", ".join(role.replace("_", " ") for role in view.roles) or "no role yet",
            "since": _clock(view.since),
            "confirmed": _clock(view.confirmed_at) if view.confirmed_at else "at sign-in",
            "ends_at": ends.isoformat(timespec="minutes"),
            "ends_clock": _clock(ends),
            "minutes_left": max(0, int((ends - now).total_seconds() // 60)),
            "minutes": view.minutes,
            "csrf": csrf_token(token).value,
        }

    def _refused(self, request: Request, error: PhiwardError) -> Response:
        status = (
            401 if isinstance(error, NotAuthenticatedError) else 403 if isinstance(error, NotPermittedError) else 503
        )
        interaction: UUID | None = getattr(request.state, "interaction", None)
        return self.pages.page(
            "refused", status, says=str(error), advice=error.advice, interaction=str(interaction or "-")
        )


def safe_return(wanted: str | None) -> str:
    """A path of ours, or the start: never another host, a scheme, or a line break."""
    plain = wanted is not None and len(wanted) <= 200 and wanted.isascii() and wanted.isprintable()
    if not plain or wanted is None or not wanted.startswith("/") or wanted[1:2] in ("/", "\\") or "\\" in wanted:
        return "/"
    return wanted


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M UTC")


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, {"cache-control": "no-store"}, media_type="application/json")
