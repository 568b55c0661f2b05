"""Looking into the log: what is searched for, what is found, one entry with its proof.

Everything here stands in the log in clear: opaque ids, codes and numbers, never a text of a record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from phiward.domain.people import PurposeOfUse

NAMING: Final = frozenset({"patients", "patient", "own_patient", "bound_patient", "to"})
"""Under which an act of administration names patients, wherever in its facts; search.sql indexes the same."""


class Verdict(StrEnum):
    """What became of what somebody asked."""

    ALLOWED = "allowed"  # a text left, or passages were given
    REFUSED = "refused"  # before anything left
    WITHHELD = "withheld"  # answered, with at least one passage withheld
    BROKEN_OFF = "broken_off"  # refused later, failed, or left: no whole answer
    ADMINISTRATION = "administration"  # an act of a person, or of the program


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of results ends; the next begins before it."""

    at: datetime
    entry: UUID


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for; None asks nothing. From `since` (inclusive) until `until` (exclusive), newest first."""

    person: UUID | None = None
    patient: UUID | None = None
    purpose: PurposeOfUse | None = None
    verdict: Verdict | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """An entry as its leaf says it; by its columns only where the leaf is none.

    `ended` are the facts of the outcome where it is an intent that has one. `fits` is False where a column says
    something else than the leaf, or the outcome is of something else: the proof of a leaf says nothing of its row.
    """

    id: UUID
    interaction: UUID
    kind: str
    at: datetime
    shard: str
    index: int | None
    facts: Mapping[str, Any] = field(repr=False)
    ended: Mapping[str, Any] | None = field(repr=False, default=None)
    fits: bool = True

    @property
    def person(self) -> UUID | None:
        """Who acted; None for the program, and for whoever used the command line."""
        if self.kind != "administration":
            return _id(self.facts.get("person"))
        scheme, _, name = str(self.facts.get("actor", "")).partition(":")
        return _id(name) if scheme == "person" else None

    @property
    def patients(self) -> tuple[UUID, ...]:
        """Whom it is about, each once."""
        found = _listed(self.facts.get("patients")) if self.kind != "administration" else _named(self.facts)
        return tuple(dict.fromkeys(one for one in map(_id, found) if one is not None))

    @property
    def destination(self) -> UUID | None:
        """Where a text was sent."""
        return _id(self.facts.get("destination"))


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of what was found; `next` where there is more. `waiting` entries have no number: they are not searched."""

    entries: tuple[TrailEntry, ...]
    next: Place | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Names:
    """Of ids: logins of people, and destinations with their vendors; what is gone has none."""

    people: Mapping[UUID, str] = field(default_factory=dict)
    destinations: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A place outside the database, and whether a checkpoint that it keeps covers the entry. The gateway's own book."""

    name: str
    kind: str
    covers: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ProofState:
    """What was checked of an entry just now. `fault`: the name of what does not hold, None where all of it does.

    `steps` lead from the leaf hash (hex) to the root (hex) of the first `size` entries, signed under `key`. `late`: it
    waits for its number longer than numbering takes.
    """

    leaf_hash: str
    numbered: bool
    fault: str | None = None
    steps: int = 0
    size: int = 0
    root: str = ""
    key: str = ""
    kept: tuple[Kept, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry, the others of its interaction by time, the names of the sealed texts beside it, and its proof."""

    entry: TrailEntry
    beside: tuple[TrailEntry, ...]
    sealed: tuple[str, ...]
    proof: ProofState
    names: Names


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _named(facts: Mapping[str, Any]) -> Iterator[object]:
    """What stands under one of NAMING, at the top or in a part."""
    parts = [facts, *(one for one in facts.values() if isinstance(one, Mapping))]
    for value in (value for one in parts for name, value in one.items() if name in NAMING):
        yield from value if isinstance(value, list) else (value,)


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
