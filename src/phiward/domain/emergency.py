"""Emergency access ("break the glass"): what is asked, what is opened, and what becomes of it.

Source: 45 CFR 164.312(a)(2)(ii) (emergency access procedure), 164.308(a)(1)(ii)(D) (review), HL7 v3 ActReason ETREAT.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class EmergencyReason(StrEnum):
    """Why now; `other` needs words."""

    CANNOT_CONSENT = "cannot_consent"
    THREAT_TO_LIFE = "threat_to_life"
    COVERING = "covering"
    CONSULT = "consult"
    OTHER = "other"


class ReviewOutcome(StrEnum):
    """What a review finds. `clarify` keeps it open, `inappropriate` opens an incident."""

    APPROPRIATE = "appropriate"
    CLARIFY = "clarify"
    TRAINING = "training"
    INAPPROPRIATE = "inappropriate"


@dataclass(frozen=True, slots=True)
class EmergencyAsk:
    """What a clinician states. `patient` is a reference; `birth_date` (ISO) or `identifier` confirms it."""

    patient: str = field(repr=False)
    reason: EmergencyReason
    text: str = field(default="", repr=False)
    birth_date: str | None = field(default=None, repr=False)
    identifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class EmergencyGrant:
    """Access to one patient for one person. Times are UTC; `extended` says that its one extension was used."""

    id: UUID
    person: UUID
    patient: UUID
    starts_at: datetime
    ends_at: datetime
    extended: bool
    review_due: datetime


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One emergency in the review queue, without anything about the patient but an opaque id.

    `frequent`: she had opened several others within a day when she opened this one (policy.emergency.is_frequent).
    `ended_at`: it was closed before its time.
    """

    id: UUID
    person: UUID
    login: str
    patient: UUID
    reason: str
    starts_at: datetime
    ends_at: datetime
    extended: bool
    offline: bool
    review_due: datetime
    overdue: bool
    frequent: bool
    outcome: str | None
    reviewer: UUID | None
    ended_at: datetime | None = None
    extended_at: datetime | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one question under the grant touched: its interaction, the kind of entry, documents, destination class.

    `refused_by`: the rule or the code that refused it; `closed`: documents that stayed closed to her.
    """

    interaction: UUID
    kind: str
    at: datetime
    documents: tuple[str, ...]
    destination_class: str | None
    refused_by: str | None = None
    closed: int = 0


@dataclass(frozen=True, slots=True)
class SeenText:
    """What was sent or received in one interaction under the grant, as it left and came back: transformed text."""

    interaction: UUID
    name: str
    text: str = field(repr=False)
