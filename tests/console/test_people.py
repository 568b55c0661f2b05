"""People and access: what each role sees of a person and may change, and never of herself."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from phiward.console.people import PeoplePages
from phiward.domain.acts import AdministrativeAct as Act
from phiward.domain.administration import GrantEntry
from phiward.domain.people import Role
from tests.console.office_twins import ME, OTHER, PATIENT, SHE, STEP_UP, OfficeTwin, door
from tests.console.twins import CSRF, NOW, PagesHouse, SessionsTwin, signed

PATH = f"/people/{SHE}"
GRANT = GrantEntry(
    UUID(int=8), "manual", SHE, PATIENT, (), "consult", OTHER, NOW - timedelta(days=1), NOW + timedelta(days=1), None
)  # fmt: skip
OFFICE = frozenset({Act.READ_ACCESS_REPORT, Act.MANAGE_GRANTS, Act.MANAGE_RELATIONS})
HOUSE = frozenset({Act.MANAGE_PEOPLE, Act.MANAGE_ROLES, Act.MANAGE_SESSIONS})


def made(office: OfficeTwin, role: Role, **more: str):  # type: ignore[no-untyped-def]
    """A browser."""
    house = PagesHouse(sessions=SessionsTwin(signed(role)))
    return house.client(PeoplePages(office, house.drafts, door()).declared(), **more)


@pytest.mark.parametrize("path", ["roles", "sessions"])
async def test_accounts_are_the_administrators(path: str) -> None:
    """An officer's form is refused before anything is asked."""
    async with made(office := OfficeTwin(), Role.PRIVACY_OFFICER) as browser:
        assert (await browser.post(f"{PATH}/{path}", data={"csrf": CSRF, "once": "a"})).status_code == 403
    async with made(OfficeTwin(), Role.NURSE) as browser:
        assert (await browser.get("/people")).status_code == 403
    assert office.asked == []


async def test_grants_and_relations_are_the_officers() -> None:
    """An administrator's form is refused before anything is asked."""
    async with made(office := OfficeTwin(), Role.ADMINISTRATOR) as browser:
        for path in (f"grants/{GRANT.id}/words", f"grants/{GRANT.id}/revoke", f"relations/{GRANT.id}/end"):
            assert (await browser.post(f"{PATH}/{path}", data={"csrf": CSRF, "once": path})).status_code == 403
    assert office.asked == []


async def test_each_role_sees_its_part() -> None:
    """No patient for the administrator, no session for the officer."""
    async with made(OfficeTwin(acts=HOUSE), Role.ADMINISTRATOR) as browser:
        text = (await browser.get(PATH)).text
    assert "Log alice out everywhere" in text
    assert str(PATIENT) not in text
    async with made(OfficeTwin(acts=OFFICE, grants_=(GRANT,)), Role.PRIVACY_OFFICER) as browser:
        text = (await browser.get(PATH)).text
    assert "Log alice out" not in text
    assert "Set the roles" not in text
    for part in ("care team", "zoe", "consult", "In force", "Revoke", "End now"):
        assert part in text


async def test_nobody_changes_her_own() -> None:
    """No form for roles or grants."""
    office = OfficeTwin(grants_=(replace(GRANT, person=ME),))
    async with made(office, Role.ADMINISTRATOR) as browser:
        text = (await browser.get(f"/people/{ME}")).text
    assert "This is you" in text
    assert "Set the roles" not in text
    assert "/revoke" not in text


async def test_what_is_changed_is_exactly_what_was_asked() -> None:
    """Roles as ticked, all sessions, one grant, one relation."""
    form = {"csrf": CSRF, "role_nurse": "yes", "role_king": "yes", "role_physician": "no"}
    async with made(office := OfficeTwin(), Role.ADMINISTRATOR) as browser:
        assert (await browser.post(PATH + "/roles", data={**form, "once": "a"})).headers["location"] == PATH
        assert (await browser.post(PATH + "/sessions", data={**form, "once": "b"})).headers["location"] == PATH
    assert office.asked == [("set_roles", SHE, (Role.NURSE,)), ("end_sessions", SHE)]
    async with made(office := OfficeTwin(grants_=(GRANT,)), Role.PRIVACY_OFFICER) as browser:
        said = (await browser.post(f"{PATH}/grants/{GRANT.id}/words", data=form)).text
        await browser.post(f"{PATH}/grants/{GRANT.id}/revoke", data={**form, "once": "c"})
        await browser.post(f"{PATH}/relations/{GRANT.id}/end", data={**form, "once": "d"})
    assert "asked to &lt;u&gt;consult&lt;/u&gt;" in said
    assert office.asked == [("reason", GRANT.id), ("revoke", GRANT.id), ("end_relation", GRANT.id)]


async def test_whoever_must_confirm_goes_to_the_provider_and_the_ticks_are_kept() -> None:
    """As for reviews."""
    house = PagesHouse(sessions=SessionsTwin(signed(Role.ADMINISTRATOR)))
    pages = PeoplePages(OfficeTwin(refusal=STEP_UP), house.drafts, door())
    async with house.client(pages.declared()) as browser:
        answer = await browser.post(PATH + "/roles", data={"csrf": CSRF, "once": "a", "role_nurse": "yes"})
        assert answer.headers["location"].startswith("https://idp.example/")
        text = (await browser.get(PATH)).text
    assert 'name="role_nurse" value="yes" checked' in text
    assert 'name="role_physician" value="yes" checked' not in text


async def test_the_search_is_by_login_and_role_and_stands_in_no_address() -> None:
    """The block alone for htmx."""
    async with made(OfficeTwin(), Role.ADMINISTRATOR, **{"hx-request": "true"}) as browser:
        for words, found, left_out in (("zoe", "zoe", "alice"), ("Physician", "alice", "zoe")):
            text = (await browser.post("/people", data={"csrf": CSRF, "words": words})).text
            assert f">{found}</th>" in text
            assert f">{left_out}</th>" not in text
            assert "<html" not in text
        assert "Nobody has this login or role." in (
            await browser.post("/people", data={"csrf": CSRF, "words": "<b>"})
        ).text  # fmt: skip
