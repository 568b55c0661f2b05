"""An answer that waits, its sources, and the report that it is wrong. Each look is decided again, and on record."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from starlette.responses import Response

from phiward.console.ask import AskPages, Bedside, answer_values, identity
from phiward.console.visits import CLINICIANS, Page, Visit, get, post
from phiward.domain.errors import InvalidRequestError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PurposeOfUse
from phiward.domain.reports import WrongAnswer
from phiward.domain.shown import OpenedSource, ShownAnswer
from phiward.domain.text import Secret

MOST_WORDS: Final = 2_000
WAIT_SECONDS, WAITS = 0.25, 80
REASONS: Final = (
    (WrongAnswer.NOT_IN_SOURCE, "A sentence is not in its source"),
    (WrongAnswer.CONTRADICTS_SOURCE, "A sentence says the opposite of its source"),
    (WrongAnswer.LEFT_OUT, "Something important is left out"),
    (WrongAnswer.WRONG_PATIENT, "It is about another patient"),
    (WrongAnswer.SHOWED_TOO_MUCH, "It shows what I should not see"),
    (WrongAnswer.OTHER, "Something else"),
)


class Kept(Protocol):
    """Answers that wait; adapters.postgres.answers implements it."""

    async def find(self, session: Secret, interaction: UUID) -> ShownAnswer | None:
        """One of her own, about a patient in her care; None else."""

    async def mine(self, session: Secret, patient: PatientRef, most: int) -> Sequence[tuple[UUID, datetime, str]]:
        """Of one patient, the newest first."""


class Reading(Protocol):
    """Decides again and puts on record; flow.reading implements it."""

    async def answer(self, interaction: UUID, session: Secret, made: ShownAnswer, purpose: PurposeOfUse) -> None:
        """Raises NotPermittedError, PatientNotFoundError."""

    async def source(
        self, interaction: UUID, session: Secret, made: ShownAnswer, number: int, purpose: PurposeOfUse
    ) -> OpenedSource:
        """Raises NotPermittedError, PatientNotFoundError."""


class Reports(Protocol):
    """Where reports go; adapters.postgres.answer_reports implements it."""

    async def report(self, caller: Caller, made: ShownAnswer, reason: WrongAnswer, words: str) -> bool:
        """Once."""

    async def reported(self, caller: Caller, made: ShownAnswer) -> bool:
        """Whether she has."""


@dataclass(frozen=True, slots=True)
class AnswerPages:
    """`asking` gives the form under the answer."""

    bedside: Bedside
    kept: Kept
    reading: Reading
    reports: Reports
    asking: AskPages

    def declared(self) -> list[Page]:
        """`/answers/{answer}`."""
        return [
            get("/answers/{answer}", self.show, CLINICIANS),
            get("/answers/{answer}/sources/{number}", self.source, CLINICIANS),
            get("/answers/{answer}/report", self.report_form, CLINICIANS, drafts=True),
            post("/answers/{answer}/report", self.report, CLINICIANS, drafts=True),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /answers/{answer}`."""
        made = await self._mine(visit, waits=True)
        about = await self.bedside.about(visit, made.patient)
        await self.reading.answer(visit.id, visit.token, made, about.purpose)
        reported = await self.reports.reported(visit.caller, made)
        values = await self.asking.values(visit, about)
        return visit.page("ask", **{**values, **answer_values(visit, made, reported=reported)})

    async def source(self, visit: Visit) -> Response:
        """`GET /answers/{answer}/sources/{number}`: the source, at the cited passage."""
        made = await self._mine(visit)
        about = await self.bedside.about(visit, made.patient)
        text = visit.request.path_params["number"]
        number = int(text) if text.isdecimal() and len(text) < 5 else 0
        opened = await self.reading.source(visit.id, visit.token, made, number, about.purpose)
        cited = next(one for one in made.sources if one.number == number)
        said = [one for one in made.sentences if number in one.sources]
        return visit.page("source", about=about, answer=made, opened=opened, cited=cited, said=said)

    async def report_form(self, visit: Visit) -> Response:
        """`GET /answers/{answer}/report`."""
        made = await self._mine(visit)
        about = await self.bedside.about(visit, made.patient)
        done = await self.reports.reported(visit.caller, made)
        return visit.page("report", about=about, answer=made, reasons=REASONS, done=done)

    async def report(self, visit: Visit) -> Response:
        """`POST /answers/{answer}/report`: on record, and to the privacy officers."""
        made = await self._mine(visit)
        await self.bedside.about(visit, made.patient)
        words = visit.form.text("words", most=MOST_WORDS)
        try:
            reason = WrongAnswer(visit.form.get("reason", ""))
        except ValueError:
            raise InvalidRequestError("Choose what is wrong.", param="reason") from None
        await self.reports.report(visit.caller, made, reason, words)
        return visit.go(f"/answers/{made.interaction}")

    async def _mine(self, visit: Visit, *, waits: bool = False) -> ShownAnswer:
        """Raises PatientNotFoundError. One that is being made is waited for, where a second sending led here."""
        wanted = identity(visit, "answer")
        for _ in range(WAITS if waits and self.asking.makes(wanted) else 1):
            made = await self.kept.find(visit.token, wanted)
            if made is not None:
                return made
            await asyncio.sleep(WAIT_SECONDS)
        raise PatientNotFoundError
