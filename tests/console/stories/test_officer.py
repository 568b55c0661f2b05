"""The privacy officer's work: the queue, the review of an opened glass, who saw one record; and what she may not."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.stories.checks import sound, walk
from tests.console.stories.payloads import ALL, IN_MARKUP
from tests.console.stories.test_emergency import fill
from tests.console.stories.test_inert import still
from tests.console.stories.test_nurse import ask
from tests.console.stories.ward import Ward, Watched, sign_in, through_the_provider

NOTE = f"Encounter fits; looked at the texts. {IN_MARKUP[1]}"


def newest(ward: Ward, person: str) -> str:
    """The id of the emergency access that somebody opened last."""
    query = """SELECT e.id FROM emergency e JOIN access_grant g ON g.id = e.id JOIN person p ON p.id = g.person
                WHERE p.login = %s ORDER BY g.starts_at DESC LIMIT 1"""
    with ward.superuser() as database:
        row = database.execute(query, [person]).fetchone()
    assert row is not None
    return str(row[0])


def open_the_glass(browser: Browser, ward: Ward, login: str, *, question: str = "", words: str = "") -> str:
    """Opened, perhaps asked about, and closed; its id."""
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, ward, login)
    page.goto(f"{ward.origin}/emergency")
    if words:
        page.get_by_label("In a few words").fill(words)
    fill(page, ward.foreign_patient, ward.foreign_born)
    through_the_provider(page, ward, login, code="123456")
    page.wait_for_url(re.compile("/emergency|/ask/"))
    if "/ask/" not in page.url:
        page.get_by_role("button", name="Confirm and open the record").click()
        page.wait_for_url("**/ask/**")
    if question:
        ask(page, question)
        page.wait_for_url("**/answers/**")
    page.get_by_role("button", name="Close it now").click()
    page.wait_for_url("**/emergency")
    context.close()
    return newest(ward, login)


def confirm(page: Page, ward: Ward, login: str, back: str) -> None:
    """The provider asks again, and leads back."""
    through_the_provider(page, ward, login, code="123456")
    page.wait_for_url(back)


@pytest.fixture
def two_roles(ward: Ward) -> Iterator[str]:
    """Bob is a physician as well, for one story."""
    with ward.superuser() as database:
        database.execute("UPDATE person SET roles = '{physician,privacy_officer}' WHERE login = 'bob'")
    yield "bob"
    with ward.superuser() as database:
        database.execute("UPDATE person SET roles = '{privacy_officer}' WHERE login = 'bob'")


def test_the_officer_reviews_the_opened_glass(
    ward: Ward, browser: Browser, context: BrowserContext, axe_source: str
) -> None:
    """From the queue to the decision: her words only after a press that is on record; confirmed; the note kept."""
    evil = f"found alone {IN_MARKUP[3]} {IN_MARKUP[0]}"
    grant = open_the_glass(browser, ward, "alice", question="Which medication does the patient take?", words=evil)
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "bob")
    page.wait_for_url("**/queue")
    expect(page.locator(".lead")).to_contain_text("need")
    expect(page.get_by_role("heading", name="Not watched")).to_be_visible()
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    page.get_by_role("link", name=f"Review {grant[:8]}").click()
    page.wait_for_url(f"**/queue/{grant}")
    assert "found alone" not in page.content()
    assert ward.foreign_name.split()[-1].upper() not in page.content().upper()
    assert sound(page, axe_source) == {}
    assert walk(page) == []

    page.get_by_role("button", name="Open her words and the texts").click()
    confirm(page, ward, "bob", f"**/queue/{grant}")
    page.get_by_role("button", name="Open her words and the texts").click()
    expect(page.locator(".kv q")).to_contain_text("found alone")
    page.get_by_text("Everything that was sent").first.click()
    still(page)
    assert sound(page, axe_source) == {}
    read = [one["facts"] for _, _, one in ward.entries() if one["facts"].get("action") == "emergency.texts_read"]
    assert read[-1]["grant"] == grant
    assert read[-1]["actor"].startswith("person:")

    page.get_by_label("Not appropriate").check()
    page.get_by_label("Why").fill(NOTE)
    page.get_by_role("button", name="Record decision").click()
    page.wait_for_url(f"**/queue/{grant}")
    expect(page.get_by_role("heading", name="Decided")).to_be_visible()
    still(page)
    assert sound(page, axe_source) == {}
    leaf = next(one for _, _, one in reversed(ward.entries()) if one["facts"].get("action") == "emergency.reviewed")
    assert leaf["facts"]["after"] == {"outcome": "inappropriate"}
    assert leaf["facts"]["incident"]
    page.goto(f"{ward.origin}/queue")
    expect(page.get_by_text("One breach clock is running")).to_be_visible()
    assert page.get_by_role("link", name=f"Review {grant[:8]}").count() == 0
    watched.quiet()


def test_the_note_survives_the_confirmation_and_the_second_reviewer_is_told_who_was_first(
    ward: Ward, browser: Browser, context: BrowserContext, axe_source: str
) -> None:
    """Pressed with an old login: to the provider and back, the note kept. Decided meanwhile: nothing overwritten."""
    grant = open_the_glass(browser, ward, "alice")
    page = context.new_page()
    sign_in(page, ward, "bob")
    page.goto(f"{ward.origin}/queue/{grant}")
    page.get_by_label("Appropriate", exact=False).first.check()
    page.get_by_label("Why").fill(NOTE)
    page.get_by_role("button", name="Record decision").click()
    confirm(page, ward, "bob", f"**/queue/{grant}")
    assert page.get_by_label("Why").input_value() == NOTE
    with ward.superuser() as database:
        database.execute(
            "UPDATE emergency SET outcome = 'training', reviewed_at = now(), reviewer ="
            " (SELECT id FROM person WHERE login = 'ed') WHERE id = %s", [grant],
        )  # fmt: skip
    page.get_by_role("button", name="Record decision").click()
    expect(page.get_by_role("alert").filter(has_text="Your decision was not recorded")).to_be_visible()
    assert page.get_by_label("Your note, not recorded").input_value() == NOTE
    assert sound(page, axe_source) == {}
    with ward.superuser() as database:
        assert database.execute("SELECT outcome FROM emergency WHERE id = %s", [grant]).fetchone() == ("training",)


def test_an_officer_who_opened_the_glass_herself_cannot_review_it(
    ward: Ward, browser: Browser, context: BrowserContext, axe_source: str, two_roles: str
) -> None:
    """No words, no form, and a form made by hand is refused."""
    grant = open_the_glass(browser, ward, two_roles)
    page = context.new_page()
    sign_in(page, ward, two_roles)
    page.goto(f"{ward.origin}/queue/{grant}")
    expect(page.get_by_text("You are the person reviewed")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("Record|Open her words")).count() == 0
    assert sound(page, axe_source) == {}
    page.goto(f"{ward.origin}/step-up?return_to=/queue/{grant}")
    page.get_by_role("button", name="Continue with hospital sign-in").click()
    confirm(page, ward, two_roles, f"**/queue/{grant}")
    fields = """async (path) => { const csrf = document.querySelector("[name=csrf]").value;
      const body = new URLSearchParams({ csrf, once: crypto.randomUUID(), outcome: "appropriate", why: "all fine" });
      const said = await fetch(path, { method: "POST", body }); return [said.status, await said.text()]; }"""
    status, text = page.evaluate(fields, f"/queue/{grant}")
    assert status == 403
    assert "Nobody reviews her own access." in text
    assert page.evaluate(fields, f"/queue/{grant}/words")[0] == 403
    with ward.superuser() as database:
        assert database.execute("SELECT outcome FROM emergency WHERE id = %s", [grant]).fetchone() == (None,)


def test_who_saw_one_record_and_why_may_she_see_it(ward: Ward, context: BrowserContext, axe_source: str) -> None:
    """By a number in a form; the address has none; complete for phiward and nothing else; asking is on record."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "bob")
    page.goto(f"{ward.origin}/access")
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    number = page.get_by_label("Patient's number")
    number.first.fill(ward.foreign_patient)
    page.get_by_role("button", name="Show who looked").click()
    expect(page.get_by_role("heading", name="Who saw one record")).to_be_visible()
    expect(page.get_by_text("This list is complete for what passes through phiward")).to_be_visible()
    assert ward.foreign_patient not in page.url
    assert ward.foreign_name.split()[-1].upper() not in page.content().upper()
    assert sound(page, axe_source) == {}
    for login, said in (("nora", "She may not"), ("alice", "She may")):
        page.goto(f"{ward.origin}/access")
        number.last.fill(ward.patient if login == "alice" else ward.foreign_patient)
        page.get_by_label("Login").fill(login)
        page.get_by_role("button", name="Explain").click()
        expect(page.locator(".lead .st")).to_have_text(said)
        expect(page.get_by_role("heading", name="The rule that decides")).to_be_visible()
        assert sound(page, axe_source) == {}
    number.first.fill("99999999")
    page.get_by_role("button", name="Show who looked").click()
    expect(page.get_by_role("alert").filter(has_text="Not available to you")).to_be_visible()
    assert any(one["facts"].get("action") == "access.reported" for _, _, one in ward.entries())
    watched.quiet()


def test_whatever_an_officer_searches_for_is_inert(ward: Ward, context: BrowserContext) -> None:
    """Names, numbers, logins: text in a field, in a page and in an error."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "bob")
    for payload in ALL[:20]:
        page.goto(f"{ward.origin}/people")
        page.get_by_label("Login or role").fill(payload[:100])
        page.get_by_role("button", name="Search").click()
        expect(page.locator("#which")).to_contain_text("found")
        still(page)
    page.goto(f"{ward.origin}/access")
    page.get_by_label("Login").fill(ALL[0])
    page.get_by_label("Patient's number").last.fill(ALL[1])
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    still(page)
    page.goto(f"{ward.origin}/queue?kind=%22%3E%3Cscript%3E")
    still(page)
    watched.quiet()
