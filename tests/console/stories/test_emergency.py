"""A physician opens the glass: from the denied page, by number and birth date, confirmed, for an hour."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.console.stories.checks import sound, walk
from tests.console.stories.test_nurse import ask
from tests.console.stories.ward import Ward, Watched, sign_in, through_the_provider


def fill(page: Page, number: str, born: str) -> None:
    """The form."""
    page.get_by_label("MRN").fill(number)
    page.get_by_label("Date of birth").fill(born)
    page.get_by_label("Threat to life").check()
    page.get_by_role("button", name="Confirm and open the record").click()


def test_a_physician_opens_the_glass(ward: Ward, context: BrowserContext, axe_source: str) -> None:
    """No name before the record opens; wrong and unknown read alike; the strip says until when; closing closes it."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "alice")
    page.wait_for_url("**/patients")
    page.get_by_label("Name or number").fill(ward.foreign_patient)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Emergency access").last.click()
    page.wait_for_url("**/emergency")
    assert sound(page, axe_source) == {}
    assert walk(page) == []

    fill(page, ward.foreign_patient, ward.foreign_born)
    through_the_provider(page, ward, "alice", code="123456")
    page.wait_for_url("**/emergency")
    expect(page.get_by_text("Check what you entered, then open the record")).to_be_visible()
    assert page.get_by_label("MRN").input_value() == ward.foreign_patient
    assert ward.foreign_name.split()[-1].upper() not in page.content().upper()
    assert sound(page, axe_source) == {}

    seen = set()
    for number, born in ((ward.foreign_patient, "1901-01-01"), ("99999999", ward.foreign_born)):
        fill(page, number, born)
        expect(page.get_by_role("alert").filter(has_text="Not available to you")).to_be_visible()
        seen.add(page.locator("main .note").inner_text())
        assert ward.foreign_name.split()[-1].upper() not in page.content().upper()
        page.goto(f"{ward.origin}/emergency")
    assert len(seen) == 1

    fill(page, ward.foreign_patient, ward.foreign_born)
    page.wait_for_url("**/ask/**")
    strip = page.get_by_role("region", name="Emergency access")
    expect(strip).to_contain_text("Everything here is reviewed")
    expect(page.get_by_role("region", name="Patient")).to_contain_text(ward.foreign_name.split()[-1].upper())
    assert sound(page, axe_source) == {}
    ask(page, "Which medication does the patient take?")
    page.wait_for_url("**/answers/**")
    entry = next(leaf for kind, _, leaf in reversed(ward.entries()) if kind == "intent")
    assert entry["facts"]["purpose"] == "ETREAT"
    assert entry["facts"]["emergency"]
    assert ward.command("review", "list")

    answer = page.url
    page.get_by_role("region", name="Emergency access").get_by_role("button", name="Close it now").click()
    page.wait_for_url("**/emergency")
    told = page.goto(answer)
    assert told is not None
    assert told.status == 404
    expect(page.get_by_text(re.compile("Not available to you")).first).to_be_visible()
    assert ward.foreign_name.split()[-1].upper() not in page.content().upper()
    watched.quiet()


def test_a_privacy_officer_has_no_way_to_a_record(ward: Ward, context: BrowserContext) -> None:
    """Neither in the bar nor by address."""
    page = context.new_page()
    sign_in(page, ward, "bob")
    page.wait_for_load_state()
    assert page.get_by_role("link", name="Ask", exact=True).count() == 0
    for path in ("/patients", "/emergency"):
        told = page.goto(f"{ward.origin}{path}")
        assert told is not None
        assert told.status == 403
        expect(page.get_by_role("alert").filter(has_text="Not available to you")).to_be_visible()
