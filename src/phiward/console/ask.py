"""Asking: a patient, a question, and the answer sentence by sentence, each with its source at the right edge.

Without script the form gives the whole answer as a page. With it, the same address streams lines of JSON whose HTML is
rendered here, by the same template. An answer is made to its end if the reader leaves, and waits for her.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
import structlog
from starlette.responses import Response, StreamingResponse

from phiward.clinical.answer import LABEL
from phiward.console.emergency import IN_WORDS, Glass
from phiward.console.patients import OwnPatients
from phiward.console.refusals import told_of
from phiward.console.visits import CLINICIANS, Page, Visit, get, post
from phiward.domain.console import PatientCard
from phiward.domain.emergency import EmergencyGrant
from phiward.domain.errors import PatientNotFoundError, PhiwardError
from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse
from phiward.domain.shown import SaidSentence, ShownAnswer
from phiward.domain.text import Secret
from phiward.flow.answering import MOST_QUESTION, Question

log = structlog.get_logger("phiward.console")
EARLIER: Final = 10
LINES: Final = "application/x-ndjson"
PURPOSES: Final = {
    PurposeOfUse.TREAT: "treatment", PurposeOfUse.ETREAT: "emergency treatment",
}  # fmt: skip


class Answering(Protocol):
    """The flow; flow.answering implements it."""

    def ask(self, interaction: UUID, session: Secret, question: Question) -> AsyncIterator[SaidSentence | ShownAnswer]:
        """Each sentence, then the answer."""


class Models(Protocol):
    """Which models there are."""

    async def models(self, credential: Secret) -> Sequence[str]:
        """Of the caller's organisation, the first is the usual one."""


class Kept(Protocol):
    """Answers that wait; adapters.postgres.answers implements it."""

    async def mine(self, session: Secret, patient: PatientRef, most: int) -> Sequence[tuple[UUID, datetime, str]]:
        """Of one patient, the newest first."""


@dataclass(frozen=True, slots=True)
class About:
    """The patient in context, and by what right."""

    card: PatientCard
    grant: EmergencyGrant | None

    @property
    def purpose(self) -> PurposeOfUse:
        """Why it is asked."""
        return PurposeOfUse.TREAT if self.grant is None else PurposeOfUse.ETREAT


class Bedside:
    """Who is in context, for this page and those of answers."""

    def __init__(self, patients: OwnPatients, glass: Glass) -> None:
        """Both are asked with the reader's own session."""
        self._patients, self._glass = patients, glass

    async def about(self, visit: Visit, patient: UUID) -> About:
        """Raises PatientNotFoundError for whoever is not hers, and for nobody."""
        card = await self._patients.one(visit.token, PatientRef(patient))
        if card is None:
            raise PatientNotFoundError
        return About(card, await self._glass.of(visit.caller, card.ref))


