"""An answer that its reader reported as wrong: what she says of it, and that somebody looked into it."""

from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from starlette.responses import Response

from phiward.console.opaque import confirm_first, named
from phiward.console.ports import Drafts
from phiward.console.sign_in import SignInPages
from phiward.console.visits import OFFICERS, Page, Visit, get, post
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.office import ReportedAnswer
from phiward.domain.people import Caller

PATH: Final = "/reports/{report}"


class Reported(Protocol):
    """The reports; wiring.office implements it. Raises NotPermittedError, UnknownIdError, StorageError."""

    async def report(self, caller: Caller, report: UUID) -> ReportedAnswer:
        """One."""

    async def report_words(self, caller: Caller, report: UUID) -> str:
        """On record first. Raises VaultError."""

    async def close_report(self, caller: Caller, report: UUID) -> None:
        """Raises InvalidRequestError where it is closed."""


@dataclass(frozen=True, slots=True)
class ReportedPages:
    """As for reviews: reading is on record, and nobody closes her own."""

    reported: Reported
    drafts: Drafts
    door: SignInPages

    def declared(self) -> list[Page]:
        """`/reports/{report}`."""
        return [
            get(PATH, self.show, OFFICERS),
            post(PATH, self.close, OFFICERS),
            post(PATH + "/words", self.read, OFFICERS, once=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /reports/{report}`."""
        return await self._page(visit, None)

    async def read(self, visit: Visit) -> Response:
        """`POST /reports/{report}/words`."""
        report = named(visit, "report")
        try:
            return await self._page(visit, await self.reported.report_words(visit.caller, report))
        except NotPermittedError as refusal:
            return await confirm_first(visit, refusal, self.drafts, self.door, f"/reports/{report}")

    async def close(self, visit: Visit) -> Response:
        """`POST /reports/{report}`."""
        report = named(visit, "report")
        try:
            await self.reported.close_report(visit.caller, report)
        except NotPermittedError as refusal:
            return await confirm_first(visit, refusal, self.drafts, self.door, f"/reports/{report}")
        except InvalidRequestError as refusal:
            if refusal.param != "report" or refusal.code == "not_found":
                raise
        return visit.go(f"/reports/{report}")

    async def _page(self, visit: Visit, said: str | None) -> Response:
        made = await self.reported.report(visit.caller, named(visit, "report"))
        return visit.page("reported", report=made, said=said, own=made.person == visit.caller.person)
