"""The administrator's work with people: roles, sessions; and what an open page shows when its person is logged out."""

from playwright.sync_api import Browser, BrowserContext, expect

from tests.console.stories.checks import sound, walk
from tests.console.stories.test_nurse import open_patient
from tests.console.stories.test_session import look_again
from tests.console.stories.ward import Ward, Watched, sign_in, through_the_provider


def test_an_administrator_logs_a_person_out_and_her_open_page_shows_nothing(
    ward: Ward, browser: Browser, context: BrowserContext, axe_source: str
) -> None:
    """The page clears itself, the back button shows nothing, and the act is on record under the administrator's id."""
    other = browser.new_context()
    nora = other.new_page()
    sign_in(nora, ward, "nora")
    open_patient(nora, ward)
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "ed")
    page.goto(f"{ward.origin}/people")
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    page.get_by_label("Login or role").fill("nora")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#which")).to_have_text("1 person found")
    page.get_by_role("link", name="See nora").click()
    page.wait_for_url("**/people/*")
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    page.get_by_role("button", name="Log nora out everywhere").click()
    expect(page.get_by_text("She is signed in nowhere.")).to_be_visible()
    look_again(nora)
    expect(nora.get_by_text("Your session is over")).to_be_visible()
    assert ward.name.split()[-1].upper() not in nora.locator("body").inner_text().upper()
    nora.go_back()
    nora.wait_for_load_state()
    expect(nora.get_by_role("button", name="Continue with hospital sign-in")).to_be_visible()
    leaf = next(one for _, _, one in reversed(ward.entries()) if one["facts"].get("action") == "sessions.ended")
    assert leaf["facts"]["actor"].startswith("person:")
    watched.quiet()
    other.close()


def test_roles_need_a_fresh_login_and_never_ones_own(ward: Ward, context: BrowserContext, axe_source: str) -> None:
    """Pressed with an old login: to the provider, and back with what was ticked."""
    page = context.new_page()
    sign_in(page, ward, "ed")
    page.goto(f"{ward.origin}/people")
    page.get_by_role("link", name="See nora").click()
    page.get_by_label("Pharmacist").check()
    page.get_by_role("button", name="Set the roles").click()
    through_the_provider(page, ward, "ed", code="123456")
    page.wait_for_url("**/people/*")
    assert page.get_by_label("Pharmacist").is_checked()
    page.get_by_role("button", name="Set the roles").click()
    page.wait_for_load_state()
    expect(page.locator(".lead")).to_contain_text("pharmacist")
    page.get_by_label("Pharmacist").uncheck()
    page.get_by_role("button", name="Set the roles").click()
    page.wait_for_load_state()
    expect(page.locator(".lead")).not_to_contain_text("pharmacist")
    page.goto(f"{ward.origin}/people")
    page.get_by_role("link", name="See ed").click()
    expect(page.get_by_text("This is you")).to_be_visible()
    assert page.get_by_role("button", name="Set the roles").count() == 0
    assert sound(page, axe_source) == {}


def test_an_administrator_sees_no_patient_and_no_grant(ward: Ward, context: BrowserContext) -> None:
    """Neither in the bar, nor of a person, nor by address."""
    page = context.new_page()
    sign_in(page, ward, "ed")
    page.goto(f"{ward.origin}/people")
    page.get_by_role("link", name="See alice").click()
    expect(page.get_by_role("heading", name="Roles")).to_be_visible()
    for name in ("Whom she may see now, and why", "Grants"):
        assert page.get_by_role("heading", name=name).count() == 0
    for path in ("/queue", "/access", "/queue/00000000-0000-0000-0000-000000000001"):
        told = page.goto(f"{ward.origin}{path}")
        assert told is not None
        assert told.status == 403