@dataclass(frozen=True, slots=True)
class AskPages:
    """`under_way` holds what runs on when a reader leaves."""

    bedside: Bedside
    answering: Answering
    models: Models
    kept: Kept
    under_way: dict[UUID, "asyncio.Task[None]"] = field(default_factory=dict, repr=False)

    def declared(self) -> list[Page]:
        """`/ask/{patient}`."""
        return [
            get("/ask/{patient}", self.show, CLINICIANS, drafts=True),
            post("/ask/{patient}", self.ask, CLINICIANS, drafts=True),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /ask/{patient}`: the form, and what was asked today."""
        about = await self.bedside.about(visit, identity(visit, "patient"))
        return visit.page("ask", **await self.values(visit, about))

    async def ask(self, visit: Visit) -> Response:
        """`POST /ask/{patient}`: the answer, as a page or in pieces."""
        about = await self.bedside.about(visit, identity(visit, "patient"))
        text = visit.form.text("question", most=MOST_QUESTION, least=1)
        question = Question(about.card.ref, text, visit.form.text("model", most=100), about.purpose)
        queue = self._begin(visit, question)
        place = f"/answers/{visit.id}"
        if visit.request.headers.get("accept") == LINES:
            lines = self._lines(visit, question, queue)
            return StreamingResponse(lines, headers={"x-led-to": place, "x-accel-buffering": "no"}, media_type=LINES)
        async for one in taken(queue):
            if isinstance(one, PhiwardError):
                told = told_of(one, sent_before(one))
                values = await self.values(visit, about)
                return visit.page("ask", told.status, **{**values, "told": told, "interaction": str(visit.id)})
        return visit.go(place)

    def _begin(self, visit: Visit, question: Question) -> "asyncio.Queue[Piece]":
        """The answer is made by a task of its own."""
        queue: asyncio.Queue[Piece] = asyncio.Queue()
        task = asyncio.create_task(self._make(visit.id, visit.token, question, queue))
        self.under_way[visit.id] = task
        task.add_done_callback(lambda _: self.under_way.pop(visit.id, None))
        return queue

    def makes(self, interaction: UUID) -> bool:
        """Whether this answer is being made, by this process."""
        return interaction in self.under_way

    async def _make(self, interaction: UUID, token: Secret, question: Question, queue: "asyncio.Queue[Piece]") -> None:
        try:
            async for one in self.answering.ask(interaction, token, question):
                queue.put_nowait(one)
        except PhiwardError as error:
            queue.put_nowait(error)
        except Exception as fault:
            log.error("defect", interaction=str(interaction), kind=type(fault).__name__)
            queue.put_nowait(PhiwardError("A part of phiward failed."))
        queue.put_nowait(None)

    async def _lines(self, visit: Visit, question: Question, queue: "asyncio.Queue[Piece]") -> AsyncIterator[bytes]:
        """{"kind": "begun" | "sentence" | "refused" | "done", "html": …}, one a line."""
        pages = visit.pages
        yield _line("begun", pages.part("answer_begun", question=question.text, asked_at=visit.now, label=LABEL))
        place = f"/answers/{visit.id}"
        async for one in taken(queue):
            if isinstance(one, SaidSentence):
                yield _line("sentence", pages.part("answer_sentence", one=one, place=place))
            elif isinstance(one, ShownAnswer):
                shown = answer_values(visit, one, reported=False)
                yield _line("done", pages.part("answer_whole", **shown), place=place)
            elif one is not None:
                told = told_of(one, sent_before(one))
                shown = {"told": told, "interaction": str(visit.id)}
                yield _line("refused", pages.part("refused_note", **shown))

    async def values(self, visit: Visit, about: About) -> dict[str, Any]:
        """What ask.html shows besides an answer."""
        return {
            "about": about,
            "reasons": IN_WORDS,
            "purpose": PURPOSES[about.purpose],
            "models": await self.models.models(visit.token),
            "earlier": await self.kept.mine(visit.token, about.card.ref, EARLIER),
            "told": None,
            "answer": None,
            "most": MOST_QUESTION,
        }


Piece = SaidSentence | ShownAnswer | PhiwardError | None


async def taken(queue: "asyncio.Queue[Piece]") -> AsyncIterator[Piece]:
    """What a queue brings, to its end."""
    while (one := await queue.get()) is not None:
        yield one


def answer_values(visit: Visit, made: ShownAnswer, *, reported: bool) -> dict[str, Any]:
    """What answer.html shows of an answer."""
    return {
        "answer": made,
        "place": f"/answers/{made.interaction}",
        "reported": reported,
        "frame": visit.around,
        "purpose": PURPOSES.get(made.purpose, str(made.purpose)),
    }


def identity(visit: Visit, name: str) -> UUID:
    """An opaque id in an address. Raises PatientNotFoundError: what is no id is nobody's."""
    try:
        return UUID(visit.request.path_params[name])
    except ValueError:
        raise PatientNotFoundError from None


def sent_before(error: PhiwardError) -> str:
    """Whether anything had left when this went wrong; told by the kind of error."""
    left = error.code in ("upstream_unavailable", "unsafe_content", "storage_unavailable") or error.rule in (
        "expiry", "output_check",
    )  # fmt: skip
    return "The audit log says what was sent." if left else "Nothing was sent."


def _line(kind: str, html: str, **more: str) -> bytes:
    return orjson.dumps({"kind": kind, "html": html, **more}) + b"\n"
