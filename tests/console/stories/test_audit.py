"""Somebody looks into the log: what happened to a patient, and one entry with its proof, checked offline."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.stories.checks import sound, walk
from tests.console.stories.payloads import ALL
from tests.console.stories.test_inert import still
from tests.console.stories.test_nurse import ask, open_patient
from tests.console.stories.ward import Ward, Watched, age_sessions, sign_in


def asked(browser: Browser, ward: Ward) -> None:
    """The nurse asks about her patient, and leaves."""
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, ward, "nora")
    open_patient(page, ward)
    ask(page)
    page.wait_for_url("**/answers/**")
    context.close()


def search(page: Page, ward: Ward, **fields: str) -> None:
    """By the labels of the form, which is empty before."""
    page.goto(f"{ward.origin}/audit")
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(value)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#res")).to_be_visible()


def searches(ward: Ward) -> list[dict[str, object]]:
    """What is on record of searches."""
    return [one["facts"] for _, _, one in ward.entries() if one["facts"].get("action") == "audit.searched"]


def test_the_officer_finds_who_asked_about_a_patient_and_a_stranger_checks_the_entry_offline(
    ward: Ward, browser: Browser, context: BrowserContext, axe_source: str, tmp_path: Path
) -> None:
    """The search is on record, the number in no address, the proof good for whoever has the key and nothing else."""
    asked(browser, ward)
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "bob")
    page.get_by_role("link", name="Audit", exact=True).click()
    expect(page.get_by_role("heading", name="Audit search")).to_be_visible()
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    search(page, ward, **{"Person's_login": "nora", "Patient's_number_or_id": ward.patient})
    assert ward.patient not in page.url
    row = page.get_by_role("row").filter(has_text="Asked a model").first
    expect(row).to_contain_text("nora")
    expect(row.locator(".st")).to_have_text("Allowed")
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    facts = searches(ward)[-1]
    assert facts["found"]
    assert facts["patients"]
    assert ward.patient not in str(facts)

    row.get_by_role("link").first.click()
    page.wait_for_url("**/audit/*-*")
    expect(page.get_by_text("Unchanged since it was numbered")).to_be_visible()
    for said in ("Authorise", "Tripwire", "Evidence", "treatment_in_care", "Sealed beside it"):
        expect(page.get_by_text(said).first).to_be_visible()
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    assert [one for _, _, one in ward.entries() if one["facts"].get("action") == "audit.entry_read"]
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the proof").click()
    name = download.value.suggested_filename
    place = tmp_path / name
    download.value.save_as(place)
    command = page.locator("code", has_text="check-proof").inner_text()
    words = command.replace("KEY", ward.command("audit", "key")["verifier_key"]).split()
    assert words[:3] == ["phiward", "audit", "check-proof"]
    environment = {"PATH": "/usr/bin", "PHIWARD_DATA_DIR": str(tmp_path / "nothing")}
    run = [sys.executable, "-m", *words]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    place.write_bytes(place.read_bytes().replace(b"\nindex ", b"\nindex 1"))
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, "an altered proof"
    watched.quiet()


def test_an_entry_that_somebody_edited_is_shown_with_what_does_not_fit(
    ward: Ward, browser: Browser, context: BrowserContext, axe_source: str
) -> None:
    """By the superuser, past every trigger: the page says it in red and names the command; no proof is offered."""
    asked(browser, ward)
    page = context.new_page()
    sign_in(page, ward, "bob")
    search(page, ward, **{"Person's_login": "nora"})
    page.get_by_role("row").filter(has_text="Asked a model").first.get_by_role("link").first.click()
    page.wait_for_url("**/audit/*-*")
    entry = page.url.rsplit("/", 1)[-1]
    edit = "UPDATE audit_entry SET leaf = %s WHERE id = %s"
    with ward.superuser() as database:
        database.execute("SET session_replication_role = replica")
        (good,) = database.execute("SELECT leaf FROM audit_entry WHERE id = %s", [entry]).fetchone() or (b"",)
        database.execute(edit, [bytes(good).replace(b'"nurse"', b'"nurze"'), entry])
    try:
        page.reload()
        expect(page.get_by_role("alert").filter(has_text="does not bear this entry out")).to_be_visible()
        assert page.get_by_role("link", name="Save the proof").count() == 0
        assert sound(page, axe_source) == {}
    finally:
        with ward.superuser() as database:
            database.execute("SET session_replication_role = replica")
            database.execute(edit, [bytes(good), entry])


def test_an_engineer_searches_by_ids_and_finds_nobody_by_a_number(ward: Ward, context: BrowserContext) -> None:
    """Found, unknown and nonsense read the same; that somebody was unknown is on record."""
    page = context.new_page()
    sign_in(page, ward, "ed")
    told = set()
    for number in (ward.patient, ward.foreign_patient, "99999999"):
        search(page, ward, **{"Patient's_id": number})
        told.add(page.locator("section p").first.inner_text())
        assert searches(ward)[-1]["unknown"] == ["patient"]
    assert len(told) == 1


def test_a_nurse_reaches_no_page_of_the_log(ward: Ward, context: BrowserContext) -> None:
    """Neither by the bar nor by its address."""
    page = context.new_page()
    sign_in(page, ward, "nora")
    assert page.get_by_role("link", name="Audit", exact=True).count() == 0
    answer = page.goto(f"{ward.origin}/audit")
    assert answer is not None
    assert answer.status == 403


def test_whatever_is_typed_into_the_search_stays_text(ward: Ward, context: BrowserContext) -> None:
    """In both fields, and back in them."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "bob")
    for evil in ALL:
        search(page, ward, **{"Person's_login": evil[:200], "Patient's_number_or_id": evil[:200]})
        still(page)
    watched.quiet()


