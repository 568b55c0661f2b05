"""What a privacy officer's pages show: what waits for her, what is watched, who looked. Opaque ids, codes and instants.

Instants are UTC and aware.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

BREACH_DAYS = 60
"""Letters must reach the people affected without unreasonable delay, within so many calendar days of the discovery.

Source: 45 CFR 164.404(b).
"""


@dataclass(frozen=True, slots=True)
class HeldNote:
    """A document that may be another patient's, and waits for a decision."""

    id: UUID
    kind: str
    found_at: datetime
    suspects: int


@dataclass(frozen=True, slots=True)
class ReportedAnswer:
    """An answer that its reader calls wrong. `reason` is a code; her words stand sealed beside it."""

    id: UUID
    interaction: UUID
    person: UUID
    login: str
    patient: UUID
    reason: str
    has_words: bool
    reported_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """Opened by a review that found an access inappropriate."""

    id: UUID
    emergency: UUID | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """Alerts of one kind: how many were raised, when the last was, and how many nobody was reached by yet."""

    kind: str
    count: int
    last_at: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Guarded:
    """One interaction in which a protection did something: what, how often, and by which rules."""

    interaction: UUID
    at: datetime
    login: str
    withheld: int
    removed: tuple[str, ...]
    review: bool


@dataclass(frozen=True, slots=True)
class LogCheck:
    """The newest check of the whole log. `silent`: anchors that did not answer it."""

    at: datetime
    holds: bool
    entries: int
    findings: tuple[str, ...]
    silent: int


@dataclass(frozen=True, slots=True)
class AnchorReach:
    """How far one place outside the database reaches; `behind` entries of the log are not in it."""

    name: str
    kind: str
    interval_seconds: float
    size: int | None
    kept_at: datetime | None
    failing_since: datetime | None
    behind: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A destination outside the hospital, and when its agreement ends: from then on `models` get nothing.

    `accepted_until`: somebody accepted the residual risk, so transformed text may go on until then.
    """

    destination: str
    vendor: str
    ends_at: datetime
    models: tuple[str, ...]
    accepted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the log, and when its period is over."""

    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """What was found by one look, at `at`; the next look is at `next_at`. `looked_at` entries of the log were read."""

    at: datetime
    next_at: datetime
    check: LogCheck | None
    anchors: tuple[AnchorReach, ...]
    guarded: tuple[Guarded, ...]
    looked_at: int
    since: datetime
    alarms: tuple[Alarm, ...]
    stops: tuple[Stop, ...]
    periods: tuple[Period, ...]
    holds: int
    oldest_hold: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a decision and has no page of reviews: read anew for each page."""

    notes: tuple[HeldNote, ...] = ()
    reports: tuple[ReportedAnswer, ...] = ()
    incidents: tuple[OpenIncident, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One person's questions about one patient by one permission: how often, and what became of them."""

    person: UUID
    login: str
    roles: tuple[str, ...]
    rule: str
    purpose: str
    emergency: UUID | None
    first_at: datetime
    last_at: datetime
    asked: int
    refused: int
    documents: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What one destination received about one patient. `leaves`: it is outside the hospital."""

    destination: str
    destination_class: str
    leaves: bool
    agreement: UUID | None
    accepted: bool
    transformed: bool
    first_at: datetime
    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Looked:
    """Who looked at one patient from `since` until `until`, from `entries` of the log.

    `cut`: there are more entries than are read at once, so that the list is not complete.
    """

    since: datetime
    until: datetime
    looks: tuple[Look, ...]
    sent: tuple[Sent, ...]
    office: tuple[Look, ...]
    entries: int
    cut: bool
    unnumbered: int = 0
    outcomes: dict[str, str] = field(default_factory=dict)
