"""The privacy officer's queue: what first, what is late, which clock runs, and what nobody watches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from starlette.responses import Response

from phiward.console.queue_lines import KINDS, NOT_WATCHED, Line, is_late, lines_of
from phiward.console.visits import OFFICERS, Page, Visit, get
from phiward.console.wording import plural, words
from phiward.domain.emergency import ReviewEntry
from phiward.domain.office import BREACH_DAYS, Waiting, Watched
from phiward.domain.people import Caller

PATH: Final = "/queue"
WEEK: Final = timedelta(days=7)


class Work(Protocol):
    """What waits; wiring.office implements it. Every method raises NotPermittedError and StorageError."""

    async def reviews(self, caller: Caller) -> Sequence[ReviewEntry]:
        """Every emergency access, decided ones among them."""

    async def waiting(self, caller: Caller) -> Waiting:
        """What else nobody decided."""

    async def watched(self, caller: Caller) -> Watched:
        """What was found by the newest look."""


@dataclass(frozen=True, slots=True)
class QueuePages:
    """`/queue`."""

    work: Work

    def declared(self) -> list[Page]:
        """`GET /queue`; `?kind=` narrows it to one kind, a code."""
        return [get(PATH, self.show, OFFICERS, nav="Queue")]

    async def show(self, visit: Visit) -> Response:
        """`GET /queue`."""
        reviews, waiting = await self.work.reviews(visit.caller), await self.work.waiting(visit.caller)
        watched = await self.work.watched(visit.caller)
        every = lines_of(reviews, waiting, watched, visit.now)
        kind = visit.request.query_params.get("kind", "")
        kind = kind if kind in KINDS else ""
        return visit.page(
            "queue", lines=[one for one in every if not kind or one.kind == kind], every=len(every), kind=kind,
            tabs=[(code, word, count) for code, word in KINDS.items() if (count := _count(every, code))],
            lead=lead(every, waiting, visit.now), watched=watched, not_watched=NOT_WATCHED,
            closed=_closed(reviews, visit.now),
            anchors=[(one, is_late(one, visit.now)) for one in watched.anchors],
        )  # fmt: skip


def lead(lines: Sequence[Line], waiting: Waiting, now: datetime) -> tuple[str, str]:
    """The answering sentence: in bold how many need her, then the legal clock."""
    late, today = sum(one.rank == 0 for one in lines), sum(one.rank == 1 for one in lines)
    if not lines:
        first = "Nothing needs you."
    else:
        need = "1 needs you" if len(lines) == 1 else f"{len(lines)} need you"
        first = f"{need}: {late or 'none'} late or failed, {today or 'none'} for today."
    clocks = len(waiting.incidents)
    if not clocks:
        return first, "No breach clock is running."
    left = min(BREACH_DAYS - (now.date() - one.opened_at.date()).days for one in waiting.incidents)
    running = "One breach clock is" if clocks == 1 else f"{clocks} breach clocks are"
    return first, f"{running} running, with {max(left, 0)} of {BREACH_DAYS} days left."


def _count(lines: Sequence[Line], kind: str) -> int:
    return sum(one.kind == kind for one in lines)


def _closed(reviews: Sequence[ReviewEntry], now: datetime) -> dict[str, Any]:
    """What was decided in the last seven days, by outcome."""
    found = [one for one in reviews if one.reviewed_at is not None and now - one.reviewed_at <= WEEK]
    counts: dict[str, int] = {}
    for one in found:
        counts[words(one.outcome or "")] = counts.get(words(one.outcome or ""), 0) + 1
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return {"said": plural(len(found), "review") + (f": {told}" if told else ""), "entries": found[:5]}
