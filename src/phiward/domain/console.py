"""What the pages show, as frozen values: who is signed in, the state of the log, a patient's card."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from phiward.domain.sign_in import SessionView


@dataclass(frozen=True, slots=True)
class Signed:
    """Who holds a browser's session."""

    caller: Caller
    view: SessionView


NUMBERED_WITHIN: Final = timedelta(minutes=1)
"""An entry that waits for its number longer than this is late: numbering takes a moment."""


@dataclass(frozen=True, slots=True)
class LogState:
    """What the foot says of the log: `numbered` entries stand in the signed tree, the last since `at` (UTC)."""

    numbered: int
    at: datetime | None
    healthy: bool


@dataclass(frozen=True, slots=True)
class PatientCard:
    """A patient as her own clinician sees her in a strip or a list. `ref` is opaque, `number` the record's number."""

    ref: PatientRef
    name: str = field(repr=False)
    born: date | None = field(repr=False, default=None)
    number: str = field(repr=False, default="")
