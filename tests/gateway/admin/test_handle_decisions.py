"""What the handlers of grants, consents, services and reports ask of the desk."""

from typing import Any

import pytest

from phiward.domain.access import DataClass
from phiward.domain.access_report import BY_POLICY
from phiward.domain.people import PurposeOfUse, Role
from tests.gateway.admin.decisions import DECISIONS
from tests.gateway.admin.twins import CANNED, KNOWN, MADE, PATIENT, POLICY, REFERENCE, AdminHouse, logged_in

UNKNOWN_PATIENT = "99999999"
WITH_A_PATIENT: list[Any] = [
    ("POST", "/grants"), ("POST", "/consents"), ("PUT", "/restricted"), ("POST", "/access-report"),
]  # fmt: skip


@pytest.mark.parametrize("place", WITH_A_PATIENT, ids=" ".join)
async def test_a_reference_that_names_nobody_is_a_404_and_changes_nothing(place: tuple[str, str]) -> None:
    """In the words of any patient who is not there."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    body = {**DECISIONS[place].body, "patient": UNKNOWN_PATIENT}
    answer = await house.ask(place[0], f"/admin/v1{place[1]}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "patient_not_found")
    assert UNKNOWN_PATIENT not in answer.text
    assert house.desk.done == []


async def test_a_grant_a_consent_and_a_flag_reach_the_desk_as_they_are() -> None:
    """By codes, and the patient by her opaque id."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    for place in WITH_A_PATIENT[:3]:
        await house.ask(place[0], f"/admin/v1{place[1]}", json=DECISIONS[place].body)
    (grant,), consent, flag = (values for _, values, _ in house.desk.done)
    assert (grant.person, grant.patient, grant.classes) == (KNOWN, PATIENT, {DataClass.HIV})
    assert consent[:3] == (PATIENT, DataClass.PART2, PurposeOfUse.TREAT)
    assert flag == (PATIENT, True)


async def test_a_reason_is_in_no_list() -> None:
    """It is sealed."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    assert "reason" not in (await house.ask("GET", "/admin/v1/grants")).json()["items"][0]


async def test_a_report_begins_with_a_sentence() -> None:
    """How many, and why."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    of_patient = (await house.ask("POST", "/admin/v1/access-report", json={"patient": REFERENCE})).json()
    assert of_patient["summary"] == f"1 person may see the patient now: 1 by care team. {BY_POLICY}"
    assert of_patient["rows"][0]["person"] == str(KNOWN)
    of_person = (await house.ask("POST", "/admin/v1/access-report", json={"person": str(KNOWN)})).json()
    assert of_person["summary"].startswith("The person may see 1 patient now")
    answer = await house.ask("POST", "/admin/v1/access-report", json={"person": str(PATIENT)[:-1] + "9"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_token_is_shown_once_and_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a directory."""
    house, body = AdminHouse(logged_in(Role.ADMINISTRATOR)), DECISIONS["POST", "/services"].body
    assert (await house.ask("POST", "/admin/v1/services", json=body)).json()["token"] == "phw_shown_once"
    monkeypatch.setitem(CANNED, "add", (MADE, None))  # type: ignore[arg-type]
    assert (await house.ask("POST", "/admin/v1/services", json=body)).json()["token"] is None
    assert "phw_" not in (await house.ask("GET", "/admin/v1/services")).text


async def test_the_rules_are_those_in_force() -> None:
    """With their reasons, in their order."""
    rules = (await AdminHouse(logged_in(Role.PRIVACY_OFFICER)).ask("GET", "/admin/v1/policy")).json()["rules"]
    assert [one["id"] for one in rules] == [one.id for one in POLICY.rules]
    assert all(one["reason"] for one in rules)
