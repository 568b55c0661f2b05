"""A house of twins for the pages: what they ask is remembered, what they are told a test says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from phiward.console import cookies
from phiward.console.frame import Frame
from phiward.console.pages import Pages
from phiward.console.visits import Page
from phiward.domain.console import LogState, PatientCard, Signed
from phiward.domain.errors import StorageError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, CredentialKind, PersonId, Role, TenantId
from phiward.domain.sign_in import Entered, Leap, SessionView
from phiward.domain.text import Secret
from phiward.identity.sessions import csrf_token, new_token

ORIGIN = "https://phiward.example"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TOKEN = new_token().text
CSRF = csrf_token(TOKEN).value
PAGES = Pages("Lakeshore Example Hospital")
ZORA = PatientCard(PatientRef(UUID(int=7)), "TESTCASE, Zora", NOW.date(), "MRN-1")


def signed(*roles: Role, **more: Any) -> Signed:
    """Somebody with a session of fifteen minutes, three of them used."""
    caller = Caller(
        PersonId(UUID(int=1)), TenantId(UUID(int=2)), frozenset(roles), UUID(int=3), NOW + timedelta(hours=8), TOKEN,
        kind=CredentialKind.BROWSER, **more,
    )  # fmt: skip
    view = SessionView(
        "Dr Basil Mockridge", tuple(map(str, roles)), NOW, None, NOW + timedelta(hours=8),
        NOW + timedelta(minutes=12), 15,
    )  # fmt: skip
    return Signed(caller, view)


@dataclass
class SessionsTwin:
    """One session: TOKEN's."""

    who: Signed | None = field(default_factory=lambda: signed(Role.PHYSICIAN))
    asked: list[Any] = field(default_factory=list)

    async def open(self, token: Secret, *, activity: bool) -> Signed | None:
        """It, while it stands."""
        self.asked.append(("open", activity))
        return self.who if token == TOKEN else None

    async def out(self, token: Secret, *, everywhere: bool) -> None:
        """The end."""
        self.asked.append(("out", everywhere))


@dataclass
class DraftsTwin:
    """In memory. `takes` False: nobody may keep anything."""

    takes: bool = True
    kept: dict[str, dict[str, str]] = field(default_factory=dict)

    async def keep(self, token: Secret, place: str, fields: Mapping[str, str]) -> datetime | None:
        """Until tomorrow."""
        if not self.takes:
            return None
        self.kept[place] = dict(fields)
        return NOW + timedelta(days=1)

    async def find(self, caller: Caller, place: str) -> Mapping[str, str]:
        """What is there."""
        return self.kept.get(place, {})

    async def forget(self, caller: Caller, place: str) -> None:
        """Nothing any more."""
        self.kept.pop(place, None)


@dataclass
class SubmissionsTwin:
    """In memory."""

    led: dict[str, str] = field(default_factory=dict)

    async def claim(self, caller: Caller, once: str) -> str | None:
        """The first gets None."""
        if once in self.led:
            return self.led[once]
        self.led[once] = ""
        return None

    async def done(self, caller: Caller, once: str, location: str) -> None:
        """It led there."""
        self.led[once] = location

    async def release(self, caller: Caller, once: str) -> None:
        """It did nothing."""
        self.led.pop(once, None)


@dataclass
class LogTwin:
    """A log of ten entries; None cannot be asked."""

    told: LogState | None = field(default_factory=lambda: LogState(2_148_213, NOW, healthy=True))

    async def state(self) -> LogState:
        """As a test says."""
        if self.told is None:
            raise StorageError("down")
        return self.told


@dataclass
class SignInTwin:
    """Remembers what it was asked; refuses where a test says so."""

    refusal: Exception | None = None
    asked: list[Any] = field(default_factory=list)

    async def begin(self, return_to: str) -> Leap:
        """To the provider."""
        self.asked.append(("begin", return_to))
        if self.refusal:
            raise self.refusal
        return Leap("https://idp.example/auth", new_token().text)

    async def step_up(self, token: Secret, return_to: str) -> Leap:
        """To the provider again."""
        self.asked.append(("step_up", return_to))
        return Leap("https://idp.example/auth", new_token().text)

    async def finish(self, query: Sequence[tuple[str, str]], browser: Secret) -> Entered:
        """Back again."""
        self.asked.append(("finish", query))
        if self.refusal:
            raise self.refusal
        return Entered(TOKEN, "//evil.example")

    async def offline(self, token: Secret, code: Secret) -> Secret:
        """A code."""
        self.asked.append(("offline", code.value))
        if self.refusal:
            raise self.refusal
        return new_token().text


class Numbered:
    """Gives each request an id, as the gateway's shell does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        scope.setdefault("state", {})["interaction"] = uuid4()
        await self._app(scope, receive, send)


@dataclass
class PagesHouse:
    """A frame of twins."""

    sessions: SessionsTwin = field(default_factory=SessionsTwin)
    drafts: DraftsTwin = field(default_factory=DraftsTwin)
    submissions: SubmissionsTwin = field(default_factory=SubmissionsTwin)
    log: LogTwin = field(default_factory=LogTwin)

    def frame(self) -> Frame:
        """Over them."""
        return Frame(self.sessions, self.drafts, self.submissions, self.log, PAGES, ORIGIN, lambda: NOW)

    def client(
        self, declared: Sequence[Page] = (), more: Sequence[Any] = (), *, signed_in: bool = True,
        origin: str | None = ORIGIN, **headers: str,
    ) -> httpx2.AsyncClient:  # fmt: skip
        """A browser, as far as HTTP goes."""
        sent = {**({"origin": origin} if origin else {}), **headers}
        if signed_in:
            sent["cookie"] = f"{cookies.SESSION}={TOKEN.value}"
        app = Numbered(Starlette(routes=[*more, *self.frame().routes(declared)]))
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ORIGIN, headers=sent)
