"""The door: every way in that must stay shut, then the way in. The real provider is in tests/system/test_sign_in.py."""

import httpx2
import pytest

from phiward.console import cookies
from phiward.console.sign_in import SignInPages, safe_return
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError, UpstreamError
from phiward.identity.sessions import csrf_token, new_token
from tests.console.twins import CSRF, ORIGIN, PAGES, TOKEN, PagesHouse, SignInTwin


class House(PagesHouse):
    """The door with its twin."""

    def __init__(self, twin: SignInTwin | None = None, *, provider: bool = True) -> None:
        super().__init__()
        self.twin = twin or SignInTwin()
        self._provider = provider

    def door(self, *, signed_in: bool = True, origin: str | None = ORIGIN) -> httpx2.AsyncClient:
        """A browser."""
        pages = SignInPages(self.twin if self._provider else None, self.sessions, PAGES, ORIGIN)
        return self.client(pages.declared(), pages.routes(), signed_in=signed_in, origin=origin)


@pytest.mark.parametrize("path", ["/login", "/step-up", "/step-up/offline", "/logout"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_form_from_another_site_does_nothing(path: str, origin: str | None) -> None:
    """403, also for the login form: nobody signs a person in as somebody else."""
    house = House()
    async with house.door(origin=origin) as client:
        answer = await client.post(path, data={"csrf": CSRF})
    assert answer.status_code == 403
    assert house.twin.asked == []
    assert ("out", False) not in house.sessions.asked


@pytest.mark.parametrize("path", ["/step-up", "/step-up/offline", "/logout"])
@pytest.mark.parametrize("csrf", [None, "", csrf_token(new_token().text).value])
async def test_a_form_without_the_mark_of_its_session_does_nothing(path: str, csrf: str | None) -> None:
    """403."""
    house = House()
    async with house.door() as client:
        answer = await client.post(path, data={} if csrf is None else {"csrf": csrf})
    assert answer.status_code == 403
    assert house.twin.asked == []
    assert ("out", False) not in house.sessions.asked


async def test_another_browser_cannot_finish_a_login() -> None:
    """Without the mark of the browser that began it nothing is even asked."""
    house = House()
    async with house.door(signed_in=False) as client:
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
    async with house.door(signed_in=False) as client:
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
    async with House().door(signed_in=False) as client:
        client.headers["cookie"] = f"{cookies.BROWSER}={new_token().text.value}"
        answer = await client.get("/login/callback", params={"code": "c", "state": "s"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    put = answer.headers.get_list("set-cookie")
    assert any(one.startswith(f"{cookies.SESSION}={TOKEN.value}") for one in put)
    assert any(one.startswith(f'{cookies.BROWSER}=""') for one in put)


async def test_the_door_says_why_one_stands_there_and_shows_nothing_else_of_the_address() -> None:
    """Known reasons only; without a provider it says so."""
    async with House().door(signed_in=False) as client:
        assert "signed out after a time without use" in (await client.get("/login?because=idle")).text
        assert "is kept, encrypted" in (await client.get("/login?because=idle&kept=yes")).text
        assert "evil" not in (await client.get("/login?because=<b>evil</b>")).text
    async with House(provider=False).door(signed_in=False) as client:
        assert "No identity provider is configured here" in (await client.get("/login")).text
        assert (await client.post("/login")).status_code == 401


async def test_signing_out_ends_the_session_here_or_everywhere() -> None:
    """And the cookie goes."""
    house = House()
    async with house.door() as client:
        for everywhere in ("", "yes"):
            answer = await client.post("/logout", data={"csrf": CSRF, "everywhere": everywhere})
            assert answer.headers["location"] == "/login?because=out"
            assert f'{cookies.SESSION}=""' in answer.headers["set-cookie"]
            assert "cache" in answer.headers["clear-site-data"]
    assert [one for one in house.sessions.asked if one[0] == "out"] == [("out", False), ("out", True)]


async def test_the_account_and_the_step_up_say_who_and_until_when() -> None:
    """With a form that carries the mark of the session."""
    async with House().door() as client:
        account, step_up = (await client.get("/account")).text, (await client.get("/step-up?for=emergency")).text
    assert "Dr Basil Mockridge" in account
    assert "12 min left" in account
    assert CSRF in step_up
    assert "reviews every use" in step_up


async def test_a_step_up_leads_to_the_provider_and_back_to_a_path_of_ours() -> None:
    """Never elsewhere."""
    house = House()
    async with house.door() as client:
        answer = await client.post("/step-up", data={"csrf": CSRF, "return_to": "//evil.example"})
    assert answer.headers["location"] == "https://idp.example/auth"
    assert house.twin.asked == [("step_up", "/")]


async def test_an_offline_code_changes_the_token_or_shows_why_not() -> None:
    """Only what the factor itself allows."""
    house = House()
    data = {"csrf": CSRF, "code": "AAAA-BBBB-CCCC-DDDD", "return_to": "/queue"}
    async with house.door() as client:
        answer = await client.post("/step-up/offline", data=data)
        assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
        assert f"{cookies.SESSION}=phs_" in answer.headers["set-cookie"]
        house.twin.refusal = NotPermittedError("The identity provider answers.", rule="offline_online")
        refused = await client.post("/step-up/offline", data=data)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
