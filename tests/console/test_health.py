"""What runs: nothing is green that was not asked just now, and what is wrong stands in the first sentence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from phiward.console.health import HealthPages, lead
from phiward.domain.operations import KeyAge, Keys, Protection
from phiward.domain.people import Role
from tests.console.office_twins import HOLDS, KEEPS_UP
from tests.console.operations_twins import DAY, WELL, OperationsTwin
from tests.console.twins import NOW, PagesHouse, SessionsTwin, signed

SILENT = replace(WELL.processes[0], alive=False)
STOPPED = replace(SILENT, ended_at=NOW)


async def shown(twin: OperationsTwin, role: Role = Role.ADMINISTRATOR) -> tuple[int, str]:
    """The page."""
    house = PagesHouse(sessions=SessionsTwin(signed(role)))
    async with house.client(HealthPages(twin).declared()) as browser:
        answer = await browser.get("/health")
    return answer.status_code, answer.text


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHARMACIST, Role.PATIENT])
async def test_it_is_for_engineers_and_officers(role: Role) -> None:
    """Nobody else."""
    assert (await shown(twin := OperationsTwin(), role))[0] == 403
    assert twin.asked == []


@pytest.mark.parametrize(
    ("change", "said", "shows"),
    [
        ({"protection": Protection(40, ("Row-level security is not enabled and forced on: citation",))},
         "The database does not protect what it holds.", "forced on: citation"),
        ({"check": replace(HOLDS, holds=False)}, "The log does not hold.", "Does not hold"),
        ({"check": None}, "The log was not checked of late.", "Never checked"),
        ({"check": replace(HOLDS, at=NOW - 3 * DAY)}, "The log was not checked of late.", "Checked long ago"),
        ({"keys": Keys((KeyAge("Root key", 1, NOW - 366 * DAY, 0, 365),), 0)},
         "Keys of 1 class are older than advised.", "Older than advised"),
        ({"numbering": replace(WELL.numbering, waiting=9, oldest_waiting=NOW - timedelta(minutes=2))},
         "The log is not numbered.", "Not numbered"),
        ({"numbering": replace(WELL.numbering, signed=3)}, "The log is not numbered.", "Not signed"),
        ({"processes": (SILENT,)}, "1 gateway process fell silent.", "Silent"),
        ({"processes": (STOPPED,)}, "What was asked just now holds.", "Stopped"),
        ({"anchors": ()}, "Nothing outside the database holds the log.", "No anchor"),
        ({"anchors": (replace(KEEPS_UP, kept_at=NOW - DAY, behind=7),)}, "1 anchor is late.", "Late"),
        ({"anchors": (replace(KEEPS_UP, failing_since=NOW - DAY, kept_at=NOW - DAY, behind=7),),
          "processes": (SILENT,)},
         "1 gateway process fell silent, 1 anchor is late.", "failing since"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_first_and_shown_where_it_is(change: dict[str, Any], said: str, shows: str) -> None:
    """In words."""
    health = replace(WELL, **change)
    assert lead(health) == said
    _, text = await shown(OperationsTwin(health_=health))
    assert said in text
    assert shows in text


async def test_a_house_that_is_well_says_what_was_asked_and_what_was_not() -> None:
    """With the figures, and the keys by age."""
    status, text = await shown(OperationsTwin(), Role.PRIVACY_OFFICER)
    assert status == 200
    for part in ("What was asked just now holds.", "2,148,213 entries of 2026", "Forced", "41 tables", "Serves",
                 "abcdef00", "Within advice", "40 days", "Age not known", "3 of unknown age",
                 "2 patients&#39; keys were", "Not evaluable", "Backups: phiward makes none"):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (KeyAge("k", 1, NOW - 366 * DAY, 0, 365), "Older than advised"),
        (KeyAge("k", 1, NOW, 0, None), "Dated"),
        (KeyAge("k", 5, NOW, 2, 365), "Dated"),
        (KeyAge("k", 0, None, 0, 365), "None here"),
    ],
)
async def test_a_key_is_within_advice_only_where_every_one_of_its_class_is_known_to_be(age: KeyAge, said: str) -> None:
    """One of unknown age makes the class grey."""
    _, text = await shown(OperationsTwin(health_=replace(WELL, keys=Keys((age,), 0))))
    assert said in text
    assert "Within advice" not in text
