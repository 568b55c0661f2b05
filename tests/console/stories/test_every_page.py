"""Every page that is declared, in both themes and both widths, with what a person wrote in it: sound, and inert."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cli.test_routes import TABLE
from tests.console.stories.checks import sound, walk
from tests.console.stories.payloads import IN_MARKUP
from tests.console.stories.test_inert import still
from tests.console.stories.test_nurse import ask, open_patient
from tests.console.stories.test_officer import open_the_glass
from tests.console.stories.ward import Ward, Watched, sign_in, through_the_provider

NOT_SEEN = {
    "/": "leads to the first page of a role",
    "/login/callback": "the way back from the provider; what is refused there stands in test_frame",
    "/session": "for a script",
    "/static/{name}": "style sheets and scripts",
    "/audit/{entry}/proof": "a file",
    "/healthz": "for whoever watches the process",
    "/readyz": "the same",
    "/metrics": "the same",
}
WORDS = f"It is the other sister {IN_MARKUP[0]} {IN_MARKUP[3]}"


@dataclass
class Found:
    """What the pages are about."""

    patient: str = ""
    answer: str = ""
    emergency: str = ""
    report: str = ""
    entry: str = ""
    person: str = ""


def here(name: str) -> Callable[[Found], str]:
    """An address without an id."""
    return lambda found: name


PAGES: dict[str, tuple[str, Callable[[Found], str]]] = {
    "/login": ("", here("/login")),
    "/account": ("nora", here("/account")),
    "/step-up": ("bob", here("/step-up?return_to=/queue")),
    "/patients": ("nora", here("/patients")),
    "/ask/{patient}": ("nora", lambda found: f"/ask/{found.patient}"),
    "/answers/{answer}": ("nora", lambda found: f"/answers/{found.answer}"),
    "/answers/{answer}/sources/{number}": ("nora", lambda found: f"/answers/{found.answer}/sources/1"),
    "/answers/{answer}/report": ("nora", lambda found: f"/answers/{found.answer}/report"),
    "/emergency": ("nora", here("/emergency")),
    "/queue": ("bob", here("/queue")),
    "/queue/{emergency}": ("bob", lambda found: f"/queue/{found.emergency}"),
    "/reports/{report}": ("bob", lambda found: f"/reports/{found.report}"),
    "/access": ("bob", here("/access")),
    "/audit": ("ed", here("/audit")),
    "/audit/{entry}": ("bob", lambda found: f"/audit/{found.entry}"),
    "/people": ("ed", here("/people")),
    "/people/{person}": ("bob", lambda found: f"/people/{found.person}"),
    "/vendors": ("bob", here("/vendors")),
    "/health": ("bob", here("/health")),
}
"""Who looks at which, and where it stands."""


@pytest.fixture(scope="module")
def found(ward: Ward, browser: Browser) -> Found:
    """A nurse asks and reports what she was told; a physician opens the glass. Their words are hostile."""
    made = Found(emergency=open_the_glass(browser, ward, "alice", words=WORDS))
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    made.patient = page.url.rsplit("/", 1)[-1]
    ask(page)
    page.wait_for_url("**/answers/**")
    made.answer = page.url.rsplit("/", 1)[-1].partition("?")[0]
    page.goto(f"{ward.origin}/answers/{made.answer}/report")
    page.get_by_label("It is about another patient").check()
    page.locator("textarea").fill(WORDS)
    page.get_by_role("button", name=re.compile("report", re.IGNORECASE)).click()
    page.wait_for_url(f"**/answers/{made.answer}")
    context.close()
    with ward.superuser() as database:
        for name, query in (
            ("report", "SELECT id FROM answer_report ORDER BY reported_at DESC LIMIT 1"),
            ("entry", "SELECT id FROM audit_entry WHERE kind = 'intent' ORDER BY recorded_at DESC LIMIT 1"),
            ("person", "SELECT id FROM person WHERE login = 'alice'"),
        ):
            row = database.execute(query.encode()).fetchone()
            assert row is not None, name
            setattr(made, name, str(row[0]))
    return made


def test_every_page_that_is_declared_is_looked_at() -> None:
    """A new page fails here until somebody says who looks at it."""
    declared = {path for method, path in TABLE if method == "GET" and not path.startswith(("/v1/", "/scim/", "/admin"))}
    assert declared - NOT_SEEN.keys() == PAGES.keys()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_in_both_themes_and_widths_and_by_keyboard_alone(
    ward: Ward, browser: Browser, axe_source: str, found: Found, path: str
) -> None:
    """axe, no sideways overflow, targets of 24 px, a ring that nothing covers on each control; and nothing runs."""
    who, place = PAGES[path]
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watched = Watched.of(context)
    page = watched.page
    if who:
        sign_in(page, ward, who)
    answer = page.goto(ward.origin + place(found))
    assert answer is not None
    assert answer.status == 200
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    still(page)
    watched.quiet()
    context.close()


def test_what_a_reader_wrote_of_an_answer_is_opened_as_text(
    ward: Ward, browser: Browser, axe_source: str, found: Found
) -> None:
    """The officer opens it with a fresh login; it is on record, and runs nowhere."""
    context = browser.new_context()
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "bob")
    page.goto(f"{ward.origin}/reports/{found.report}")
    assert "other sister" not in page.content()
    for _ in range(2):  # the first press leads to the provider and back
        opens(page, ward)
    expect(page.get_by_text("It is the other sister")).to_be_visible()
    still(page)
    assert sound(page, axe_source) == {}
    assert [one for _, _, one in ward.entries() if one["facts"].get("action") == "answer.words_read"]
    context.close()


def opens(page: Page, ward: Ward) -> None:
    """Press, and confirm where the provider asks."""
    if page.get_by_text("It is the other sister").count():
        return
    page.get_by_role("button", name=re.compile("words", re.IGNORECASE)).click()
    page.wait_for_load_state()
    if not page.url.startswith(ward.origin):
        through_the_provider(page, ward, "bob", code="123456")
        page.wait_for_url("**/reports/**")
