"""Who looked at a patient's record, why it was permitted, what went outside; and why somebody may see it.

A patient is named by a reference in a form, never in an address. Asking is itself on record. Source: 45 CFR 164.528.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Protocol
from uuid import UUID

from starlette.responses import Response

from phiward.console.visits import OFFICERS, Page, Visit, get, post
from phiward.domain.access_report import SOURCE_WORDS, summary_of_patient
from phiward.domain.administration import AccessRow, PersonEntry
from phiward.domain.errors import InvalidRequestError
from phiward.domain.office import Looked
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PurposeOfUse
from phiward.policy.explain import Explanation

PATH: Final = "/access"
USUAL: Final = timedelta(days=90)
MOST_REFERENCE: Final = 200
YEARS: Final = timedelta(days=6 * 366)
"""As far back as an accounting of disclosures goes."""


class Report(Protocol):
    """What is told of a patient; wiring.office implements it. Raises NotPermittedError, StorageError."""

    async def patient(self, caller: Caller, reference: str) -> PatientRef:
        """Raises PatientNotFoundError."""

    async def who_may_see(self, caller: Caller, patient: UUID) -> Sequence[AccessRow]:
        """Now, and why."""

    async def who_looked(self, caller: Caller, patient: UUID, since: datetime, until: datetime) -> Looked:
        """From the log."""

    async def people(self, caller: Caller) -> Sequence[PersonEntry]:
        """Everyone, by login."""

    async def why(self, caller: Caller, person: UUID, patient: UUID, purpose: PurposeOfUse) -> Explanation:
        """Which rule decides."""

    def reason_of(self, rule: str) -> str:
        """A rule in plain words."""


@dataclass(frozen=True, slots=True)
class AccessReportPages:
    """`/access`."""

    report: Report

    def declared(self) -> list[Page]:
        """A form, the report, and the explanation."""
        return [
            get(PATH, self.show, OFFICERS, nav="Patient access"),
            post(PATH, self.look, OFFICERS, once=False),
            post(PATH + "/why", self.why, OFFICERS, once=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /access`: the forms."""
        return self._page(visit)

    async def look(self, visit: Visit) -> Response:
        """`POST /access`: the report."""
        since, until = _span(visit)
        patient = await self.report.patient(visit.caller, _reference(visit))
        looked = await self.report.who_looked(visit.caller, patient, since, until)
        rows = await self.report.who_may_see(visit.caller, patient)
        return self._page(visit, patient=patient, looked=looked, rows=rows)

    async def why(self, visit: Visit) -> Response:
        """`POST /access/why`: in words, by the policies of now."""
        try:
            purpose = PurposeOfUse(visit.form.get("purpose", ""))
        except ValueError:
            raise InvalidRequestError("This is no purpose of use.", param="purpose") from None
        login = visit.form.text("login", most=MOST_REFERENCE)
        person = next((one for one in await self.report.people(visit.caller) if one.login == login), None)
        if person is None:
            raise InvalidRequestError("There is nobody of this login here.", param="login")
        if not person.active:
            raise InvalidRequestError("This person is deactivated: every request of hers is refused.", param="login")
        patient = await self.report.patient(visit.caller, _reference(visit))
        made = await self.report.why(visit.caller, person.id, patient, purpose)
        rows = [one for one in await self.report.who_may_see(visit.caller, patient) if one.person == person.id]
        return self._page(visit, patient=patient, explained=made, login=login, purpose=purpose, rows=rows)

    def _page(
        self, visit: Visit, *, patient: PatientRef | None = None, looked: Looked | None = None,
        rows: Sequence[AccessRow] = (), explained: Explanation | None = None, login: str = "",
        purpose: PurposeOfUse = PurposeOfUse.TREAT,
    ) -> Response:  # fmt: skip
        rules = {one.rule: self.report.reason_of(one.rule) for one in looked.looks} if looked else {}
        today = visit.now.date()
        return visit.page(
            "access_report", patient=patient, looked=looked, rows=rows, rules=rules, explained=explained, login=login,
            purpose=purpose, purposes=tuple(PurposeOfUse), summary=summary_of_patient(rows), since=today - USUAL,
            until=today, by=SOURCE_WORDS, last=looked.until - timedelta(days=1) if looked else None,
            people=len({one.person for one in looked.looks}) if looked else 0,
            outside=sum(one.leaves for one in looked.sent) if looked else 0,
        )  # fmt: skip


def _reference(visit: Visit) -> str:
    return visit.form.text("patient", least=1, most=MOST_REFERENCE)


def _span(visit: Visit) -> tuple[datetime, datetime]:
    """From the beginning of the first day until the end of the last. Raises InvalidRequestError."""
    last = visit.form.day("to") or visit.now.date()
    first = visit.form.day("from") or last - USUAL
    if first > last or last - first > YEARS:
        raise InvalidRequestError("The first day comes before the last, by six years at most.", param="from")
    since = datetime.combine(first, time(), UTC)
    return since, datetime.combine(last, time(), UTC) + timedelta(days=1)
