"""Every route × role has an expected decision, by the shipped policy; a route without one fails the build."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from phiward.domain.people import CredentialKind, Role
from phiward.gateway.admin.routes import PREFIX, ROUTES, AdminRoute
from tests.gateway.admin.decisions import DECISIONS
from tests.gateway.admin.twins import KNOWN, AdminHouse, logged_in

BY_PLACE = {(one.method, one.path): one for one in ROUTES}
CASES = [pytest.param(place, role, id=f"{' '.join(place)} as {role}") for place in DECISIONS for role in Role]
UNKNOWN = UUID(int=99)
FRESH_ONLY = {"manage_roles", "manage_grants"}


def address(path: str, wanted: UUID | str = KNOWN) -> str:
    """With ids in its places."""
    return PREFIX + re.sub(r"\{\w+\}", str(wanted), path)


def test_the_table_of_decisions_is_the_table_of_routes() -> None:
    """Nothing is unlisted, on either side, and nothing stands twice."""
    assert len(BY_PLACE) == len(ROUTES)
    assert DECISIONS.keys() == BY_PLACE.keys()


@pytest.mark.parametrize(("place", "role"), CASES)
async def test_each_role_gets_the_expected_answer(place: tuple[str, str], role: Role) -> None:
    """By the shipped policy; a refusal changes nothing and is on record."""
    method, path = place
    decision, house = DECISIONS[place], AdminHouse(logged_in(role))
    answer = await house.ask(method, address(path), json=decision.body)
    assert answer.status_code == decision.expected.get(role, 403), decision.reason
    if answer.status_code == 403:
        assert house.desk.done == []
        assert [act for act, _ in house.desk.refusals] == [str(BY_PLACE[place].act)]


@pytest.mark.parametrize("place", DECISIONS, ids=" ".join)
async def test_nobody_without_a_credential_gets_anywhere(place: tuple[str, str]) -> None:
    """And nothing of the request is read."""
    house = AdminHouse(logged_in(*Role))
    async with house.client() as client:
        for headers in ({}, {"authorization": "Bearer other"}, {"authorization": "' OR true --"}):
            answer = await client.request(place[0], address(place[1]), headers=headers, content=b"{")
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
    assert house.desk.done == house.desk.refusals == []


@pytest.mark.parametrize("place", [one for one in DECISIONS if "{" in one[1]], ids=" ".join)
async def test_an_unknown_and_a_malformed_id_are_the_same_404(place: tuple[str, str]) -> None:
    """An id in another spelling is none, though it would name what is there."""
    role = next(iter(DECISIONS[place].expected))
    said = set()
    for wanted in (UNKNOWN, "nobody", KNOWN.hex, f"urn:uuid:{KNOWN}", "%27"):
        answer = await AdminHouse(logged_in(role)).ask(place[0], address(place[1], wanted), json=DECISIONS[place].body)
        body = answer.json()
        assert answer.status_code == 404
        said.add((body["type"], body["title"], body["detail"], body["code"]))
    assert len(said) == 1


def _weighty() -> list[Any]:
    return [pytest.param(one, id=f"{one.method} {one.path}") for one in ROUTES if one.act in FRESH_ONLY]


@pytest.mark.parametrize("route", _weighty())
async def test_acts_of_weight_need_a_fresh_login_which_a_key_never_has(route: AdminRoute) -> None:
    """Roles and grants, whatever the role."""
    place = (route.method, route.path)
    role = next(iter(DECISIONS[place].expected))
    holder = replace(logged_in(role), kind=CredentialKind.PERSONAL_KEY, auth_time=None, acr=None)
    house = AdminHouse(holder)
    answer = await house.ask(*_asked(route), json=DECISIONS[place].body)
    assert (answer.status_code, answer.json()["rule"]) == (403, "act_needs_step_up")
    assert house.desk.done == []


def _asked(route: AdminRoute) -> tuple[str, str]:
    return route.method, address(route.path)


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.method} {one.path}")
def test_each_route_says_what_it_answers(route: AdminRoute) -> None:
    """A list is a page; what is made is 201; what has no answer is 204."""
    assert (route.response is None) == (route.status == 204)
    assert route.paged == (route.method == "GET" and route.path not in ("/policy", "/openapi.json"))
