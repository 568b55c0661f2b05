"""When the period of something is over: counted in whole years from the later of two dates, and kept by holds.

Monotone: a later date, a longer period or one more hold never makes anything due earlier.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from phiward.retention.holds import Hold, HoldScope, holding
from phiward.retention.schedule import KeptClass, Schedule


class KeptKind(StrEnum):
    """What is destroyed as one, or listed as one."""

    SHARD = "shard"
    PATIENT = "patient"
    REVIEW = "review"
    ACCESS = "access"
    ALERT = "alert"


CLASSES = {
    KeptKind.SHARD: (KeptClass.AUDIT, KeptClass.TEXTS),  # the texts beside the entries go with them
    KeptKind.PATIENT: (KeptClass.CLINICAL, KeptClass.TEXTS),  # his key opens the texts as well
    KeptKind.REVIEW: (KeptClass.REVIEWS,),
    KeptKind.ACCESS: (KeptClass.ACCESS,),
    KeptKind.ALERT: (KeptClass.ALERTS,),
}
"""The classes that go together; the longest period of them holds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is kept. Instants are aware.

    `last_in_force`: when it last had effect, or was used; None where it never had. `in_force`: it still has, so that no
    period runs. `reviewed_until`: of a review, until when what it reviews is kept. `touches`: what a hold may name.
    """

    kind: KeptKind
    name: str
    created_at: datetime
    last_in_force: datetime | None = None
    in_force: bool = False
    reviewed_until: datetime | None = None
    touches: frozenset[tuple[HoldScope, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands at an instant. `due_at` None: still in force. `due`: over, and no hold stands on it."""

    kept: Kept
    due_at: datetime | None
    due: bool
    holds: tuple[UUID, ...] = ()


def years_after(start: datetime, years: int) -> datetime:
    """The same day and time `years` later; the 29th of February becomes the 1st of March, never the day before."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, month=3, day=1)


def due_at(kept: Kept, schedule: Schedule) -> datetime | None:
    """When its period is over, holds apart; None while it is in force."""
    if kept.in_force:
        return None
    start = kept.created_at if kept.last_in_force is None else max(kept.created_at, kept.last_in_force)
    over = years_after(start, schedule.longest(*CLASSES[kept.kind]))
    return over if kept.reviewed_until is None else max(over, kept.reviewed_until)


def standing(kept: Kept, schedule: Schedule, holds: Collection[Hold], now: datetime) -> Standing:
    """How it stands at `now`."""
    over, held = due_at(kept, schedule), holding(holds, kept.touches, now)
    return Standing(kept, over, over is not None and over <= now and not held, held)
