"""What the handlers of people ask of the desk."""

from typing import Any

import pytest

from phiward.domain.people import Role
from tests.gateway.admin.twins import KNOWN, PATIENT, REFERENCE, AdminHouse, logged_in

PEOPLE = f"/admin/v1/people/{KNOWN}"
LINKS: list[Any] = [
    pytest.param({}, [], id="nothing"),
    pytest.param({"email": None}, [("set_email", (KNOWN, None))], id="an address taken away"),
    pytest.param(
        {"issuer": "https://idp.test", "subject": "s"},
        [("link_provider", (KNOWN, "https://idp.test", "s"))],
        id="a link",
    ),
    pytest.param({"issuer": None, "subject": None}, [("link_provider", (KNOWN, None, None))], id="a link taken away"),
    pytest.param({"own_record": REFERENCE}, [("set_own_record", (KNOWN, PATIENT))], id="an own record"),
    pytest.param({"own_record": None}, [("set_own_record", (KNOWN, None))], id="an own record taken away"),
]


@pytest.mark.parametrize(("body", "done"), LINKS)
async def test_only_the_links_that_came_are_changed(body: dict[str, Any], done: list[Any]) -> None:
    """What is left out stays."""
    house = AdminHouse(logged_in(Role.ADMINISTRATOR))
    assert (await house.ask("PUT", f"{PEOPLE}/links", json=body)).status_code == 204
    assert [(name, values) for name, values, _ in house.desk.done] == done


async def test_a_key_for_an_unknown_patient_is_not_issued() -> None:
    """The answer is that of any patient who is not there."""
    house = AdminHouse(logged_in(Role.ADMINISTRATOR))
    answer = await house.ask("POST", f"{PEOPLE}/keys", json={"label": "x", "days": 1, "patient": "99999999"})
    assert answer.status_code == 404
    assert "issue_key" not in {name for name, _, _ in house.desk.done}


async def test_a_key_is_shown_once() -> None:
    """In the answer to its issue, and in no list."""
    house = AdminHouse(logged_in(Role.ADMINISTRATOR))
    body = {"label": "laptop", "days": 1.5, "patient": REFERENCE, "purpose": "TREAT"}
    made = await house.ask("POST", f"{PEOPLE}/keys", json=body)
    assert made.json()["key"] == "phw_shown_once"
    assert house.desk.done[-1][2] == {"bound_patient": PATIENT, "bound_purpose": "TREAT"}
    assert "phw_" not in (await house.ask("GET", f"{PEOPLE}/keys")).text


async def test_a_person_is_looked_for_before_she_is_deactivated() -> None:
    """So that an unknown one is a 404."""
    house = AdminHouse(logged_in(Role.ADMINISTRATOR))
    await house.ask("DELETE", PEOPLE)
    assert [name for name, _, _ in house.desk.done] == ["person", "deactivate_person"]


async def test_sessions_are_ended_all_at_once() -> None:
    """And counted."""
    house = AdminHouse(logged_in(Role.ADMINISTRATOR))
    assert (await house.ask("DELETE", f"{PEOPLE}/sessions")).json() == {"ended": 1}
