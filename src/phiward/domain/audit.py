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

from phiward.domain.people import TenantId


class EntryKind(StrEnum):
    """The event types of the log."""

    INTENT = "intent"  # PHI is about to leave; durable before the first byte does
    OUTCOME = "outcome"  # what became of it; exactly one for each intent
    REFUSAL = "refusal"  # an authenticated request that was refused before anything left
    RETRIEVAL = "retrieval"  # passages of a chart, or of a corpus, given to an application of the person who asked
    ADMINISTRATION = "administration"  # a change by the CLI: people, keys, vendors, imports


class Outcome(StrEnum):
    """How an interaction ended."""

    RELEASED = "released"
    WITHHELD = "withheld"  # answered, with at least one passage withheld
    REFUSED = "refused"  # an output check or a grant that ended refused the rest
    UPSTREAM_FAILED = "upstream_failed"
    CLIENT_GONE = "client_gone"
    UNKNOWN = "unknown"  # the gateway died in between


@dataclass(frozen=True, slots=True)
class Addendum:
    """Ciphertext that stands beside an entry: `name` is e.g. `sent` or `received`."""

    name: str
    ciphertext: bytes = field(repr=False)


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
    """An entry as stored: the exact leaf bytes, and its index once the sequencer assigned one."""

    id: UUID
    interaction: UUID
    kind: str
    leaf: bytes
    index: int | None
    addenda: tuple[Addendum, ...] = ()
    tenant: UUID | None = None  # these two only where the verifier reads, to be held against the leaf
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TreeHead:
    """`frontier` are the roots of the perfect subtrees, largest first, that make up the tree."""

    size: int
    frontier: tuple[bytes, ...]
