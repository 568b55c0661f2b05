"""What goes on record: entries whose leaf stands in clear without PHI, and sealed addenda beside it.

The leaf is what must outlive a destroyed key: opaque ids, classes, destination, agreement, digests.
An addendum is ciphertext under the patient's key; the leaf holds the digest of that ciphertext.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from phiward.domain.patients import PatientRef
from phiward.domain.people import TenantId


class EntryKind(StrEnum):
    """The event types of the log."""

    INTENT = "intent"  # PHI is about to leave; durable before the first byte does
    OUTCOME = "outcome"  # what became of it; exactly one for each intent
    REFUSAL = "refusal"  # an authenticated request that was refused before anything left
    RETRIEVAL = "retrieval"  # passages of a chart, or of a corpus, given to an application of the person who asked
    ADMINISTRATION = "administration"  # an act of a person or of the program: people, keys, vendors, imports, readings
    LOG = "log"  # what the log says of itself: shards, restores, heartbeats, clocks, verifications


class Outcome(StrEnum):
    """How an interaction ended."""

    RELEASED = "released"
    WITHHELD = "withheld"  # answered, with at least one passage withheld
    REFUSED = "refused"  # an output check or a grant that ended refused the rest
    UPSTREAM_FAILED = "upstream_failed"
    CLIENT_GONE = "client_gone"
    UNKNOWN = "unknown"  # the gateway died in between


@dataclass(frozen=True, slots=True)
class Circumstances:
    """From where a request came: the address of the connection, and the program as it names itself.

    Text of the caller: it never stands in clear, only sealed under the organisation's key.
    """

    address: str | None = field(default=None, repr=False)
    device: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Addendum:
    """Ciphertext that stands beside an entry: `name` is `sent`, `received`, `grounds` or `circumstances`.

    One envelope per patient: `patient` is the one under whose key it was sealed, None for the organisation's key.
    """

    name: str
    ciphertext: bytes = field(repr=False)
    patient: PatientRef | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `facts` must be JSON-serialisable and hold no PHI.

    An OUTCOME shares `interaction` with its INTENT; the pair (interaction, kind) is unique.
    """

    id: UUID
    tenant: TenantId
    interaction: UUID
    kind: EntryKind
    recorded_at: datetime
    facts: Mapping[str, Any]
    addenda: tuple[Addendum, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as stored: the exact leaf bytes, and its shard and index once the sequencer assigned them.

    Ids are text where the verifier reads a whole log: it only holds them against the leaf.
    """

    id: UUID | str
    interaction: UUID | str
    kind: str
    leaf: bytes
    index: int | None
    addenda: tuple[Addendum, ...] = ()
    tenant: UUID | str | None = None  # these two only where the verifier reads, to be held against the leaf
    recorded_at: datetime | None = None
    worker: UUID | str | None = None
    shard: str | None = None


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The tree of a shard: `frontier` are the roots of its perfect subtrees, largest first."""

    size: int
    frontier: tuple[bytes, ...]
    shard: str = ""


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of the log: the entries of one period, a tree of their own (audit/shards.py has the names).

    `closed_size`: its entries, once the next shard was opened. `destroyed_at`: when its entries were destroyed; the
    hashes of its leaves and its checkpoints stay.
    """

    name: str
    opened_at: datetime
    closed_size: int | None = None
    destroyed_at: datetime | None = None