def test_a_search_after_the_session_ended_shows_nothing(ward: Ward, context: BrowserContext) -> None:
    """The form leads to the door, and nothing is on record as searched."""
    page = context.new_page()
    sign_in(page, ward, "bob")
    page.goto(f"{ward.origin}/audit")
    page.get_by_label("Person's login").fill("nora")
    before = len(searches(ward))
    age_sessions(ward, 600)
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**/login**")
    assert len(searches(ward)) == before


def test_a_refusal_made_to_look_like_an_answer_does_not_fit_though_its_leaf_is_untouched(
    ward: Ward, browser: Browser, context: BrowserContext, axe_source: str
) -> None:
    """Its proof is of the leaf: the column beside it is told by nobody, among the results and on its own page."""
    asked(browser, ward)
    page = context.new_page()
    sign_in(page, ward, "bob")
    search(page, ward, **{"Person's_login": "nora"})
    row = page.get_by_role("row").filter(has_text="Asked a model").first
    entry = (row.get_by_role("link").first.get_attribute("href") or "").rsplit("/", 1)[-1]
    edit = "UPDATE audit_entry SET kind = %s WHERE id = %s"
    with ward.superuser() as database:
        database.execute("SET session_replication_role = replica")
        database.execute(edit, ["retrieval", entry])
    try:
        search(page, ward, **{"Person's_login": "nora"})
        row = page.get_by_role("row").filter(has=page.locator(f'a[href="/audit/{entry}"]'))
        expect(row.locator(".st")).to_have_text("Does not fit")
        expect(row).to_contain_text("Asked a model")
        assert sound(page, axe_source) == {}
        row.get_by_role("link").first.click()
        page.wait_for_url("**/audit/*-*")
        expect(page.get_by_role("alert").filter(has_text="does not bear this entry out")).to_contain_text("A column")
        assert page.get_by_text("Unchanged since it was numbered").count() == 0
        assert page.get_by_role("link", name="Save the proof").count() == 0
        assert sound(page, axe_source) == {}
    finally:
        with ward.superuser() as database:
            database.execute("SET session_replication_role = replica")
            database.execute(edit, ["intent", entry])


def test_nothing_found_is_sound_and_two_presses_are_two_searches_on_record(
    ward: Ward, context: BrowserContext, axe_source: str
) -> None:
    """A search changes nothing, so that the second is no error; each is on record."""
    page = context.new_page()
    sign_in(page, ward, "bob")
    search(page, ward, **{"Person's_login": "nobody-of-here"})
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    assert sound(page, axe_source) == {}
    before = len(searches(ward))
    page.get_by_role("button", name="Search", exact=True).dblclick()
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(searches(ward)) > before
