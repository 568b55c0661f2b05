"""How long a session lasts, going on, and drafts: for scripts, without a name."""

import pytest

from phiward.console.session_pages import PLACE, SessionPages
from tests.console.twins import CSRF, NOW, ORIGIN, PagesHouse


def client(house: PagesHouse, **more: str):  # type: ignore[no-untyped-def]
    """A browser."""
    pages = SessionPages(house.sessions, house.drafts, ORIGIN, lambda: NOW)
    return house.client(pages.declared(), pages.routes(), **more)


async def test_the_state_of_a_session_is_told_without_a_name_and_is_no_activity() -> None:
    """Seconds left until the first limit; ended is 401."""
    house = PagesHouse()
    async with client(house) as browser:
        told = (await browser.get("/session")).json()
        assert (told["state"], told["seconds_left"]) == ("open", 720)
        assert "Mockridge" not in str(told)
        house.sessions.who = None
        ended = await browser.get("/session")
    assert (ended.status_code, ended.json()["state"]) == (401, "ended")
    assert house.sessions.asked == [("open", False), ("open", False)]


async def test_going_on_is_activity_by_a_form_of_this_session_alone() -> None:
    """A press of the button."""
    house = PagesHouse()
    async with client(house, **{"sec-fetch-mode": "cors"}) as browser:
        assert (await browser.post("/session/stay", data={"csrf": "forged"})).status_code == 403
        assert (await browser.post("/session/stay", data={"csrf": CSRF})).json()["state"] == "open"
    assert house.sessions.asked[-1] == ("open", True)


@pytest.mark.parametrize(
    ("form", "origin", "reason"),
    [
        ({"csrf": "forged", PLACE: "/ask/1", "question": "x"}, ORIGIN, "not of this session"),
        ({"csrf": CSRF, PLACE: "//evil.example", "question": "x"}, ORIGIN, "no page of ours"),
        ({"csrf": CSRF, PLACE: "/ask/1", "question": "x"}, "https://evil.example", "another site"),
    ],
)
async def test_a_draft_from_elsewhere_is_not_kept(form: dict[str, str], origin: str, reason: str) -> None:
    """Nothing is stored."""
    house = PagesHouse()
    async with client(house, origin=origin) as browser:
        assert (await browser.post("/draft", data=form)).status_code in (401, 403), reason
    assert house.drafts.kept == {}


async def test_a_draft_is_kept_while_typing_and_just_after_the_end() -> None:
    """It is no activity; whoever was sent away keeps none."""
    house = PagesHouse()
    form = {"csrf": CSRF, PLACE: "/ask/1", "question": "An invented question"}
    async with client(house) as browser:
        house.sessions.who = None
        assert "kept_until" in (await browser.post("/draft", data=form)).json()
        assert house.drafts.kept == {"/ask/1": {"question": "An invented question"}}
        house.drafts.takes = False
        assert (await browser.post("/draft", data=form)).status_code == 401
    assert house.sessions.asked == []
