"""Vendors and agreements: what may go where today, and what stops on the day on which it ends."""

from dataclasses import replace

import pytest

from phiward.console.vendors import VendorPages, has_ended, in_days, is_soon, lead
from phiward.domain.operations import Fate
from phiward.domain.people import Role
from tests.console.operations_twins import CHOICE, CLOUD, DAY, FAR, HERE, NEVER, OVER, REGISTER, RISK, OperationsTwin
from tests.console.stories.payloads import IN_MARKUP
from tests.console.twins import NOW, PagesHouse, SessionsTwin, signed


async def shown(
    twin: OperationsTwin, role: Role = Role.ADMINISTRATOR, zone: str = "America/Chicago"
) -> tuple[int, str]:
    """The page."""
    house = PagesHouse(sessions=SessionsTwin(signed(role)))
    async with house.client(VendorPages(twin, zone).declared()) as browser:
        answer = await browser.get("/vendors")
    return answer.status_code, answer.text


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHYSICIAN, Role.BILLING])
async def test_it_is_for_engineers_and_officers(role: Role) -> None:
    """Whoever treats patients has no business here."""
    assert (await shown(twin := OperationsTwin(), role))[0] == 403
    assert twin.asked == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
async def test_each_destination_is_told_with_its_state_its_end_and_what_it_may_receive(role: Role) -> None:
    """A glyph, a word, and the day."""
    status, text = await shown(OperationsTwin(), role)
    assert status == 200
    for part in ("Ends in 9 days", "Ended", "23 days ago", "None, by choice", "Not needed", "In force", "Nothing",
                 "a risk is accepted until", "4 requests, 37 refused", "newest 1,204", "3 Dec 2026, 12:00 UTC",
                 "3 Dec 2026, 06:00 in America/Chicago", "big is refused", "wren"):  # fmt: skip
        assert part in text, part


async def test_a_day_of_utc_is_told_once() -> None:
    """Where the organisation lives by it."""
    _, text = await shown(OperationsTwin(), zone="UTC")
    assert "That is" not in text


async def test_what_goes_on_is_told_with_where_it_goes() -> None:
    """And nothing is said to stop."""
    twin = OperationsTwin(replace(REGISTER, standings=(replace(CLOUD, at_the_end=(Fate("big", "here"),)),)))
    _, text = await shown(twin)
    assert "big goes on at here" in text
    assert "refused: nothing else" not in text


async def test_an_empty_register_says_what_that_means() -> None:
    """No bare table."""
    _, text = await shown(OperationsTwin(replace(REGISTER, standings=(), accepted=())))
    assert "no question can be asked" in text
    assert "Nobody accepts a risk now" in text


async def test_whatever_somebody_called_a_vendor_stays_text() -> None:
    """Names, services, models and logins."""
    evil = IN_MARKUP[0]
    one = replace(
        CLOUD, name=evil, vendor=evil, service=evil, endpoint=evil, models=(evil,), at_the_end=(Fate(evil, evil),)
    )
    risk = replace(RISK, destination=evil, accepted_by=evil)
    _, text = await shown(OperationsTwin(replace(REGISTER, standings=(one,), accepted=(risk,))))
    assert evil not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("standings", "risks", "said"),
    [
        ((CLOUD,), (), "1 agreement ends soon, the first in 9 days."),
        ((CLOUD, replace(CLOUD, covered_until=NOW + DAY)), (), "2 agreements end soon, the first tomorrow."),
        ((OVER,), (), "1 has ended and its destination is closed."),
        ((OVER, OVER, FAR), (RISK,), "2 have ended and their destinations are closed. 1 residual risk is accepted."),
        ((FAR, HERE, NEVER, CHOICE), (), "Nothing ends within 30 days."),
        (
            (),
            (replace(RISK, ends_at=NOW + 3 * DAY), RISK),
            "2 residual risks are accepted, and the first ends in 3 days.",
        ),
        ((), (replace(RISK, ends_at=NOW),), "Nothing ends within 30 days."),
    ],
)
def test_the_first_sentence_answers(standings: tuple, risks: tuple, said: str) -> None:  # type: ignore[type-arg]
    """What ends, what has ended, what is open by a person's word."""
    assert lead(standings, risks, NOW) == said


def test_soon_and_over_are_told_apart_to_the_instant() -> None:
    """The instant of the end is over."""
    assert [is_soon(NOW + n * DAY, NOW) for n in (0, 1, 30, 31)] == [False, True, True, False]
    assert is_soon(None, NOW) is False
    assert has_ended(replace(OVER, covered_until=NOW), NOW)
    assert not has_ended(replace(OVER, free_text=True), NOW)
    assert [in_days(NOW + n * DAY, NOW) for n in (0, 1, 2, -1)] == ["today", "tomorrow", "in 2 days", "1 day ago"]
