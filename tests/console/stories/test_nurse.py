"""A nurse asks about her patient, and about somebody else's."""

import re
import threading
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.console.stories.checks import narrow, sound, walk
from tests.console.stories.ward import BUILT_IN, Ward, Watched, sign_in
from tests.system.upstream import echo, event

QUESTION = "Which medication was changed, to what dose, and what follow-up was planned?"


def open_patient(page: Page, ward: Ward) -> None:
    """From the list to the form."""
    page.goto(f"{ward.origin}/patients")
    page.get_by_label("Name or number").fill(ward.patient)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#which")).to_have_text("1 patient found")
    page.get_by_role("link", name=re.compile("Ask about")).click()
    page.wait_for_url("**/ask/**")


def ask(page: Page, question: str = QUESTION, model: str = BUILT_IN) -> None:
    """To the end of the answer."""
    page.get_by_label("Ask about").fill(question)
    page.get_by_label("Model").select_option(model)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_a_nurse_asks_about_her_patient(ward: Ward, context: BrowserContext, axe_source: str) -> None:
    """Each sentence with its source, what was sent beside what she sees, and the source itself; all of it on record."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "nora")
    page.wait_for_url("**/patients")
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    open_patient(page, ward)
    assert ward.patient not in page.url
    assert sound(page, axe_source) == {}
    ask(page)
    page.wait_for_url("**/answers/**")
    answer = page.get_by_role("article", name="Answer")
    expect(answer.get_by_text("AI-generated suggestion: clinical judgment required")).to_be_visible()
    expect(answer.locator(".cite").first).to_be_visible()
    sent = page.locator("#sent")
    expect(sent.get_by_text("What was sent, within the hospital")).to_be_visible()
    sent.get_by_text("Everything that was sent").click()
    for text in sent.locator(".pair > :last-child").all_inner_texts():
        assert ward.patient not in text
        assert ward.name.split()[-1] not in text
    assert ward.name.split()[-1] in " ".join(sent.locator(".pair > :first-child").all_inner_texts())
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    said = answer.locator("li", has=page.locator(".cite")).last
    words = said.locator("> span").first.inner_text().strip('"')
    said.locator(".cite").first.click()
    page.wait_for_url("**/sources/**")
    assert words[:40] in page.locator("mark").inner_text().replace("\n", " ")
    assert sound(page, axe_source) == {}
    kinds = [kind for kind, _, _ in ward.entries()][-4:]
    assert kinds[-3:] == ["intent", "outcome", "retrieval"]
    watched.quiet()


def test_the_first_sentence_is_shown_before_the_last_is_made(ward: Ward, context: BrowserContext) -> None:
    """The scripted model waits in the middle of its answer until the browser has shown the beginning."""
    shown = threading.Event()

    def slowly(body: dict[str, Any]) -> Iterator[bytes]:
        yield event({"content": "The first sentence is whole. Another sentence follows it here. The third"})
        yield event({"content": " one "})
        assert shown.wait(20)
        yield event({"content": "came later."})
        yield event({}, "stop")
        yield b"data: [DONE]\n\n"

    ward.upstream.script = slowly
    try:
        page = context.new_page()
        sign_in(page, ward, "nora")
        open_patient(page, ward)
        ask(page, "Anything?", "stub")
        expect(page.locator("#said li").first).to_contain_text("The first sentence is whole.")
        assert page.get_by_text("came later").count() == 0
        shown.set()
        page.wait_for_url("**/answers/**")
        expect(page.get_by_text("came later")).to_be_visible()
        expect(page.locator(".nosrc").first).to_contain_text("No source")
        assert narrow(page) == []
    finally:
        shown.set()
        ward.upstream.script = echo


def test_without_script_the_form_gives_the_whole_answer_as_a_page(ward: Ward, context: BrowserContext) -> None:
    """The same addresses, the same pages."""
    plain = context.browser
    assert plain is not None
    without = plain.new_context(java_script_enabled=False)
    page = without.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    ask(page)
    page.wait_for_url("**/answers/**")
    expect(page.locator(".cite").first).to_be_visible()
    page.reload()
    expect(page.locator(".cite").first).to_be_visible()
    assert 'http-equiv="refresh"' in page.content()
    without.close()


def test_a_nurse_who_asks_about_somebody_elses_patient_is_told_nothing(
    ward: Ward, context: BrowserContext, axe_source: str
) -> None:
    """Found, unknown and nonsense read the same, in the search and by address; two ways on are named."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "nora")
    answers = set()
    for words in (ward.foreign_patient, "99999999", ward.foreign_name):
        page.goto(f"{ward.origin}/patients")
        page.get_by_label("Name or number").fill(words)
        page.get_by_role("button", name="Search").click()
        expect(page.locator("#which")).to_have_text("0 patients found")
        answers.add(page.locator("#list").inner_text())
    assert len(answers) == 1
    assert "use emergency access" in answers.pop()
    with ward.superuser() as database:
        every = [str(one[0]) for one in database.execute("SELECT id FROM patient").fetchall()]
    mine = set()
    page.goto(f"{ward.origin}/patients")
    for link in page.get_by_role("link", name=re.compile("Ask about")).all():
        mine.add((link.get_attribute("href") or "").removeprefix("/ask/"))
    foreign = next(one for one in every if one not in mine)
    seen = set()
    for ref in (foreign, "00000000-0000-4000-8000-000000000000", "nobody"):
        told = page.goto(f"{ward.origin}/ask/{ref}")
        assert told is not None
        assert told.status == 404
        expect(page.get_by_role("alert").filter(has_text="Not available to you")).to_be_visible()
        seen.add(page.locator("main").inner_text())
    assert len(seen) == 1
    assert sound(page, axe_source) == {}
    watched.quiet()


def test_a_model_without_an_agreement_gets_nothing_and_the_question_stays(
    ward: Ward, context: BrowserContext, axe_source: str
) -> None:
    """Said first; with and without script."""
    page = context.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    before = len(ward.upstream.received)
    ask(page, "Any allergies?", "no-agreement")
    expect(page.get_by_role("alert").filter(has_text="Not sent: there is no agreement")).to_be_visible()
    assert page.get_by_label("Ask about").input_value() == "Any allergies?"
    assert sound(page, axe_source) == {}
    plain = context.browser
    assert plain is not None
    without = plain.new_context(java_script_enabled=False)
    page = without.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    ask(page, "Any allergies?", "no-agreement")
    expect(page.get_by_role("alert").filter(has_text="Not sent: there is no agreement")).to_be_visible()
    assert page.get_by_label("Ask about").input_value() == "Any allergies?"
    without.close()
    assert len(ward.upstream.received) == before
