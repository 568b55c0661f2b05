"""The API over the real adapters: the warden's role, two organisations, and the log."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx2
import pytest_asyncio

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.desk import desks
from phiward.domain.people import Caller, CredentialKind, PersonId, Role
from phiward.gateway.admin.app import Admin
from phiward.gateway.admin.door import BearerDoor
from tests.adapters.postgres.organisation import DAY, Organisation, encode, now
from tests.gateway.admin.twins import POLICY, client_of
from tests.postgres import RunningDatabase

UNKNOWN = UUID(int=7)


class FreshDoor(BearerDoor):
    """A personal key, taken for a login of a moment ago: sessions are tested where they are made."""

    async def caller(self, authorization: str | None) -> Caller:
        """As the door says, but fresh."""
        held = await super().caller(authorization)
        return replace(held, kind=CredentialKind.BROWSER, auth_time=now(), acr="urn:invented:mfa")


@dataclass
class Live:
    """One organisation behind the API, as its administrator and its privacy officer use it."""

    home: Organisation
    other: Organisation
    client: httpx2.AsyncClient
    people: dict[Role, PersonId]
    keys: dict[Role, str]

    async def ask(self, role: Role, method: str, path: str, body: Any = None) -> httpx2.Response:
        """As one of them."""
        headers = {"authorization": f"Bearer {self.keys[role]}"}
        return await self.client.request(method, f"/admin/v1{path}", headers=headers, json=body)

    async def last(self) -> dict[str, Any]:
        """The newest entry in the log."""
        return (await self.home.log())[-1]


@pytest_asyncio.fixture
async def live(running: RunningDatabase) -> AsyncIterator[Live]:
    """Two organisations; the API of the first."""
    async with AsyncExitStack() as stack:
        pools = {}
        for role in ("app", "registrar", "warden"):
            pools[role] = Database(getattr(running, role))
            await pools[role].open()
            stack.push_async_callback(pools[role].close)
        db = SimpleNamespace(**pools)
        home, other = await Organisation.found(db), await Organisation.found(db)
        roles = (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.NURSE)
        people = {role: await home.person(role, practitioner=None) for role in roles}
        keys = {role: (await home.session(person)).value for role, person in people.items()}
        desk = desks(db.warden, encode, now, home.vault)
        admin = Admin(FreshDoor(home.people), POLICY, desk, POLICY.rules, now)
        client = await stack.enter_async_context(client_of(admin))
        yield Live(home, other, client, people, keys)


async def test_foreign_ids_get_the_body_of_unknown_ones(live: Live) -> None:
    """But for the interaction id; and nothing is changed there."""
    person, patient = await live.other.person(), await live.other.patient("mrn-theirs")
    until = (now() + DAY).isoformat()
    nurse = str(live.people[Role.NURSE])
    admin, officer = Role.ADMINISTRATOR, Role.PRIVACY_OFFICER
    asks: list[tuple[Role, str, str, Any]] = [
        (admin, "DELETE", "/people/{}", None),
        (admin, "PUT", "/people/{}/roles", {"roles": ["nurse"]}),
        (admin, "PUT", "/people/{}/links", {"email": "a@clinic.test"}),
        (admin, "GET", "/people/{}/keys", None),
        (admin, "POST", "/people/{}/keys", {"label": "x", "days": 1}),
        (admin, "GET", "/people/{}/sessions", None),
        (admin, "DELETE", "/people/{}/sessions", None),
        (officer, "POST", "/covers", {"person": "{}", "covers": nurse, "ends_at": until}),
        (officer, "POST", "/covers", {"person": nurse, "covers": "{}", "ends_at": until}),
        (officer, "POST", "/access-report", {"person": "{}"}),
    ]
    theirs = await live.other.log()
    for role, method, path, body in asks:
        said = []
        for wanted in (UNKNOWN, person):
            filled = {n: str(wanted) if v == "{}" else v for n, v in body.items()} if body else None
            answer = await live.ask(role, method, path.format(wanted), filled)
            assert answer.status_code == 404, path
            said.append({name: value for name, value in answer.json().items() if name != "instance"})
        assert said[0] == said[1]
    for reference in ("mrn-nobody", "mrn-theirs", str(patient)):
        answer = await live.ask(officer, "POST", "/access-report", {"patient": reference})
        assert (answer.status_code, answer.json()["code"]) == (404, "patient_not_found")
    assert await live.other.log() == theirs


async def test_lists_show_one_organisation(live: Live) -> None:
    """Of two with people."""
    await live.other.person()
    listed = (await live.ask(Role.ADMINISTRATOR, "GET", "/people")).json()["items"]
    assert {one["id"] for one in listed} == {str(one) for one in live.people.values()}


async def test_a_refusal_by_policy_is_on_record_with_who_asked(live: Live) -> None:
    """And nothing is changed."""
    answer = await live.ask(Role.NURSE, "POST", "/people", {"login": "x", "roles": ["administrator"]})
    assert answer.status_code == 403
    told = await live.last()
    assert (told["action"], told["act"]) == ("act.refused", "manage_people")
    assert told["actor"] == f"person:{live.people[Role.NURSE]}"


async def test_a_unit_from_its_making_to_its_end(live: Live) -> None:
    """Each act on record by its officer; the nurse sees the patient in between."""
    await live.home.patient("mrn-1", treated=False)
    officer, nurse = Role.PRIVACY_OFFICER, live.people[Role.NURSE]
    unit = (await live.ask(officer, "POST", "/units", {"name": "Ward 3", "kind": "department"})).json()["id"]
    await live.ask(officer, "POST", f"/units/{unit}/patients", {"patient": "MRN-1"})
    member = await live.ask(officer, "POST", f"/units/{unit}/members", {"person": str(nurse)})
    assert (await live.last())["actor"] == f"person:{live.people[officer]}"
    report = (await live.ask(officer, "POST", "/access-report", {"patient": "mrn-1"})).json()
    assert [(one["person"], one["source"]) for one in report["rows"]] == [(str(nurse), "Department")]
    ended = await live.ask(officer, "DELETE", f"/units/{unit}/members/{member.json()['id']}")
    assert ended.status_code == 204
    assert (await live.ask(officer, "POST", "/access-report", {"patient": "mrn-1"})).json()["rows"] == []


async def test_a_deactivated_administrator_is_refused_from_her_next_request_on(live: Live) -> None:
    """Nothing is cached."""
    second = await live.home.person(Role.ADMINISTRATOR, practitioner=None)
    live.keys[Role.BILLING] = (await live.home.session(second)).value
    assert (await live.ask(Role.BILLING, "GET", "/people")).status_code == 200
    assert (await live.ask(Role.ADMINISTRATOR, "DELETE", f"/people/{second}")).status_code == 204
    assert (await live.ask(Role.BILLING, "GET", "/people")).status_code == 401


async def test_pages_of_the_database_go_on_where_they_ended(live: Live) -> None:
    """By the cursor, each person once."""
    seen, cursor = [], ""
    while True:
        page = (await live.ask(Role.ADMINISTRATOR, "GET", f"/people?limit=2{cursor}")).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == sorted(str(one) for one in live.people.values())
