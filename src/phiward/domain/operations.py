"""What an engineer sees of the house: destinations and their agreements, keys by age, what runs. No PHI, no secret."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phiward.domain.office import AnchorReach, LogCheck
from phiward.domain.vendors import DestinationClass


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a model at an instant: it goes on to `goes_to`, or stops where that is None."""

    model: str
    goes_to: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A destination as the gate decides on it now.

    `covered_until`: when the agreements that follow each other end, or the last one did; None where there never was
    one. `accepted_until`: until when somebody accepts the residual risk. `free_text`: whether text may go there today.
    `at_the_end`: what becomes of its models at the instant at which what permits them ends.
    """

    id: UUID
    name: str
    vendor: str
    service: str
    endpoint: str
    kind: DestinationClass
    free_text: bool
    covered_until: datetime | None
    accepted_until: datetime | None
    models: tuple[str, ...]
    at_the_end: tuple[Fate, ...] = ()

    @property
    def ends_at(self) -> datetime | None:
        """When what permits text there ends; None where nothing ends."""
        if not self.free_text or self.kind is DestinationClass.SELF_HOSTED:
            return None
        return self.covered_until if self.kind is DestinationClass.BAA else self.accepted_until


@dataclass(frozen=True, slots=True)
class Accepted:
    """A residual risk that a named person accepted. Its reason stays where it was entered."""

    id: UUID
    destination: str
    accepted_by: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of one destination, in the newest `of` requests since `since`."""

    asked: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Register:
    """Every destination, every accepted risk that has not ended long ago, and how often each was asked."""

    at: datetime
    standings: tuple[Standing, ...]
    accepted: tuple[Accepted, ...]
    traffic: dict[UUID, Traffic]
    counted: int
    since: datetime


@dataclass(frozen=True, slots=True)
class KeyAge:
    """Keys of a class: how many, the oldest of those whose age is known, and how many have none.

    `advised_days`: the cryptoperiod that NIST SP 800-57 part 1 (revision 5, section 5.3.6) suggests for such a key.
    """

    what: str
    count: int
    oldest: datetime | None
    undated: int = 0
    advised_days: int | None = None

    def old(self, now: datetime) -> bool:
        """Whether the oldest is past the period that is advised."""
        return (
            self.oldest is not None and self.advised_days is not None and (now - self.oldest).days > self.advised_days
        )


@dataclass(frozen=True, slots=True)
class Keys:
    """Ages by class, and how many patients' keys were destroyed for good."""

    ages: tuple[KeyAge, ...]
    destroyed: int


@dataclass(frozen=True, slots=True)
class Process:
    """A gateway process that has not ended long ago. `alive`: it was seen within the seconds that count."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    alive: bool


@dataclass(frozen=True, slots=True)
class Numbering:
    """How far the log is numbered and signed, and since when its oldest entry waits."""

    shard: str
    size: int
    signed: int
    signed_at: datetime | None
    waiting: int
    oldest_waiting: datetime | None


@dataclass(frozen=True, slots=True)
class Protection:
    """The database's protection, asked with the gateway's own role just now. `faults` are sentences."""

    tables: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """Everything at `at`; the check of the whole log and the anchors are of the last minute."""

    at: datetime
    processes: tuple[Process, ...]
    numbering: Numbering
    check: LogCheck | None
    anchors: tuple[AnchorReach, ...]
    protection: Protection
    keys: Keys
