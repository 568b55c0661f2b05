"""Who saw one record: by a form, for officers, complete or cut and said; and why somebody may see it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from phiward.console.access_report import AccessReportPages
from phiward.domain.errors import PatientNotFoundError
from phiward.domain.office import Look, Sent
from phiward.domain.people import PurposeOfUse, Role
from tests.console.office_twins import PATIENT, SHE, OfficeTwin
from tests.console.twins import CSRF, NOW, PagesHouse, SessionsTwin, signed

GRANT = UUID(int=70)
LOOK = Look(SHE, "alice", ("physician",), "treatment", "TREAT", None, NOW, NOW, 3, 1, 2)
ASK = {"csrf": CSRF, "patient": "MRN <1>", "from": "2026-10-01", "to": "2026-11-24"}


def made(office: OfficeTwin, role: Role = Role.PRIVACY_OFFICER):  # type: ignore[no-untyped-def]
    """A browser."""
    house = PagesHouse(sessions=SessionsTwin(signed(role)))
    return house.client(AccessReportPages(office).declared())


async def test_it_is_for_officers_alone() -> None:
    """The administrator sees no patient."""
    async with made(office := OfficeTwin(), Role.ADMINISTRATOR) as browser:
        assert (await browser.get("/access")).status_code == 403
        assert (await browser.post("/access", data=ASK)).status_code == 403
    assert office.asked == []


async def test_who_looked_why_and_what_went_outside() -> None:
    """With the review of an emergency, and the rule in words."""
    office = OfficeTwin()
    emergency = replace(LOOK, login="zoe", emergency=GRANT, refused=0)
    sent = Sent("cloud, Example", "no_baa", True, None, True, True, NOW, NOW, 1)
    office.looked_ = replace(
        office.looked_, looks=(LOOK, emergency), sent=(sent,), entries=6, outcomes={str(GRANT): "training"}
    )  # fmt: skip
    async with made(office) as browser:
        text = (await browser.post("/access", data=ASK)).text
    for part in ("Because of treatment.", "Reviewed: training", "3 questions, 2 documents; 1 refused",
                 "An accepted risk", "complete for what passes through phiward", "6 log entries", str(PATIENT),
                 "MRN &lt;1&gt;"):  # fmt: skip
        assert part in text
    assert office.asked[:2] == [
        ("patient", "MRN <1>"), ("looked", datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)),
    ]  # fmt: skip


async def test_a_list_that_is_cut_never_says_that_it_is_complete() -> None:
    """Nor does it stand beside it."""
    office = OfficeTwin()
    office.looked_ = replace(office.looked_, cut=True)
    async with made(office) as browser:
        text = (await browser.post("/access", data=ASK)).text
    assert "This list is cut" in text
    assert "list is complete" not in text


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"from": "2026-12-01"}, "begins after its end"),
        ({"from": "2001-01-01"}, "further back than an accounting goes"),
        ({"from": "soon"}, "no date"),
        ({"patient": ""}, "nobody"),
        ({"patient": "x" * 201}, "too long"),
    ],
)
async def test_a_form_that_is_none_asks_nothing(form: dict[str, str], reason: str) -> None:
    """The log is not read."""
    async with made(office := OfficeTwin()) as browser:
        assert (await browser.post("/access", data={**ASK, **form})).status_code == 400, reason
    assert office.asked == []


async def test_unknown_patients_look_like_denied() -> None:
    """In the words of every page."""
    async with made(OfficeTwin(refusal=PatientNotFoundError())) as browser:
        answer = await browser.post("/access", data=ASK)
    assert answer.status_code == 404
    assert "Not available to you" in answer.text


async def test_why_is_told_in_words_and_only_of_somebody_who_is_here() -> None:
    """The rule, the facts it saw, and what stands between them."""
    form = {"csrf": CSRF, "patient": "MRN-1", "login": "alice", "purpose": "TREAT"}
    async with made(office := OfficeTwin()) as browser:
        text = (await browser.post("/access/why", data=form)).text
        assert ("why", SHE, PurposeOfUse.TREAT) in office.asked
        for part in ("She may not", "No rule permits this.", "default_deny", "In care", "care team"):
            assert part in text
        for more in ({"login": "nobody"}, {"login": "zoe"}, {"purpose": "FUN"}):
            assert (await browser.post("/access/why", data={**form, **more})).status_code == 400
