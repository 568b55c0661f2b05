"""An engineer sees an agreement end and the destination stop; and what runs, while it runs and when it does not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.console.stories.checks import sound, walk
from tests.console.stories.payloads import ALL, IN_MARKUP
from tests.console.stories.test_inert import still
from tests.console.stories.ward import SCRIPTED, Ward, Watched, sign_in

PLACE = ("--vendor", "Fictiva", "--service", "chat", "--feature", "chat.completions")


def day(ends: datetime) -> str:
    """As the command takes it."""
    return ends.strftime("%Y-%m-%dT%H:%M:%S")


@pytest.fixture
def cloud(ward: Ward) -> Iterator[str]:
    """A destination outside, under an agreement that ends in twelve days; its model."""
    name = "fictiva"
    ward.command(
        *("vendor", "add", name, *PLACE, "--endpoint", ward.upstream.url, "--model", f"{name}=upstream-{SCRIPTED}")
    )
    ends = datetime.now(UTC) + timedelta(days=12)
    ward.command(*("vendor", "baa", *PLACE, "--endpoint", ward.upstream.url, "--until", day(ends)))
    yield name
    with ward.superuser() as database:
        database.execute("UPDATE destination SET active = false WHERE name = %s", [name])


def asked(ward: Ward, model: str) -> int:
    """A question by the API, as alice's application asks it; its status."""
    key, _ = ward.new_key("alice")
    body = {"model": model, "messages": [{"role": "user", "content": "Any allergies?"}]}
    headers = {"authorization": f"Bearer {key}", **ward.context()}
    return httpx2.post(f"{ward.url}/chat/completions", json=body, headers=headers, timeout=60).status_code


def row(page: Page, name: str) -> str:
    """What the register says of a destination."""
    return page.get_by_role("row").filter(has_text=name).first.inner_text()


def test_an_engineer_sees_an_agreement_end_and_the_destination_stop(
    ward: Ward, context: BrowserContext, axe_source: str, cloud: str
) -> None:
    """Twelve days before, and after: the page and the gateway say the same, and the refusal is counted."""
    watched = Watched.of(context)
    page = watched.page
    assert asked(ward, cloud) == 200
    sign_in(page, ward, "ed")
    page.goto(f"{ward.origin}/vendors")
    expect(page.locator(".lead")).to_contain_text("1 agreement ends soon, the first in 12 days.")
    told = row(page, cloud)
    assert "Ends in 12 days" in told
    assert "under the agreement" in told
    expect(page.locator(".note.due")).to_contain_text(f"{cloud} is refused")
    assert sound(page, axe_source) == {}
    assert walk(page) == []

    with ward.superuser() as database:
        (agreement,) = database.execute("SELECT id FROM baa WHERE vendor = 'Fictiva'").fetchone() or (None,)
    ward.command("vendor", "end-baa", str(agreement))
    assert asked(ward, cloud) == 403
    page.reload()
    told = row(page, cloud)
    assert "Ended" in told
    assert "Nothing" in told
    expect(page.locator(".lead")).to_contain_text("1 has ended and its destination is closed.")
    assert sound(page, axe_source) == {}
    with ward.superuser() as database:
        rows = database.execute("SELECT id FROM destination WHERE name = %s", [cloud]).fetchall()
    refusals = [one for kind, _, one in ward.entries() if kind == "refusal"]
    assert [one["facts"]["destination"] for one in refusals][-1] == str(rows[0][0])
    for _ in range(70):  # what is counted of the log is kept for a minute
        page.reload()
        if "1 refused in 7 days" in row(page, cloud):
            break
        page.wait_for_timeout(1_000)
    assert "1 refused in 7 days" in row(page, cloud)

    ward.command(
        *("vendor", "accept-risk", cloud, "--by", "bob", "--reason", "pilot", "--yes", "--until"),
        day(datetime.now(UTC) + timedelta(days=5)),
    )
    page.reload()
    expect(page.locator(".lead")).to_contain_text("1 residual risk is accepted, and the first ends in 5 days.")
    expect(page.get_by_role("row").filter(has_text="In force, ends in 5 days")).to_contain_text("bob")
    assert sound(page, axe_source) == {}
    watched.quiet()


def test_an_officer_sees_the_same_and_a_nurse_sees_nothing(ward: Ward, context: BrowserContext) -> None:
    """The bar shows it to whom it is for."""
    page = context.new_page()
    sign_in(page, ward, "bob")
    for name in ("Vendors", "Health"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_be_visible()
    assert context.browser is not None
    other = context.browser.new_context()
    page = other.new_page()
    sign_in(page, ward, "nora")
    for path in ("/vendors", "/health"):
        answer = page.goto(f"{ward.origin}{path}")
        assert answer is not None
        assert answer.status == 403
    other.close()


def test_what_runs_is_told_and_what_fell_silent_too(ward: Ward, context: BrowserContext, axe_source: str) -> None:
    """This very process, its log and its keys; then one that died."""
    watched = Watched.of(context)
    page = watched.page
    sign_in(page, ward, "ed")
    page.goto(f"{ward.origin}/health")
    expect(page.locator(".lead")).to_contain_text("What was asked just now holds.")
    for said in ("Forced", "Bound", "Serves", "Root key", "Patients' records", "Keeps up"):
        expect(page.get_by_text(said).first).to_be_visible()
    assert sound(page, axe_source) == {}
    assert walk(page) == []
    with ward.superuser() as database:
        database.execute("INSERT INTO worker (id, seen_at) VALUES (gen_random_uuid(), now() - interval '1 hour')")
        database.execute("ALTER TABLE citation NO FORCE ROW LEVEL SECURITY")
    try:
        page.reload()
        expect(page.locator(".lead")).to_contain_text("does not protect what it holds")
        expect(page.locator(".lead")).to_contain_text("1 gateway process fell silent")
        expect(page.get_by_text("forced on: citation")).to_be_visible()
        assert sound(page, axe_source) == {}
    finally:
        with ward.superuser() as database:
            database.execute("ALTER TABLE citation FORCE ROW LEVEL SECURITY")
            database.execute("DELETE FROM worker WHERE seen_at < now() - interval '30 minutes'")
    watched.quiet()


def test_whatever_a_destination_is_called_stays_text(ward: Ward, context: BrowserContext) -> None:
    """Put into the database by hand: the commands take six plain words at most."""
    evil = [one.replace("\x00", "") for one in ALL]
    with ward.superuser() as database:
        (tenant,) = database.execute("SELECT tenant FROM destination LIMIT 1").fetchone() or (None,)
        for number, text in enumerate(evil):
            database.execute(
                "INSERT INTO destination (id, tenant, name, vendor, service, feature, endpoint, self_hosted, models)"
                " VALUES (gen_random_uuid(), %s, %s, %s, %s, 'f', %s, false,"
                " jsonb_build_array(jsonb_build_array(%s::text, 'm')))",
                [tenant, f"{number} {text}", text, text, text, text],
            )
    watched = Watched.of(context)
    page = watched.page
    try:
        sign_in(page, ward, "ed")
        page.goto(f"{ward.origin}/vendors")
        expect(page.get_by_text(IN_MARKUP[0]).first).to_be_visible()
        still(page)
    finally:
        with ward.superuser() as database:
            database.execute("DELETE FROM destination WHERE feature = 'f'")
    watched.quiet()
