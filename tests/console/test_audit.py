"""The log at a page: its search stands in no address, an entry comes with its proof, and what does not fit is said."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from phiward.console.audit import AuditPages
from phiward.domain.administration import UnknownIdError
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.trail import Place, ProofState, Trail, Verdict
from tests.console.trail_twins import FIRST, HOLDS, TrailTwin
from tests.console.twins import CSRF, NOW, PagesHouse, SessionsTwin, signed

ASK = {"csrf": CSRF, "person": "alice", "patient": "MRN <1>", "purpose": "ETREAT", "verdict": "withheld",
       "from": "2026-11-01", "to": "2026-11-24"}  # fmt: skip


def made(log: TrailTwin, role: Role = Role.PRIVACY_OFFICER):  # type: ignore[no-untyped-def]
    """A browser."""
    house = PagesHouse(sessions=SessionsTwin(signed(role)))
    return house.client(AuditPages(log).declared())


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHYSICIAN, Role.BILLING])
async def test_who_treats_patients_does_not_look_into_what_colleagues_did(role: Role) -> None:
    """No page, whatever is forged."""
    async with made(log := TrailTwin(), role) as browser:
        for method, path in (("GET", "/audit"), ("POST", "/audit"), ("GET", f"/audit/{FIRST}"),
                             ("GET", f"/audit/{FIRST}/proof")):  # fmt: skip
            answer = await browser.request(method, path, **({"data": ASK} if method == "POST" else {}))
            assert answer.status_code == 403
    assert log.asked == []


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"from": "2026-12-01"}, "begins after its end"),
        ({"from": "soon"}, "no date"),
        ({"purpose": "CURIOSITY"}, "no purpose"),
        ({"verdict": "<b>"}, "no result"),
        ({"person": "x" * 201}, "too long"),
        ({"before": "x"}, "no place"),
        ({"before": f"2026-11-24T12:00:00 {FIRST}"}, "a time without a zone"),
        ({"before": "2026-11-24T12:00:00+00:00 x"}, "no id"),
    ],
)
async def test_a_form_that_is_none_searches_nothing(form: dict[str, str], reason: str) -> None:
    """And nothing is put on record as searched."""
    async with made(log := TrailTwin()) as browser:
        assert (await browser.post("/audit", data={**ASK, **form})).status_code == 400, reason
    assert log.asked == []


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.ADMINISTRATOR])
async def test_what_is_asked_goes_in_the_form_and_what_is_found_links_by_opaque_ids(role: Role) -> None:
    """What was typed stands in the fields again, escaped."""
    async with made(log := TrailTwin(), role) as browser:
        text = (await browser.post("/audit", data=ASK)).text
    ((search, login, patient),) = log.asked
    assert (login, patient, search.purpose, search.verdict) == (
        "alice", "MRN <1>", PurposeOfUse.ETREAT, Verdict.WITHHELD,
    )  # fmt: skip
    assert (search.since, search.until) == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))
    for part in ("2,125,908", "Withheld in part", "Asked a model, 2 documents used", "cloud, Example", "alice&lt;b&gt;",
                 "MRN &lt;1&gt;", f"/audit/{FIRST}", "A proof of an entry was made.", "root (uid 0)",
                 "The newest 2; there are more", "3 entries wait for a number"):  # fmt: skip
        assert part in text, part
    assert "MRN <1>" not in text


async def test_the_next_page_begins_where_this_one_ended() -> None:
    """By a button that repeats the form."""
    async with made(log := TrailTwin()) as browser:
        text = (await browser.post("/audit", data=ASK)).text
        before = f"{NOW.isoformat()} {FIRST}"
        assert before in text.replace("&#43;", "+")
        await browser.post("/audit", data={**ASK, "before": before})
    assert log.asked[1][0].before == Place(NOW, FIRST)


async def test_nothing_found_says_that_it_was_looked_for() -> None:
    """Never a bare list."""
    async with made(TrailTwin(found=Trail(()))) as browser:
        text = (await browser.post("/audit", data=ASK)).text
    assert "Nothing was found." in text
    assert "was looked through just now" in text


async def test_an_administrator_is_told_that_numbers_are_not_hers_to_search_by() -> None:
    """Instead of finding nothing and wondering."""
    async with made(TrailTwin(number=False), Role.ADMINISTRATOR) as browser:
        assert "the privacy officer's to search by" in (await browser.get("/audit")).text
    async with made(TrailTwin()) as browser:
        assert "officer's to search by" not in (await browser.get("/audit")).text


async def test_an_entry_shows_its_stages_its_facts_and_its_proof_with_the_command() -> None:
    """And names the sealed texts without opening them."""
    async with made(TrailTwin()) as browser:
        text = (await browser.get(f"/audit/{FIRST}")).text
    for part in ("Unchanged since it was numbered", "21 steps lead to the root", "2,148,213 entries", "1 of 1",
                 "Emergency treatment", "treatment_in_care", "Authorise", "Changed something", "900 ms", "DATE 4",
                 f"phiward audit check-proof {FIRST}.tlog-proof", "Sealed beside it: sent, grounds"):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(
    ("proof", "said", "reason"),
    [
        (replace(HOLDS, fault="The proof does not lead from the entry to the signed root."), "Does not fit", "edited"),
        (ProofState("ab" * 32, numbered=False), "No number yet", "recorded a moment ago"),
        (ProofState("ab" * 32, numbered=False, late=True), "waited longer than numbering takes", "number taken"),
        (replace(HOLDS, kept=()), "Nothing outside the database covers it", "no anchor"),
    ],
)
async def test_what_does_not_hold_is_said_and_hides_nothing(proof: ProofState, said: str, reason: str) -> None:
    """No green beside it; and no file of a proof that does not hold."""
    async with made(TrailTwin(proof_=proof)) as browser:
        text = (await browser.get(f"/audit/{FIRST}")).text
    assert said in text, reason
    assert "What it says" in text
    assert ("Save the proof" in text) is (proof.numbered and proof.fault is None)
    assert ("Unchanged since" in text) is (proof.numbered and proof.fault is None)


async def test_a_proof_is_a_file_that_no_browser_opens_or_keeps() -> None:
    """Named by the entry."""
    async with made(TrailTwin()) as browser:
        answer = await browser.get(f"/audit/{FIRST}/proof")
    assert answer.content.startswith(b"c2sp.org/tlog-proof@v1\n")
    assert answer.headers["content-disposition"] == f'attachment; filename="{FIRST}.tlog-proof"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("path", ["/audit/x", f"/audit/{str(FIRST).upper().replace('0', 'A', 1)}x", f"/audit/{FIRST}"])
async def test_an_unknown_entry_is_not_there(path: str) -> None:
    """Nonsense and foreign ids alike."""
    async with made(TrailTwin(refusal=UnknownIdError("entry"))) as browser:
        assert (await browser.get(path)).status_code in (400, 404)
