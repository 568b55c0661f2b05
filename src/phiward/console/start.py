"""The start: whoever is signed in is led to the first page that is hers."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from phiward.console.visits import Page, Visit, get


@dataclass(frozen=True, slots=True)
class StartPage:
    """`others` are the pages among which the start chooses, in order of the bar."""

    others: Sequence[Page]

    def declared(self) -> list[Page]:
        """`GET /`."""
        return [get("/", self.start)]

    async def start(self, visit: Visit) -> Response:
        """To the first page of the bar that is for one of her roles; to the account where none is."""
        roles = visit.caller.roles
        mine = (one.path for one in self.others if one.nav and (one.roles is None or one.roles & roles))
        return visit.go(next(mine, "/account"))
