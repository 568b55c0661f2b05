"""What happens when a session ends in the middle, with two tabs, two presses, a step back, or a person sent away."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.console.stories.checks import sound
from tests.console.stories.test_nurse import open_patient
from tests.console.stories.ward import Ward, Watched, age_sessions, sign_in, through_the_provider

TYPED = "An invented question <b>that</b> was not sent & must not be lost"


def look_again(page: Page) -> None:
    """What the page does by itself within half a minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def back_in(page: Page, ward: Ward, login: str) -> None:
    """From the door, where the page stands."""
    page.get_by_role("button", name="Continue with hospital sign-in").click()
    through_the_provider(page, ward, login)


def test_two_minutes_before_the_end_one_button_keeps_her_signed_in(
    ward: Ward, context: BrowserContext, axe_source: str
) -> None:
    """An alert; looking at the page is no use of it, the button is."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    age_sessions(ward, 13.5)
    look_again(page)
    alert = page.get_by_role("alert").filter(has_text="Your session ends in")
    expect(alert).to_be_visible()
    assert sound(page, axe_source) == {}
    look_again(page)
    left = page.evaluate("fetch('/session').then((one) => one.json())")["seconds_left"]
    assert left <= 120
    alert.get_by_role("button", name="Stay signed in").click()
    expect(alert).to_have_count(0)
    assert page.evaluate("fetch('/session').then((one) => one.json())")["seconds_left"] > 800
    watched.quiet()


def test_the_session_ends_in_the_middle_of_a_form_and_the_draft_comes_back(
    ward: Ward, context: BrowserContext, axe_source: str
) -> None:
    """The page is cleared; only the same person gets the text back, after she signed in; it is stored sealed."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    page.get_by_label("Ask about").fill(TYPED)
    age_sessions(ward, 16)
    look_again(page)
    expect(page.get_by_text("Your session is over")).to_be_visible()
    expect(page.get_by_text("What you typed is kept, encrypted, for a day.")).to_be_visible()
    assert ward.name.split()[-1].upper() not in page.locator("body").inner_text().upper()
    assert sound(page, axe_source) == {}
    with ward.superuser() as database:
        query = "SELECT sealed FROM draft WHERE person = (SELECT id FROM person WHERE login = 'nora')"
        rows = database.execute(query).fetchall()
    assert len(rows) == 1
    assert b"invented question" not in bytes(rows[0][0])
    page.get_by_role("button", name="Sign in").click()
    assert sound(page, axe_source) == {}
    place = page.url.rpartition("return_to=")[2]
    assert place

    other = context.browser
    assert other is not None
    stranger = other.new_context().new_page()
    sign_in(stranger, ward, "alice")
    stranger.goto(f"{ward.origin}/patients")
    stranger.get_by_role("link", name=re.compile(f"Ask about {ward.name.split()[-1]}", re.IGNORECASE)).click()
    assert stranger.get_by_label("Ask about").input_value() == ""
    stranger.context.close()

    back_in(page, ward, "nora")
    page.wait_for_url("**/ask/**")
    assert page.get_by_label("Ask about").input_value() == TYPED
    watched.quiet()


def test_without_script_a_form_sent_after_the_end_is_kept_too(ward: Ward, context: BrowserContext) -> None:
    """The server finds the session ended by time, seals what came, and leads to the door."""
    plain = context.browser
    assert plain is not None
    without = plain.new_context(java_script_enabled=False)
    page = without.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    page.get_by_label("Ask about").fill(TYPED)
    age_sessions(ward, 16)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/login**")
    expect(page.get_by_text("What you typed is kept, encrypted")).to_be_visible()
    back_in(page, ward, "nora")
    page.wait_for_url("**/ask/**")
    assert page.get_by_label("Ask about").input_value() == TYPED
    without.close()


def test_after_signing_out_the_back_button_shows_nothing(ward: Ward, context: BrowserContext) -> None:
    """Pages are stored nowhere."""
    page = context.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/login**")
    for _ in range(2):
        page.go_back()
        page.wait_for_load_state()
        expect(page.get_by_role("button", name="Continue with hospital sign-in")).to_be_visible()
        assert ward.name.split()[-1].upper() not in page.content().upper()


def test_a_question_sent_twice_is_asked_once(ward: Ward, context: BrowserContext) -> None:
    """Both presses lead to the same answer; one intent is on record."""
    plain = context.browser
    assert plain is not None
    without = plain.new_context(java_script_enabled=False)
    page = without.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    fields = {one.get_attribute("name") or "": one.input_value() for one in page.locator("#ask input").all()}
    fields |= {"question": "Any allergies?", "model": "house"}
    before = sum(kind == "intent" for kind, _, _ in ward.entries())
    answers = [
        without.request.post(page.url, form=fields, headers={"origin": ward.origin}, max_redirects=0) for _ in range(2)
    ]
    assert [one.status for one in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert sum(kind == "intent" for kind, _, _ in ward.entries()) == before + 1
    without.close()


def test_a_second_tab_goes_on_after_a_step_up_in_the_first(ward: Ward, context: BrowserContext) -> None:
    """Its form is of the old session's mark: nothing is done, and what was typed is shown to be copied."""
    first, second = context.new_page(), context.new_page()
    sign_in(first, ward, "nora")
    open_patient(second, ward)
    second.evaluate("document.getElementById('ask').replaceWith(document.getElementById('ask').cloneNode(true))")
    first.goto(f"{ward.origin}/step-up")
    first.get_by_role("button", name="Continue with hospital sign-in").click()
    through_the_provider(first, ward, "nora", code="123456")
    first.wait_for_url(f"{ward.origin}/**")
    second.get_by_label("Ask about").fill(TYPED)
    second.get_by_role("button", name="Ask", exact=True).click()
    expect(second.get_by_role("alert").filter(has_text="The form is not of this session.")).to_be_visible()
    assert second.locator("textarea[readonly]").first.input_value() == TYPED
    second.goto(f"{ward.origin}/patients")
    expect(second.locator("#which")).to_be_visible()


def test_a_person_who_is_sent_away_with_a_page_open_sees_nothing_more(ward: Ward, context: BrowserContext) -> None:
    """Deactivated: the page clears itself, no draft of hers is kept, and every address leads to the door."""
    with ward.superuser() as database:
        database.execute("DELETE FROM draft")
    page = context.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    page.get_by_label("Ask about").fill(TYPED)
    try:
        with ward.superuser() as database:
            database.execute("UPDATE person SET active = false WHERE login = 'nora'")
        look_again(page)
        expect(page.get_by_text("Your session is over")).to_be_visible()
        expect(page.get_by_text("What you typed could not be kept.")).to_be_visible()
        assert ward.name.split()[-1].upper() not in page.content().upper()
        page.goto(f"{ward.origin}/patients")
        expect(page.get_by_role("button", name="Continue with hospital sign-in")).to_be_visible()
        with ward.superuser() as database:
            assert database.execute("SELECT count(*) FROM draft").fetchone() == (0,)
    finally:
        with ward.superuser() as database:
            database.execute("UPDATE person SET active = true WHERE login = 'nora'")
