"""The review of one emergency access: what was claimed, what was seen, what fell outside it, and the decision.

Her words and the texts are sealed: the page shows them after a press of a button, and that press is on record. Who is
reviewed sees neither them nor the form. Source: 45 CFR 164.308(a)(1)(ii)(D).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
from starlette.responses import Response

from phiward.console.emergency import IN_WORDS
from phiward.console.opaque import confirm_first, named
from phiward.console.ports import Drafts
from phiward.console.queue_lines import due_badge
from phiward.console.sign_in import SignInPages
from phiward.console.visits import OFFICERS, Page, Visit, get, post
from phiward.console.wording import words
from phiward.domain.emergency import ReviewEntry, ReviewOutcome, Seen, SeenText
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.people import Caller

PATH: Final = "/queue/{emergency}"
MOST_NOTE: Final = 4_000
OUTCOMES: Final = (
    (ReviewOutcome.APPROPRIATE, "Appropriate", "Closes the review."),
    (ReviewOutcome.CLARIFY, "Needs clarifying", "Keeps it open, due in 2 working days. You ask; phiward does not."),
    (ReviewOutcome.TRAINING, "Appropriate, with training", "Closes the review. You arrange the training."),
    (
        ReviewOutcome.INAPPROPRIATE, "Not appropriate",
        "Closes the review, opens an incident, and starts the breach clock of 60 days.",
    ),
)  # fmt: skip
"""The four, and what each sets off here; what it does not set off is said too."""


class Reviewing(Protocol):
    """Emergency accesses and their reviews; wiring.office implements it. Raises NotPermittedError, StorageError."""

    async def entry(self, caller: Caller, emergency: UUID) -> ReviewEntry:
        """Raises UnknownIdError."""

    async def seen(self, caller: Caller, emergency: UUID) -> Sequence[Seen]:
        """Every question under it, oldest first."""

    async def read(self, caller: Caller, entry: ReviewEntry) -> tuple[str | None, str | None, Sequence[SeenText]]:
        """Her reason, the last note and the texts; on record first. Raises VaultError."""

    async def decide(self, caller: Caller, emergency: UUID, outcome: ReviewOutcome, note: str) -> UUID | None:
        """Raises InvalidRequestError (param emergency where somebody decided), UnknownIdError."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Sealed words, opened: by interaction what was sent and what came back."""

    reason: str
    note: str
    texts: dict[UUID, "Exchange"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question as it left and what came back; `whole` is everything that was sent, message by message."""

    question: str = ""
    answer: str = ""
    whole: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewPages:
    """`door` leads to the provider where she must confirm; `drafts` keep the note meanwhile, sealed."""

    reviewing: Reviewing
    drafts: Drafts
    door: SignInPages

    def declared(self) -> list[Page]:
        """One page with two forms."""
        return [
            get(PATH, self.show, OFFICERS, drafts=True),
            post(PATH, self.decide, OFFICERS, drafts=True),
            post(PATH + "/words", self.read, OFFICERS, once=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /queue/{emergency}`."""
        return await self._page(visit)

    async def read(self, visit: Visit) -> Response:
        """`POST /queue/{emergency}/words`: the same page with the sealed words. Each press is on record."""
        entry = await self.reviewing.entry(visit.caller, named(visit, "emergency"))
        try:
            reason, note, found = await self.reviewing.read(visit.caller, entry)
        except NotPermittedError as refusal:
            return await confirm_first(visit, refusal, self.drafts, self.door, f"/queue/{entry.id}")
        return await self._page(visit, opened=Opened(reason or "", note or "", exchanges(found)))

    async def decide(self, visit: Visit) -> Response:
        """`POST /queue/{emergency}`: once; the second of two reviewers is told who was first, and keeps her note."""
        emergency, form = named(visit, "emergency"), visit.form
        try:
            outcome = ReviewOutcome(form.get("outcome", ""))
        except ValueError:
            raise InvalidRequestError("Choose one of the four outcomes.", param="outcome") from None
        note = form.text("why", least=3, most=MOST_NOTE)
        try:
            await self.reviewing.decide(visit.caller, emergency, outcome, note)
        except NotPermittedError as refusal:
            return await confirm_first(visit, refusal, self.drafts, self.door, f"/queue/{emergency}")
        except InvalidRequestError as refusal:
            if refusal.param != "emergency":
                raise
            return await self._page(visit, 409, refusal=str(refusal))
        return visit.go(f"/queue/{emergency}")

    async def _page(
        self, visit: Visit, status: int = 200, *, opened: Opened | None = None, refusal: str = ""
    ) -> Response:
        emergency = named(visit, "emergency")
        entry = await self.reviewing.entry(visit.caller, emergency)
        seen = await self.reviewing.seen(visit.caller, emergency)
        ended = entry.ended_at or entry.ends_at
        open_now = ended > visit.now
        return visit.page(
            "review", status, entry=entry, seen=[_step(one) for one in seen], opened=opened, refusal=refusal,
            outcomes=OUTCOMES, reason=IN_WORDS.get(entry.reason, words(entry.reason)),
            own=entry.person == visit.caller.person,
            badge=due_badge(entry.review_due, visit.now), ended=ended, open_now=open_now, reach=_reach(seen),
            minutes=max(0, int((min(ended, visit.now) - entry.starts_at).total_seconds() // 60)),
            allowed=120 if entry.extended else 60,
        )  # fmt: skip


def exchanges(found: Sequence[SeenText]) -> dict[UUID, Exchange]:
    """By interaction. What was sent is a request to a model; one that cannot be read as such is shown as it stands."""
    made: dict[UUID, Exchange] = {}
    for one in found:
        before = made.get(one.interaction, Exchange())
        if one.name == "received":
            made[one.interaction] = replace(before, answer=one.text)
            continue
        whole = _messages(one.text)
        asked = [text for role, text in whole if role == "user"]
        made[one.interaction] = replace(before, question=asked[-1] if asked else "", whole=whole)
    return made


def _messages(sent: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((str(one["role"]), str(one["content"])) for one in orjson.loads(sent)["messages"])
    except (ValueError, KeyError, TypeError):
        return (("text", sent),)


def _step(one: Seen) -> dict[str, Any]:
    """One point of the timeline; what needs an explanation is marked."""
    outside = one.destination_class not in (None, "self_hosted")
    return {"seen": one, "refused": one.kind == "refusal", "outside": outside,
            "mark": one.kind == "refusal" or one.closed > 0 or outside}  # fmt: skip


def _reach(seen: Sequence[Seen]) -> dict[str, int]:
    """Counts: questions, documents, refusals, documents that stayed closed, questions that left the hospital."""
    return {
        "asked": sum(one.kind != "refusal" for one in seen),
        "documents": len({name for one in seen for name in one.documents}),
        "refused": sum(one.kind == "refusal" for one in seen),
        "closed": max((one.closed for one in seen), default=0),
        "left": sum(one.kind != "refusal" and one.destination_class not in (None, "self_hosted") for one in seen),
    }
