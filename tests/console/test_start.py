"""Where whoever is signed in begins."""

import pytest

from phiward.console.start import StartPage
from phiward.console.visits import CLINICIANS, OFFICERS, Visit, get
from phiward.domain.people import Role
from tests.console.twins import PagesHouse, signed


async def nothing(visit: Visit):  # type: ignore[no-untyped-def]
    """A page."""
    return visit.go("/")


PAGES = [get("/hidden", nothing, OFFICERS), get("/queue", nothing, OFFICERS, nav="Queue"),
         get("/patients", nothing, CLINICIANS, nav="Ask")]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "path", "reason"),
    [
        (Role.BILLING, "/account", "no page is hers"),
        (Role.NURSE, "/patients", "the first of her role"),
        (Role.PRIVACY_OFFICER, "/queue", "one that stands in the bar"),
    ],
)
async def test_the_start_leads_to_the_first_page_of_ones_role(role: Role, path: str, reason: str) -> None:
    """Or to the account."""
    house = PagesHouse()
    house.sessions.who = signed(role)
    async with house.client(StartPage(PAGES).declared()) as client:
        assert (await client.get("/")).headers["location"] == path, reason
