"""What holds of the frame: by keyboard alone, in forced colours, within 150 KB, under the policy, for each role."""

import gzip

from playwright.sync_api import BrowserContext, expect

from phiward.console.assets import Assets
from tests.console.stories.checks import sound, walk
from tests.console.stories.ward import Ward, Watched, sign_in

MOST_BYTES = 150_000
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)


def test_the_door_is_sound_and_says_why_one_stands_there(ward: Ward, context: BrowserContext, axe_source: str) -> None:
    """In every state."""
    watched = Watched.of(context)
    for query in ("", "?because=idle", "?because=ended&kept=yes", "?because=out"):
        watched.page.goto(f"{ward.origin}/login{query}")
        assert sound(watched.page, axe_source) == {}, query
        assert walk(watched.page) == []
    watched.quiet()


def test_a_first_load_is_small_and_comes_from_here_alone(ward: Ward, context: BrowserContext) -> None:
    """Page, style sheets and scripts, compressed; files are kept by the browser for good, pages never."""
    page = context.new_page()
    sign_in(page, ward, "nora")
    page.wait_for_url("**/patients")
    seen: dict[str, dict[str, str]] = {}
    page.on("response", lambda one: seen.update({one.url: one.headers}))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert all(url.startswith((f"{ward.origin}/", "data:")) for url in seen)
    for one in Assets().all():
        answer = context.request.get(f"{ward.origin}{one.address}", headers={"accept-encoding": "gzip"})
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
    total = sum(len(one.packed) for one in Assets().all()) + len(gzip.compress(page.content().encode()))
    assert total <= MOST_BYTES
    headers = seen[f"{ward.origin}/patients"]
    assert headers["cache-control"] == "no-store"
    for part in POLICY:
        assert part in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_the_whole_way_to_an_answer_by_keyboard_alone(ward: Ward, context: BrowserContext) -> None:
    """From the skip link to the source."""
    page = context.new_page()
    sign_in(page, ward, "nora")
    page.wait_for_url("**/patients")

    def tab_to(text: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("t => (document.activeElement.textContent + (document.activeElement.name || ''))"
                             ".trim().startsWith(t)", text):  # fmt: skip
                return
        raise AssertionError(f"{text} is never reached")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    tab_to("words")
    page.keyboard.type(ward.patient)
    page.keyboard.press("Enter")
    expect(page.locator("#which")).to_have_text("1 patient found")
    tab_to("Ask about")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ask/**")
    tab_to("question")
    page.keyboard.type("Any allergies?")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answers/**")
    tab_to("Source")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sources/**")


def test_in_forced_colours_every_state_still_has_its_word_and_its_edge(ward: Ward, context: BrowserContext) -> None:
    """The browser takes the colours away; a border stands where a background stood."""
    page = context.new_page()
    page.emulate_media(forced_colors="active")
    page.goto(f"{ward.origin}/login?because=out")
    note = page.locator(".note.ok")
    expect(note).to_contain_text("You are signed out")
    assert note.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"
    sign_in(page, ward, "nora")
    badge = page.locator(".foot .st")
    assert badge.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"
    assert badge.inner_text().strip() != ""


def test_each_role_sees_its_own_pages_in_the_bar(ward: Ward, context: BrowserContext, axe_source: str) -> None:
    """And the account page is for everybody."""
    plain = context.browser
    assert plain is not None
    for login, clinician in (("alice", True), ("nora", True), ("bob", False), ("ed", False)):
        own = plain.new_context()
        page = own.new_page()
        sign_in(page, ward, login)
        assert (page.locator(".bar nav a", has_text="Ask").count() > 0) is clinician
        page.goto(f"{ward.origin}/account")
        expect(page.get_by_role("heading", name="Signed in")).to_be_visible()
        assert sound(page, axe_source) == {}
        own.close()
