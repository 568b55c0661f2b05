"""Invented entries, and an audit store in memory that a test may tamper with."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.leaf import encode_leaf
from phiward.audit.sequencer import sequence_once
from phiward.audit.shards import origin_of
from phiward.audit.signer import Signer
from phiward.domain.audit import Addendum, Entry, EntryKind, Shard, StoredEntry, TreeHead
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
    leaf = encode_leaf(made, WORKER)
    shard = None if index is None else ""
    where = (made.tenant, made.recorded_at, WORKER, shard)
    return StoredEntry(made.id, made.interaction, str(made.kind), leaf, index, made.addenda, *where)


@dataclass
class MemoryBatch:
    """A transaction: nothing is visible before the store applies it."""

    head: TreeHead
    waiting: Sequence[StoredEntry]
    notes: list[bytes]
    now: datetime
    latest_at: datetime | None = None
    done: tuple[TreeHead, bytes] | None = None
    appended: list[StoredEntry] = field(default_factory=list)
    opened: tuple[str, int] | None = None
    proposed_shard: str | None = None
    proposal: tuple[str, list[UUID]] | None = None

    async def propose(self, shard: str, entries: Sequence[StoredEntry]) -> None:
        """Remember until the transaction ends."""
        self.proposal = (shard, [one.id for one in entries])

    async def append(self, entry: StoredEntry) -> None:
        """Remember until the transaction ends."""
        self.appended.append(entry)

    async def open_shard(self, shard: str) -> None:
        """Remember until the transaction ends."""
        self.opened = (self.head.shard, self.head.size)

    async def commit(self, head: TreeHead, checkpoint: bytes) -> None:
        """Remember until the transaction ends."""
        self.done = (head, checkpoint)

    async def newest_checkpoint(self) -> bytes | None:
        """The last one of the head's shard."""
        origin = origin_of(SIGNER.name, self.head.shard).encode() + b"\n"
        return next((note for note in reversed(self.notes) if note.startswith(origin)), None)


@dataclass
class MemoryStore:
    """Implements `AuditStore` and `AuditView`; every field may be tampered with."""

    rows: list[StoredEntry] = field(default_factory=list)
    queue: list[StoredEntry] = field(default_factory=list)
    notes: list[bytes] = field(default_factory=list)
    tree: TreeHead = field(default_factory=lambda: TreeHead(0, ()))
    failing: int = 0
    now: datetime = START
    latest_at: datetime | None = None
    known: dict[str, Shard] = field(default_factory=lambda: {"": Shard("", START)})
    kept: dict[str, list[bytes]] = field(default_factory=dict)
    proposal: tuple[str, list[UUID]] | None = None

    @asynccontextmanager
    async def batch(self, limit: int) -> AsyncIterator[MemoryBatch]:
        """Fails the first `failing` times."""
        if self.failing:
            self.failing -= 1
            raise StorageError("The database is away.")
        batch = MemoryBatch(self.tree, self.queue[:limit], self.notes, self.now, self.latest_at)
        if self.proposal is not None:
            batch.proposed_shard, ids = self.proposal
            batch.waiting = [next(one for one in self.queue if one.id == wanted) for wanted in ids]
        yield batch
        self.queue = [*self.queue, *batch.appended]
        self.proposal = batch.proposal or self.proposal
        if batch.done is not None:
            self._apply(batch, *batch.done)

    def _apply(self, batch: MemoryBatch, tree: TreeHead, note: bytes) -> None:
        first = tree.size - len(batch.waiting)
        numbered = [replace(one, index=first + at, shard=tree.shard) for at, one in enumerate(batch.waiting)]
        ids = {one.id for one in numbered}
        if batch.opened is not None:
            name, size = batch.opened
            self.known[name] = replace(self.known[name], closed_size=size)
            self.known[tree.shard] = Shard(tree.shard, self.now)
        self.tree, self.latest_at, self.proposal = tree, self.now, None
        self.notes, self.rows = [*self.notes, note], [*self.rows, *numbered]
        self.queue = [one for one in self.queue if one.id not in ids]

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["MemoryStore"]:
        """Nothing runs beside a test."""
        yield self

    async def shards(self) -> dict[str, Shard | None]:
        """Those of the list, and those that rows name."""
        named: dict[str, Shard | None] = {row.shard or "": None for row in self.rows}
        return {**named, **self.known}

    async def entries(self, shard: str) -> AsyncIterator[StoredEntry]:
        """In the order of the index that each row claims, as a database would."""
        for row in sorted((one for one in self.rows if (one.shard or "") == shard), key=lambda one: one.index or 0):
            yield row

    async def kept_hashes(self, shard: str) -> AsyncIterator[bytes]:
        """Of a destroyed shard."""
        for hashed in self.kept.get(shard, []):
            yield hashed

    async def head(self) -> TreeHead:
        """The stored one."""
        return self.tree

    async def checkpoints(self, shard: str) -> Sequence[bytes]:
        """The stored ones; what names no shard of ours is among those of the first."""
        named = [(note, note.split(b"\n", 1)[0].decode("utf-8", "replace")) for note in self.notes]
        mine = origin_of(SIGNER.name, shard)
        others = {origin_of(SIGNER.name, one) for one in self.known} - {mine}
        return [note for note, origin in named if origin == mine or (shard == "" and origin not in others)]

    async def unsequenced(self) -> dict[UUID, int]:
        """The queue."""
        return dict(Counter(one.worker or WORKER for one in self.queue))


async def a_log(entries: int, per_batch: int = 1, signer: Signer = SIGNER) -> tuple[MemoryStore, list[bytes]]:
    """A whole log and the anchors that were kept of it."""
    anchors: list[bytes] = []
    store = MemoryStore(queue=[stored(entry(number)) for number in range(entries)])
    while await sequence_once(store, signer, anchors.append, per_batch):
        pass
    return store, anchors
