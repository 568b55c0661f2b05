"""The order of a request, and errors that say nothing of what was sent."""

from typing import Any
from uuid import UUID

import pytest

from phiward.domain.errors import StorageError
from phiward.domain.people import Role
from phiward.domain.verdict import Permit
from phiward.logs import configure_logs
from tests.gateway.admin.decisions import DECISIONS, LATER
from tests.gateway.admin.twins import BEARER, KNOWN, REFERENCE, AdminHouse, logged_in

CANARY = "Zelda Quagmire"
PEOPLE = "/admin/v1/people"
UNREADABLE: list[Any] = [
    pytest.param(b"", "body", id="nothing"),
    pytest.param(b"{", "body", id="half a body"),
    pytest.param(b"[]", "body", id="a list"),
    pytest.param(f'{{"{CANARY}": 1, "login": "x", "roles": ["nurse"]}}'.encode(), "body", id="an unknown field"),
    pytest.param(f'{{"login": "x", "roles": ["{CANARY}"]}}'.encode(), "roles", id="an unknown role"),
    pytest.param(b'{"login": 5, "roles": ["nurse"]}', "login", id="a number for a text"),
    pytest.param(b'{"login": "x", "roles": []}', "roles", id="no role"),
]


@pytest.mark.parametrize(("body", "param"), UNREADABLE)
async def test_a_body_that_does_not_fit_is_refused_without_an_echo(
    body: bytes, param: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the name of our own field only: in the answer, and in the log."""
    configure_logs("INFO")
    house = AdminHouse(logged_in(Role.ADMINISTRATOR))
    answer = await house.ask("POST", PEOPLE, content=body)
    assert (answer.status_code, answer.json()["param"]) == (400, param)
    assert CANARY not in answer.text + capsys.readouterr().err
    assert house.desk.done == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/admin/v1/nothing", 404, id="no such path"),
        pytest.param("GET", "/admin/v2/people", 404, id="no such version"),
        pytest.param("GET", "/admin/v1/people/", 404, id="a trailing slash is another path"),
        pytest.param("GET", "/admin/v1//people", 404, id="so is a doubled one"),
        pytest.param("PATCH", PEOPLE, 405, id="by another method"),
        pytest.param("HEAD", PEOPLE, 405, id="by HEAD, which nobody decided about"),
        pytest.param("OPTIONS", PEOPLE, 405, id="by OPTIONS"),
    ],
)
async def test_what_is_not_in_the_table_does_not_exist(method: str, path: str, status: int) -> None:
    """In the API's own shape."""
    answer = await AdminHouse(logged_in(*Role)).ask(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_header_that_comes_twice_is_refused() -> None:
    """Which of them would it be?"""
    async with AdminHouse(logged_in(Role.ADMINISTRATOR)).client() as client:
        answer = await client.get(PEOPLE, headers=[*BEARER.items(), ("authorization", "Bearer other")])
    assert answer.status_code == 400


async def test_too_large_a_body_is_refused() -> None:
    """Before it is read in full."""
    answer = await AdminHouse(logged_in(Role.ADMINISTRATOR)).ask("POST", PEOPLE, content=b"x" * 70_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query", ["patient=40017723", "limit=0", "limit=201", "limit=x", "limit=1&limit=2", "cursor=x", "cursor=%00"]
)
async def test_an_address_holds_nothing_but_a_page(query: str) -> None:
    """A patient's reference is never in one."""
    answer = await AdminHouse(logged_in(Role.ADMINISTRATOR)).ask("GET", f"{PEOPLE}?{query}")
    assert answer.status_code == 400
    answer = await AdminHouse(logged_in(Role.ADMINISTRATOR)).ask("GET", f"/admin/v1/policy?{query}")
    assert answer.status_code == 400


async def test_a_failed_store_is_a_503_and_a_defect_a_bare_500(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither says what it was."""
    configure_logs("INFO")
    for fault, status in ((StorageError(CANARY[:0] + "The database refused."), 503), (ValueError(CANARY), 500)):
        house = AdminHouse(logged_in(Role.ADMINISTRATOR))
        house.desk.fault = fault
        answer = await house.ask("GET", PEOPLE)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert CANARY not in answer.text
    assert CANARY not in capsys.readouterr().err


async def test_a_refusal_that_cannot_be_recorded_is_no_answer() -> None:
    """The log is down: 503, and nothing was done."""
    house = AdminHouse(logged_in(Role.NURSE))

    async def down(*_: Any) -> None:
        raise StorageError("The database refused.")

    house.desk.refused = down  # type: ignore[method-assign]
    assert (await house.ask("GET", PEOPLE)).status_code == 503


OWN: list[Any] = [
    ("POST", "/relations"), ("POST", "/units/{unit}/members"), ("POST", "/covers"), ("POST", "/grants"),
    ("PUT", "/people/{person}/links"), ("PUT", "/people/{person}/roles"),
]  # fmt: skip


class Everything:
    """A policy that permits."""

    def decide_act(self, *_: Any, **__: Any) -> Permit:
        """Whatever it is."""
        return Permit("test")


@pytest.mark.parametrize("place", OWN, ids=" ".join)
async def test_nobody_widens_her_own_access(place: tuple[str, str]) -> None:
    """Whatever the policy says: a colleague does it."""
    holder = logged_in(*Role)
    house = AdminHouse(holder, judge=Everything())
    house.desk.known.add(holder.person)
    body = DECISIONS[place].body
    body = {**body, "person": str(holder.person)} if "person" in body else body
    path = place[1].replace("{person}", str(holder.person)).replace("{unit}", str(KNOWN))
    answer = await house.ask(place[0], f"/admin/v1{path}", json=body)
    assert (answer.status_code, answer.json()["rule"]) == (403, "own_access")
    assert house.desk.done == []


async def test_the_approver_of_a_grant_is_who_asks() -> None:
    """A body cannot name another."""
    holder = logged_in(Role.PRIVACY_OFFICER)
    house = AdminHouse(holder)
    body = DECISIONS["POST", "/grants"].body
    assert (await house.ask("POST", "/admin/v1/grants", json={**body, "approver": str(KNOWN)})).status_code == 400
    assert (await house.ask("POST", "/admin/v1/grants", json=body)).status_code == 201
    ((_, (grant,), _),) = house.desk.done
    assert grant.approver == holder.person
    assert grant.span.ends_at.isoformat() == LATER


@pytest.mark.parametrize(
    ("body", "source"),
    [
        pytest.param({"person": str(KNOWN)}, "self", id="about a person"),
        pytest.param({"patient": "99999999"}, "self", id="about an unknown patient"),
        pytest.param({"patient": REFERENCE}, "CareTeam", id="about a patient whom she only treats"),
    ],
)
async def test_a_patient_gets_a_report_of_her_own_record_only(body: dict[str, str], source: str) -> None:
    """Everything else is no patient of hers, in the same words."""
    house = AdminHouse(logged_in(Role.PATIENT))
    house.desk.source = source
    answer = await house.ask("POST", "/admin/v1/access-report", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "patient_not_found")


async def test_every_answer_has_the_id_under_which_the_log_has_it() -> None:
    """In its header; a problem also as its instance."""
    answer = await AdminHouse(logged_in(Role.NURSE)).ask("GET", PEOPLE)
    assert answer.json()["instance"] == f"urn:uuid:{UUID(answer.headers['x-request-id'])}"
    assert answer.headers["cache-control"] == "no-store"
