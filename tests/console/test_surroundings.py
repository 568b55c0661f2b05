"""What stands around a page."""

from dataclasses import replace

import pytest

from phiward.console.surroundings import Surroundings, navigation, session_bar
from phiward.console.visits import CLINICIANS, OFFICERS, Visit, get
from phiward.domain.console import LogState
from phiward.domain.people import Role
from tests.console.twins import NOW, TOKEN, LogTwin, signed


async def nothing(visit: Visit):  # type: ignore[no-untyped-def]
    """A page."""
    return visit.go("/")


DECLARED = [get("/patients", nothing, CLINICIANS, nav="Ask"), get("/queue", nothing, OFFICERS, nav="Queue"),
            get("/patients/of", nothing)]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "state", "word"),
    [
        (None, "bad", "Cannot be asked"),
        (LogState(5, NOW, healthy=False), "late", "Not numbered"),
        (LogState(0, None, healthy=True), "", "Empty"),
        (LogState(2_148_213, NOW, healthy=True), "ok", "Signed"),
    ],
)
async def test_the_foot_says_how_the_log_stands(told: LogState | None, state: str, word: str) -> None:
    """A log that cannot be asked stops no page."""
    around = Surroundings(LogTwin(told), navigation(DECLARED))
    foot = (await around.told(signed(Role.NURSE), TOKEN, DECLARED[0], NOW))["log"]
    assert (foot["state"], foot["word"]) == (state, word)
    assert state != "ok" or foot["more"] == "to entry 2,148,213 at 12:00 UTC"


async def test_the_bar_leads_to_the_pages_of_ones_roles_alone() -> None:
    """And marks the one that is open, and those beneath it."""
    around = Surroundings(LogTwin(), navigation(DECLARED))
    nav = (await around.told(signed(Role.NURSE), TOKEN, DECLARED[2], NOW))["nav"]
    assert nav == [{"label": "Ask", "path": "/patients", "here": True}]
    assert (await around.told(signed(Role.BILLING), TOKEN, DECLARED[0], NOW))["nav"] == []


def test_the_session_ends_at_the_first_of_its_limits() -> None:
    """Idle, or in all."""
    who = signed(Role.NURSE)
    assert session_bar(who, TOKEN, NOW)["minutes_left"] == 12
    endless = replace(who, view=replace(who.view, idle_ends_at=None))
    assert session_bar(endless, TOKEN, NOW)["minutes_left"] == 480
    assert session_bar(replace(who, view=replace(who.view, idle_ends_at=NOW)), TOKEN, NOW)["seconds_left"] == 0
