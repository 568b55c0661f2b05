"""Whatever came from a record, a model or a person is text: payloads in names, notes, titles, answers and reasons.

No script of theirs runs, nothing is loaded, no element of theirs is made, and the policy has nothing to say: it never
had to hold one back.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.console.stories.payloads import ALL, IN_MARKUP, MARK
from tests.console.stories.ward import Ward, Watched, sign_in, through_the_provider
from tests.rooms.records.fhir_files import bundle, care_team, document, patient, practitioner
from tests.system.upstream import echo, event

EVIL_FAMILY = IN_MARKUP[3]
EVIL_GIVEN = IN_MARKUP[5]
EVIL_TITLE = IN_MARKUP[0]
EVIL_AUTHOR = IN_MARKUP[4]
NUMBER = "MRN-evil-0001"
FORBIDDEN = """() => [...document.querySelectorAll("main script, .stay script, iframe, main style, base, plaintext, "
  + "main link, main meta, main template, [onerror], [onload], [onfocus], [ontoggle], [onmouseover], "
  + "main [hx-trigger], "
  + "main img, main svg, main a[href^='javascript:']")].map((one) => one.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def evil(ward: Ward) -> str:
    """A patient of alice's whose every field is a payload; her number."""
    team = care_team("team-evil", subject={"reference": "Patient/pat-evil"})
    team["participant"] = [{"member": {"reference": "Practitioner/p0001"}}]
    notes = [
        document(
            f"doc-evil-{number}",
            f"Invented allergy note {number}. {payload} The invented rash is called zorbitis.",
            subject={"reference": "Patient/pat-evil"},
            type={"text": EVIL_TITLE},
            author=[{"reference": "Practitioner/p-evil", "display": EVIL_AUTHOR}],
        )
        for number, payload in enumerate(ALL)
    ]
    writer = practitioner("p-evil", name=[{"family": EVIL_AUTHOR, "given": [EVIL_AUTHOR]}])
    person = patient(
        "pat-evil",
        name=[{"use": "official", "family": EVIL_FAMILY, "given": [EVIL_GIVEN]}],
        identifier=[{"type": {"coding": [{"code": "MR"}]}, "value": NUMBER}],
    )
    path = ward.folder / "evil.json"
    path.write_text(json.dumps(bundle(person, writer, team, *notes)), encoding="utf-8")
    ward.command("import", str(path))
    return NUMBER


def still(page: Page) -> None:
    """Nothing ran and nothing of theirs is an element."""
    assert page.evaluate(f"typeof window.{MARK}") == "undefined"
    assert page.evaluate(FORBIDDEN) == []


def to_the_patient(page: Page, ward: Ward, number: str) -> None:
    """By the list."""
    page.goto(f"{ward.origin}/patients")
    still(page)
    page.get_by_label("Name or number").fill(number)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#which")).to_have_text("1 patient found")
    still(page)
    page.locator("#list a").first.click()
    page.wait_for_url("**/ask/**")
    still(page)


def test_names_notes_titles_and_questions_are_inert(ward: Ward, evil: str, context: BrowserContext) -> None:
    """From the list to the source, with the built-in model quoting the notes."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "alice")
    to_the_patient(page, ward, evil)
    expect(page.locator(".patient")).to_contain_text(re.compile("onerror", re.IGNORECASE))
    page.get_by_label("Ask about").fill(f"Which invented rash, zorbitis? {' '.join(ALL[:6])}")
    page.get_by_label("Model").select_option("house")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/answers/**")
    still(page)
    page.get_by_text("Everything that was sent").click()
    still(page)
    page.locator(".src a").first.click()
    page.wait_for_url("**/sources/**")
    still(page)
    page.reload()
    still(page)
    watched.quiet()


def test_whatever_a_model_says_is_inert(ward: Ward, evil: str, context: BrowserContext) -> None:
    """Streamed in pieces, and read again as a page."""
    watched = Watched.of(context)
    page = watched.page

    def evilly(body: dict[str, Any]) -> Iterator[bytes]:
        for payload in ALL:
            yield event({"content": f"{payload} was said.\n"})
        yield event({}, "stop")
        yield b"data: [DONE]\n\n"

    sign_in(page, ward, "alice")
    to_the_patient(page, ward, evil)
    ward.upstream.script = evilly
    try:
        page.get_by_label("Ask about").fill("Anything?")
        page.get_by_label("Model").select_option("stub")
        page.get_by_role("button", name="Ask", exact=True).click()
        page.wait_for_url("**/answers/**")
    finally:
        ward.upstream.script = echo
    still(page)
    page.reload()
    still(page)
    expect(page.get_by_role("article", name="Answer")).to_contain_text("was said")
    watched.quiet()


def test_searches_reasons_reports_and_addresses_are_inert(ward: Ward, evil: str, context: BrowserContext) -> None:
    """What a person types comes back as text, in pages, drafts and errors."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "alice")
    page.goto(f"{ward.origin}/patients")
    for payload in ALL:
        page.get_by_label("Name or number").fill(payload.replace("\u2028", "").replace("\u0000", ""))
        page.get_by_role("button", name="Search").click()
        expect(page.locator("#which")).to_contain_text("found")
        still(page)
    page.goto(f"{ward.origin}/emergency")
    page.get_by_label("MRN").fill(ALL[1])
    page.get_by_label("Date of birth").fill("1970-01-31")
    page.get_by_label("Threat to life").check()
    page.get_by_label("In a few words").fill(ALL[16])
    page.get_by_role("button", name="Confirm and open the record").click()
    through_the_provider(page, ward, "alice", code="123456")
    page.wait_for_url("**/emergency")
    still(page)
    assert page.get_by_label("In a few words").input_value() == ALL[16]
    page.get_by_role("button", name="Confirm and open the record").click()
    expect(page.locator("textarea[readonly]").first).to_be_visible()
    still(page)
    to_the_patient(page, ward, evil)
    page.locator(".plain a").first.click()
    page.wait_for_url("**/answers/**")
    still(page)
    page.get_by_role("link", name=re.compile("Report a wrong")).click()
    page.get_by_label("It is about another patient").check()
    page.get_by_label("In your words").fill(ALL[1])
    page.get_by_role("button", name="Report it").click()
    page.wait_for_url("**/answers/**")
    expect(page.get_by_text("Reported as wrong")).to_be_visible()
    still(page)
    page.goto(f"{ward.origin}/login?because=%3Cscript%3E&return_to=%22%3E%3Cimg%20src%3Dx%20onerror%3D{MARK}%3D1%3E")
    still(page)
    watched.quiet()


def test_a_report_is_on_record_and_goes_to_the_officers(ward: Ward, evil: str) -> None:
    """By the story before: a code and opaque ids in the log and the alert; the words are sealed."""
    leaf = next(one for kind, _, one in reversed(ward.entries()) if one["facts"].get("action") == "answer.reported")
    assert leaf["facts"]["reason"] == "wrong_patient"
    with ward.superuser() as database:
        kinds = [row[0] for row in database.execute("SELECT kind FROM alert").fetchall()]
        sealed = database.execute("SELECT sealed_words FROM answer_report").fetchone()
    assert "answer.reported" in kinds
    assert sealed is not None
    assert b"script" not in bytes(sealed[0])
