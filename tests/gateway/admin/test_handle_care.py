"""What the handlers of relations, units and cover ask of the desk."""

import pytest

from phiward.domain.administration import Span, UnitKind
from phiward.domain.people import Role
from tests.gateway.admin.decisions import LATER
from tests.gateway.admin.twins import KNOWN, MADE, PATIENT, REFERENCE, AdminHouse, logged_in

PLACES = ["/relations", f"/units/{KNOWN}/patients"]


@pytest.mark.parametrize("place", PLACES)
async def test_a_reference_that_names_nobody_is_a_404_and_changes_nothing(place: str) -> None:
    """In the words of any patient who is not there."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    body = {"patient": "99999999"} | ({"person": str(KNOWN)} if place == "/relations" else {})
    answer = await house.ask("POST", f"/admin/v1{place}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "patient_not_found")
    assert house.desk.done == []


async def test_what_is_asked_reaches_the_desk_as_it_is() -> None:
    """Ids, times and kinds."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    until = {"ends_at": LATER}
    for place, body in (
        ("/relations", {"person": str(KNOWN), "patient": REFERENCE}),
        ("/units", {"name": "Ward 3", "kind": "panel"}),
        (f"/units/{KNOWN}/members", {"person": str(KNOWN), "on_call": True, **until}),
        (f"/units/{KNOWN}/patients", {"patient": REFERENCE}),
        ("/covers", {"person": str(KNOWN), "covers": str(MADE), **until}),
    ):
        assert (await house.ask("POST", f"/admin/v1{place}", json=body)).json() == {"id": str(MADE)}
    relation, unit, member, patient, cover = (values for _, values, _ in house.desk.done)
    assert relation == (KNOWN, PATIENT, Span())
    assert unit == ("Ward 3", UnitKind.PANEL)
    assert member[:2] == (KNOWN, KNOWN)
    assert member[2].ends_at.isoformat() == LATER
    assert patient == (KNOWN, PATIENT, Span())
    assert cover[:2] == (KNOWN, MADE)


async def test_what_ends_in_a_unit_is_named_with_its_unit() -> None:
    """So that an address cannot name another's."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    for place in ("members", "patients"):
        await house.ask("DELETE", f"/admin/v1/units/{KNOWN}/{place}/{MADE}")
    assert [values for _, values, _ in house.desk.done] == [(MADE, KNOWN), (MADE, KNOWN)]


@pytest.mark.parametrize("place", ["/relations", "/units", f"/units/{KNOWN}/members", "/covers"])
async def test_a_list_is_a_page(place: str) -> None:
    """With its rows, and a cursor where it is full."""
    house = AdminHouse(logged_in(Role.PRIVACY_OFFICER))
    whole = (await house.ask("GET", f"/admin/v1{place}")).json()
    assert (len(whole["items"]), whole["next"]) == (1, None)
    full = (await house.ask("GET", f"/admin/v1{place}?limit=1")).json()
    assert full["next"]
    await house.ask("GET", f"/admin/v1{place}?limit=1&cursor={full['next']}")
    assert house.desk.done[-1][1][-2:] == (KNOWN, 1)
