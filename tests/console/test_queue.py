"""The queue as a page: for officers, with what is not watched said aloud, full or empty."""

from dataclasses import replace
from datetime import timedelta

import pytest

from phiward.console.queue import QueuePages, lead
from phiward.console.queue_lines import NOT_WATCHED
from phiward.domain.office import OpenIncident, Waiting
from phiward.domain.people import Role
from tests.console.office_twins import ENTRY, GRANT, REPORTED, OfficeTwin
from tests.console.twins import NOW, PagesHouse, SessionsTwin, signed


def house(*roles: Role) -> PagesHouse:
    """Somebody of these roles."""
    return PagesHouse(sessions=SessionsTwin(signed(*(roles or (Role.PRIVACY_OFFICER,)))))


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.ADMINISTRATOR, Role.NURSE])
async def test_it_is_for_officers_alone(role: Role) -> None:
    """Others get the frame's refusal, and nothing of it."""
    async with house(role).client(QueuePages(OfficeTwin()).declared()) as browser:
        answer = await browser.get("/queue")
    assert answer.status_code == 403
    assert "alice" not in answer.text


async def test_the_first_sentence_says_how_many_and_each_line_leads_on() -> None:
    """A review due today, a report without a clock."""
    office = OfficeTwin(waiting_=Waiting(reports=(REPORTED,)))
    async with house().client(QueuePages(office).declared()) as browser:
        text = (await browser.get("/queue")).text
        narrow = (await browser.get("/queue?kind=answer")).text
    assert "2 need you: none late or failed, 1 for today." in text
    assert f'href="/queue/{GRANT}"' in text
    assert f'href="/reports/{REPORTED.id}"' in text
    assert f'href="/queue/{GRANT}"' not in narrow


async def test_an_empty_queue_says_that_checks_ran_when_and_when_next_and_what_is_not_watched() -> None:
    """Never a bare "no results"."""
    decided = replace(ENTRY, outcome="training", reviewed_at=NOW - timedelta(days=2))
    async with house().client(QueuePages(OfficeTwin(entry_=decided)).declared()) as browser:
        text = (await browser.get("/queue")).text
    assert "Nothing needs you." in text
    assert "The checks ran at 12:00 UTC; the next look is at 12:01 UTC." in text
    assert "1 review: training 1" in text
    for what, _ in NOT_WATCHED:
        assert what.replace("'", "&#39;") in text


async def test_a_kind_that_is_none_shows_everything_and_is_not_repeated() -> None:
    """It stands in an address that anybody can write."""
    async with house().client(QueuePages(OfficeTwin()).declared()) as browser:
        text = (await browser.get("/queue?kind=%3Cscript%3E")).text
    assert f'href="/queue/{GRANT}"' in text
    assert "<script>" not in text


def test_the_legal_clock_is_told_beside() -> None:
    """The shortest of them."""
    waiting = Waiting(incidents=(OpenIncident(GRANT, None, NOW - timedelta(days=40)),))
    assert lead((), waiting, NOW) == ("Nothing needs you.", "One breach clock is running, with 20 of 60 days left.")
    assert lead((), Waiting(), NOW)[1] == "No breach clock is running."
