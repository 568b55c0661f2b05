"""Legal holds: whatever stands under one is not destroyed, whoever asks, until it is lifted.

A hold on a person or a patient reaches further than what bears that name: the log's entries and the texts beside them
are about both. The database finds those (holds_on_patient, holds_on_shard); here stands what a hold names directly.
Source: Fed. R. Civ. P. 37(e) for why there are holds; the codes are ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

HOLD_RULE = "legal_hold"


class HoldScope(StrEnum):
    """On what."""

    PATIENT = "patient"
    PERSON = "person"
    SHARD = "shard"
    EVERYTHING = "everything"  # of the organisation, and so every shard, for a shard holds entries of all


class HoldReason(StrEnum):
    """Why: a code, never a case in words."""

    LITIGATION = "litigation"
    INVESTIGATION = "investigation"
    AUDIT = "audit"
    BREACH = "breach"
    PATIENT_REQUEST = "patient_request"
    MINOR = "minor"  # a state's longer period until a child is of age


class LiftReason(StrEnum):
    """Why it ended."""

    CLOSED = "closed"
    COURT_ORDER = "court_order"
    PLACED_IN_ERROR = "placed_in_error"


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `subject` is the opaque id of the patient or person, the shard's name, or None for everything."""

    id: UUID
    scope: HoldScope
    subject: str | None
    reason: HoldReason
    placed_by: str
    placed_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: LiftReason | None = None

    def stands(self, now: datetime) -> bool:
        """From the moment it is placed, and until it is lifted. Both instants are aware."""
        return self.placed_at <= now and (self.lifted_at is None or now < self.lifted_at)


def holding(holds: Iterable[Hold], touched: Iterable[tuple[HoldScope, str]], now: datetime) -> tuple[UUID, ...]:
    """Those that stand on what is `touched` by name, or on everything; sorted."""
    named = set(touched)
    found = (
        hold.id
        for hold in holds
        if hold.stands(now)
        and (hold.scope is HoldScope.EVERYTHING or (hold.subject is not None and (hold.scope, hold.subject) in named))
    )
    return tuple(sorted(found))
