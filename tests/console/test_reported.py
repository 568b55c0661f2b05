"""A reported answer: read on record, closed once, never by who reported it."""

from dataclasses import replace

from phiward.console.reported import ReportedPages
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Role
from tests.console.office_twins import ME, REPORT, REPORTED, STEP_UP, OfficeTwin, door
from tests.console.twins import CSRF, PagesHouse, SessionsTwin, signed

PATH = f"/reports/{REPORT}"


def made(office: OfficeTwin, role: Role = Role.PRIVACY_OFFICER):  # type: ignore[no-untyped-def]
    """A browser."""
    house = PagesHouse(sessions=SessionsTwin(signed(role)))
    return house.client(ReportedPages(office, house.drafts, door()).declared())


async def test_it_is_for_officers_and_not_for_who_reported() -> None:
    """No form, no words."""
    async with made(OfficeTwin(), Role.NURSE) as browser:
        assert (await browser.get(PATH)).status_code == 403
    async with made(OfficeTwin(report_=replace(REPORTED, person=ME))) as browser:
        text = (await browser.get(PATH)).text
    assert "You reported it" in text
    assert f'action="{PATH}' not in text


async def test_words_after_a_press_and_as_text_and_closing_leads_back() -> None:
    """Both are the room's to record."""
    async with made(office := OfficeTwin()) as browser:
        assert "wrong</i>" not in (await browser.get(PATH)).text
        assert "It is &lt;i&gt;wrong&lt;/i&gt;" in (await browser.post(PATH + "/words", data={"csrf": CSRF})).text
        closed = await browser.post(PATH, data={"csrf": CSRF, "once": "a"})
    assert closed.headers["location"] == PATH
    assert [one[0] for one in office.asked] == ["report_words", "close_report"]


async def test_closed_meanwhile_leads_to_what_is_and_a_step_up_to_the_provider() -> None:
    """Nothing else is done."""
    closed = InvalidRequestError("This report was closed.", param="report")
    async with made(office := OfficeTwin(refusal=closed)) as browser:
        assert (await browser.post(PATH, data={"csrf": CSRF, "once": "a"})).headers["location"] == PATH
        office.refusal = STEP_UP
        for path in (PATH, PATH + "/words"):
            answer = await browser.post(path, data={"csrf": CSRF, "once": path})
            assert answer.headers["location"].startswith("https://idp.example/")
