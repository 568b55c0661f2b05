"""The frame: who is not let in, which forms do nothing, what is done once, and what becomes of typed text."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from starlette.responses import Response

from phiward.console.visits import OFFICERS, Page, Visit, get, post
from phiward.domain.errors import (
    AuditUnavailableError,
    InvalidRequestError,
    NotPermittedError,
    PatientNotFoundError,
    PhiwardError,
    StorageError,
)
from phiward.domain.people import CredentialKind, Role
from phiward.identity.sessions import csrf_token, new_token
from tests.console.twins import CSRF, PagesHouse, signed

FORM = {"csrf": CSRF, "once": "a-mark", "question": "An invented <question>"}


class Thing:
    """A page that remembers what it did."""

    def __init__(self, does: Callable[[Visit], Response] | None = None) -> None:
        self.done: list[Any] = []
        self._does = does or (lambda visit: visit.go("/thing/done"))

    def declared(self, **more: Any) -> list[Page]:
        """Read, and sent."""
        return [get("/thing", self.show, drafts=True), post("/thing", self.do, **{"drafts": True, **more})]

    async def show(self, visit: Visit) -> Response:
        """What was typed."""
        return Response(str(dict(visit.draft)))

    async def do(self, visit: Visit) -> Response:
        """Once."""
        self.done.append(dict(visit.form))
        return self._does(visit)


async def send(house: PagesHouse, thing: Thing, form: dict[str, str], **more: Any) -> httpx2.Response:
    """The form."""
    options = {name: more.pop(name) for name in list(more) if name in ("signed_in", "origin")}
    async with house.client(thing.declared(**more), **options) as client:
        return await client.post("/thing", data=form)


@pytest.mark.parametrize(
    ("form", "more", "status", "reason"),
    [
        (FORM, {"origin": "https://evil.example"}, 403, "another site"),
        (FORM, {"origin": None}, 403, "nobody says from where"),
        ({**FORM, "csrf": ""}, {}, 403, "no mark"),
        ({**FORM, "csrf": csrf_token(new_token().text).value}, {}, 403, "another session's mark"),
        ({**FORM, "once": ""}, {}, 400, "nothing that makes it one"),
        ({**FORM, "once": "x" * 500}, {}, 400, "a mark without end"),
        ({**FORM, "question": "x" * 70_000}, {}, 403, "too large"),
        (FORM, {"signed_in": False}, 401, "nobody is signed in"),
        (FORM, {"roles": OFFICERS}, 403, "another role's page"),
    ],
)
async def test_a_form_that_is_not_in_order_does_nothing(
    form: dict[str, str], more: dict[str, Any], status: int, reason: str
) -> None:
    """And says so on a page."""
    thing = Thing()
    answer = await send(PagesHouse(), thing, form, **more)
    assert (answer.status_code, thing.done) == (status, []), reason
    assert "text/html" in answer.headers["content-type"]


async def test_sending_a_form_again_leads_where_the_first_led() -> None:
    """It is done once."""
    house, thing = PagesHouse(), Thing()
    answers = [await send(house, thing, FORM) for _ in range(3)]
    assert [one.headers["location"] for one in answers] == ["/thing/done"] * 3
    assert len(thing.done) == 1
    await send(house, thing, {**FORM, "once": "another"})
    assert len(thing.done) == 2


async def test_two_at_the_same_moment_are_one() -> None:
    """The second waits for the first."""
    house, thing = PagesHouse(), Thing()
    begun = asyncio.Event()

    async def slowly(visit: Visit) -> Response:
        begun.set()
        await asyncio.sleep(0.05)
        return await Thing.do(thing, visit)

    page = replace(thing.declared()[1], handler=slowly)
    async with house.client([page]) as client:
        first = asyncio.create_task(client.post("/thing", data=FORM))
        await begun.wait()
        second = await client.post("/thing", data=FORM)
    assert second.headers["location"] == (await first).headers["location"] == "/thing/done"
    assert len(thing.done) == 1


async def test_what_was_refused_may_be_sent_again() -> None:
    """Nothing was done, so nothing is remembered."""
    house = PagesHouse()

    def refuses(visit: Visit) -> Response:
        raise InvalidRequestError("Choose.", param="reason")

    thing = Thing(refuses)
    assert [(await send(house, thing, FORM)).status_code for _ in range(2)] == [400, 400]
    assert len(thing.done) == 2


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (PatientNotFoundError(), 404, "Not available to you"),
        (NotPermittedError("The rule says no.", rule="minimum"), 403, "The rule says no."),
        (AuditUnavailableError("no space"), 503, "Not sent: the audit log cannot be written"),
        (StorageError("down"), 503, "Nothing was sent."),
        (PhiwardError("broken"), 503, "Quote"),
    ],
)
async def test_a_refusal_is_a_page_that_keeps_what_was_typed(error: PhiwardError, status: int, says: str) -> None:
    """Escaped, to be copied."""

    def refuses(visit: Visit) -> Response:
        raise error

    answer = await send(PagesHouse(), Thing(refuses), FORM)
    assert answer.status_code == status
    assert says in answer.text
    assert "An invented &lt;question&gt;" in answer.text
    assert "Dr Basil Mockridge" in answer.text


async def test_a_draft_of_a_session_that_ended_is_kept_and_given_back_until_it_is_sent() -> None:
    """Only where the form was of that very session."""
    house, thing = PagesHouse(), Thing()
    who, house.sessions.who = house.sessions.who, None
    answer = await send(house, thing, {**FORM, "csrf": "forged"})
    assert "kept=yes" not in answer.headers["location"]
    assert house.drafts.kept == {}
    answer = await send(house, thing, FORM)
    assert (answer.status_code, thing.done) == (303, [])
    assert "kept=yes" in answer.headers["location"]
    assert house.drafts.kept == {"/thing": {"question": "An invented <question>"}}
    house.sessions.who = who
    async with house.client(thing.declared()) as client:
        assert "An invented" in (await client.get("/thing")).text
        await client.post("/thing", data=FORM)
        assert (await client.get("/thing")).text == "{}"


async def test_a_script_is_told_that_the_session_ended_and_is_led_nowhere() -> None:
    """401, and whether the text is kept."""
    house = PagesHouse()
    house.sessions.who = None
    async with house.client(Thing().declared(), **{"sec-fetch-mode": "cors"}) as client:
        told = await client.post("/thing", data=FORM)
        assert (told.status_code, told.json()) == (401, {"state": "ended", "kept": True})
        house.drafts.takes = False
        told = await client.post("/thing", data=FORM)
        assert told.json()["kept"] is False


async def test_a_session_that_is_no_browsers_opens_no_page() -> None:
    """An application's token in a cookie."""
    house = PagesHouse()
    who = signed(Role.PHYSICIAN)
    house.sessions.who = replace(who, caller=replace(who.caller, kind=CredentialKind.APPLICATION))
    async with house.client(Thing().declared()) as client:
        answer = await client.get("/thing")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")


async def test_looking_at_what_is_polled_is_no_activity() -> None:
    """As the page says."""
    house, thing = PagesHouse(), Thing()
    async with house.client([get("/polled", thing.show, activity=False), get("/page", thing.show)]) as client:
        await client.get("/polled")
        await client.get("/page")
    assert house.sessions.asked == [("open", False), ("open", True)]
