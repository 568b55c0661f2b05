"""Invented entries, and an audit store in memory that a test may tamper with."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.leaf import canonical_leaf
from phiward.audit.sequencer import sequence_once
from phiward.audit.signer import Signer
from phiward.domain.audit import Addendum, Entry, EntryKind, StoredEntry, TreeHead
from phiward.domain.errors import StorageError
from phiward.domain.people import TenantId

TENANT = TenantId(UUID(int=7))
WORKER = UUID(int=8)
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
SIGNER = Signer("hospital.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
THIEF = Signer("hospital.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def entry(number: int, **changes: Any) -> Entry:
    """Even numbers are intents, the odd number after each is its outcome; each has one addendum."""
    made = Entry(
        id=UUID(int=1000 + number),
        tenant=TENANT,
        interaction=UUID(int=500_000 + number // 2),
        kind=EntryKind.OUTCOME if number % 2 else EntryKind.INTENT,
        recorded_at=START + timedelta(seconds=number),
        facts={"patients": [str(UUID(int=3))], "number": number},
        addenda=(Addendum("sent", b"sealed %d" % number),),
    )
    return replace(made, **changes)


def stored(made: Entry, index: int | None = None) -> StoredEntry:
    """As the database has it."""
    return StoredEntry(
        made.id,
        made.interaction,
        str(made.kind),
        canonical_leaf(made, WORKER),
        index,
        made.addenda,
        made.tenant,
        made.recorded_at,
    )


@dataclass
class MemoryBatch:
    """A transaction: nothing is visible before the store applies it."""

    head: TreeHead
    waiting: Sequence[StoredEntry]
    notes: list[bytes]
    done: tuple[TreeHead, bytes] | None = None

    async def commit(self, head: TreeHead, checkpoint: bytes) -> None:
        """Remember until the transaction ends."""
        self.done = (head, checkpoint)

    async def newest_checkpoint(self) -> bytes | None:
        """The last one."""
        return self.notes[-1] if self.notes else None


@dataclass
class MemoryStore:
    """Implements `AuditStore` and `AuditView`; every field may be tampered with."""

    rows: list[StoredEntry] = field(default_factory=list)
    queue: list[StoredEntry] = field(default_factory=list)
    notes: list[bytes] = field(default_factory=list)
    tree: TreeHead = field(default_factory=lambda: TreeHead(0, ()))
    failing: int = 0

    @asynccontextmanager
    async def batch(self, limit: int) -> AsyncIterator[MemoryBatch]:
        """Fails the first `failing` times."""
        if self.failing:
            self.failing -= 1
            raise StorageError("The database is away.")
        batch = MemoryBatch(self.tree, self.queue[:limit], self.notes)
        yield batch
        if batch.done is not None:
            self.tree, note = batch.done
            self.notes = [*self.notes, note]
            self.queue = self.queue[len(batch.waiting) :]
            first = len(self.rows)
            self.rows = [*self.rows, *(replace(one, index=first + at) for at, one in enumerate(batch.waiting))]

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["MemoryStore"]:
        """Nothing runs beside a test."""
        yield self

    async def entries(self) -> AsyncIterator[StoredEntry]:
        """In the order of the index that each row claims, as a database would."""
        for row in sorted(self.rows, key=lambda one: one.index or 0):
            yield row

    async def head(self) -> TreeHead:
        """The stored one."""
        return self.tree

    async def checkpoints(self) -> Sequence[bytes]:
        """The stored ones."""
        return self.notes

    async def unsequenced(self) -> int:
        """The queue."""
        return len(self.queue)


async def a_log(entries: int, per_batch: int = 1, signer: Signer = SIGNER) -> tuple[MemoryStore, list[bytes]]:
    """A whole log and the anchors that were kept of it."""
    anchors: list[bytes] = []
    store = MemoryStore(queue=[stored(entry(number)) for number in range(entries)])
    while await sequence_once(store, signer, anchors.append, per_batch):
        pass
    return store, anchors
