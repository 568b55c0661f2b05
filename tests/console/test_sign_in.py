"""The door: every way in that must stay shut, then the way in. The real provider is in tests/system/test_sign_in.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from phiward.console import cookies
from phiward.console.pages import Pages
from phiward.console.sign_in import SignInPages, safe_return
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError, UpstreamError
from phiward.domain.sign_in import Entered, Leap, SessionView
from phiward.domain.text import Secret
from phiward.identity.sessions import csrf_token, new_token

ORIGIN = "https://phiward.example"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TOKEN = new_token().text
VIEW = SessionView(
    "Dr Basil Mockridge", ("physician", "privacy_officer"), NOW, None, NOW + timedelta(hours=8),
    NOW + timedelta(minutes=12), 15,
)  # fmt: skip


@dataclass
class SignInTwin:
    """Remembers what it was asked; refuses where a test says so."""

    view_of: SessionView | None = VIEW
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
        self.asked.append(("step_up", token, return_to))
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

    async def view(self, token: Secret) -> SessionView | None:
        """The session."""
        return self.view_of if token == TOKEN else None

    async def out(self, token: Secret, *, everywhere: bool) -> None:
        """The end."""
        self.asked.append(("out", everywhere))


@dataclass
class House:
    """The pages with their twin."""

    twin: SignInTwin = field(default_factory=SignInTwin)

    def client(self, *, signed_in: bool = True, origin: str | None = ORIGIN) -> httpx2.AsyncClient:
        """A browser, as far as HTTP goes."""
        pages = SignInPages(self.twin, Pages("Lakeshore"), ORIGIN, lambda: NOW)
        headers = {"origin": origin} if origin else {}
        if signed_in:
            headers["cookie"] = f"{cookies.SESSION}={TOKEN.value}"
        transport = httpx2.ASGITransport(app=Starlette(routes=pages.routes()))
        return httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


FORMS = [("/login", {}), ("/step-up", {}), ("/logout", {})]


@pytest.mark.parametrize("path", ["/login", "/step-up", "/step-up/offline", "/logout"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_form_from_another_site_does_nothing(path: str, origin: str | None) -> None:
    """403, also for the login form: nobody signs a person in as somebody else."""
    house = House()
    async with house.client(origin=origin) as client:
        answer = await client.post(path, data={"csrf": csrf_token(TOKEN).value})
    assert answer.status_code == 403
    assert house.twin.asked == []


@pytest.mark.parametrize("path", ["/step-up", "/step-up/offline", "/logout"])
@pytest.mark.parametrize("csrf", [None, "", csrf_token(new_token().text).value])
async def test_a_form_without_the_mark_of_its_session_does_nothing(path: str, csrf: str | None) -> None:
    """403."""
    house = House()
    async with house.client() as client:
        answer = await client.post(path, data={} if csrf is None else {"csrf": csrf})
    assert answer.status_code == 403
    assert house.twin.asked == []


async def test_another_browser_cannot_finish_a_login() -> None:
    """Without the mark of the browser that began it nothing is even asked."""
    house = House()
    async with house.client(signed_in=False) as client:
        answer = await client.get("/login/callback", params={"code": "c", "state": "s"})
    assert answer.status_code == 401
    assert house.twin.asked == []


@pytest.mark.parametrize(
    ("refusal", "status", "reason"),
    [
        (NotAuthenticatedError("refused"), 401, "the provider or a check refused"),
        (NotPermittedError("not strong enough", rule="step_up"), 403, "a step-up that was none"),
        (UpstreamError("down"), 503, "the provider is down"),
    ],
)
async def test_a_login_that_fails_shows_why_and_sets_no_session(refusal: Exception, status: int, reason: str) -> None:
    """A page, with the way back."""
    house = House(SignInTwin(refusal=refusal))
    async with house.client(signed_in=False) as client:
        client.headers["cookie"] = f"{cookies.BROWSER}={new_token().text.value}"
        answer = await client.get("/login/callback", params={"code": "c", "state": "s"})
    assert answer.status_code == status, reason
    assert cookies.SESSION + "=" not in answer.headers.get("set-cookie", "")
    assert "Back to sign in" in answer.text


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (None, "nothing"),
        ("https://evil.example", "another host"),
        ("//evil.example", "another host without a scheme"),
        ("/\\evil.example", "a browser reads it as a slash"),
        ("/a\r\nset-cookie: x=y", "a line break"),
        ("javascript:alert(1)", "a scheme"),
        ("/" + "x" * 300, "too long"),
    ],
)
def test_nobody_is_sent_to_another_site(wanted: str | None, reason: str) -> None:
    """The start instead."""
    assert safe_return(wanted) == "/", reason
    assert safe_return("/queue?page=2") == "/queue?page=2"


async def test_after_a_login_the_session_is_in_its_cookie_and_the_browsers_mark_is_gone() -> None:
    """And the place to return to is looked at once more."""
    house = House()
    async with house.client(signed_in=False) as client:
        client.headers["cookie"] = f"{cookies.BROWSER}={new_token().text.value}"
        answer = await client.get("/login/callback", params={"code": "c", "state": "s"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    put = answer.headers.get_list("set-cookie")
    assert any(one.startswith(f"{cookies.SESSION}={TOKEN.value}") for one in put)
    assert any(one.startswith(f'{cookies.BROWSER}=""') for one in put)


async def test_the_state_of_a_session_is_told_without_a_name() -> None:
    """Seconds left until the first limit; ended is 401."""
    house = House()
    async with house.client() as client:
        told = (await client.get("/session")).json()
        assert (told["state"], told["seconds_left"]) == ("open", 720)
        house.twin.view_of = None
        ended = await client.get("/session")
    assert (ended.status_code, ended.json()) == (401, {"state": "ended"})


async def test_whoever_is_signed_out_stands_before_the_door() -> None:
    """From the start and from the step-up."""
    house = House(SignInTwin(view_of=None))
    async with house.client() as client:
        for path in ("/", "/step-up"):
            answer = await client.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/login")


async def test_the_door_says_why_one_stands_there_and_shows_nothing_else_of_the_address() -> None:
    """Known reasons only."""
    house = House()
    async with house.client(signed_in=False) as client:
        assert "signed out after a time without use" in (await client.get("/login?because=idle")).text
        assert "evil" not in (await client.get("/login?because=<b>evil</b>")).text


async def test_signing_out_ends_the_session_here_or_everywhere() -> None:
    """And the cookie goes."""
    house = House()
    async with house.client() as client:
        for everywhere in ("", "yes"):
            data = {"csrf": csrf_token(TOKEN).value, "everywhere": everywhere}
            answer = await client.post("/logout", data=data)
            assert answer.headers["location"] == "/login?because=out"
            assert f'{cookies.SESSION}=""' in answer.headers["set-cookie"]
    assert house.twin.asked == [("out", False), ("out", True)]


async def test_the_start_and_the_step_up_say_who_and_until_when() -> None:
    """With a form that carries the mark of the session."""
    house = House()
    async with house.client() as client:
        start, step_up = (await client.get("/")).text, (await client.get("/step-up?for=emergency")).text
    assert "Dr Basil Mockridge" in start
    assert "12 min left" in start
    assert "privacy officer" in start
    assert csrf_token(TOKEN).value in step_up
    assert "reviews every use" in step_up


async def test_a_form_that_is_too_large_is_not_read() -> None:
    """403."""
    async with House().client() as client:
        assert (await client.post("/login", content=b"x" * 20_000)).status_code == 403


async def test_an_offline_code_changes_the_token_or_shows_why_not() -> None:
    """Only what the factor itself allows."""
    house = House()
    data = {"csrf": csrf_token(TOKEN).value, "code": "AAAA-BBBB-CCCC-DDDD", "return_to": "/queue"}
    async with house.client() as client:
        answer = await client.post("/step-up/offline", data=data)
        assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
        assert f"{cookies.SESSION}=phs_" in answer.headers["set-cookie"]
        house.twin.refusal = NotPermittedError("The identity provider answers.", rule="offline_online")
        refused = await client.post("/step-up/offline", data=data)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
