"""Gives entries their order, in batches, by whoever holds the lock on the tree-head row.

Entries were acknowledged when they were committed; their index comes later and from here alone. One
batch is one transaction: lock the head, number what waits, grow the tree, have it signed, commit. A process
that dies in it changes nothing; the next one takes over when its connection ends.

A log must never sign two stories. So a head is not believed because it stands in the database: it
must be the one this process wrote last, or the one of the newest checkpoint that our key signed, and
not behind any checkpoint that was kept outside. Otherwise nothing is numbered any more, loudly; what
is appended stays durable and waits. Source: https://c2sp.org/tlog-checkpoint, section Signatures
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import structlog

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.clocks import Clocks, WentBack
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.opened import open_checkpoint
from phiward.audit.ports import CheckpointSigner, Growth
from phiward.audit.sayings import opening, regress
from phiward.audit.shards import ShardPeriod, due, origin_of, rank, restored, shard_of
from phiward.domain.audit import StoredEntry, TreeHead
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError, PhiwardError
from phiward.domain.ports import AuditBatch, AuditStore
from phiward.logs import frames_of

BATCH = 100
PAUSE_SECONDS = 0.05
IDLE_SECONDS = 1.0
BACKOFF_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 30.0

_URGENT = b'"action":"emergency.'
"""Stands in the leaf of every act of emergency access: JSON of ours has no spaces."""

log = structlog.get_logger("phiward.audit")
Signed = Callable[[bytes], None]
Alarm = Callable[[str, dict[str, Any]], None]
"""Called with a code and opaque facts; must not raise and must not block."""


async def sequence_once(
    store: AuditStore, signer: CheckpointSigner, signed: Signed, limit: int = BATCH, period: ShardPeriod | None = None
) -> int:
    """Number one batch; returns how many. `signed` gets the checkpoint after it is committed.

    Without a `period` no shard is opened. Raises StorageError, SignerUnavailableError; AuditIntegrityError when the
    head is not one that this log signed.
    """
    return await Sequencer(store, signer, signed, period=period).once(limit)


class Sequencer:
    """The loop around it: soon after a notification, else once a second; survives a lost database."""

    def __init__(
        self,
        store: AuditStore,
        signer: CheckpointSigner,
        signed: Signed,
        kept: Iterable[bytes] = (),
        *,
        period: ShardPeriod | None = None,
        alarm: Alarm = lambda code, facts: None,
        hurry: Callable[[], None] = lambda: None,
    ) -> None:
        """`signed` hears of each checkpoint and must not block; `kept` are those that stand outside the database.

        `hurry` is called after a batch in which somebody broke the glass.

        Raises AuditIntegrityError when `kept` holds a note that our key did not sign.
        """
        self._store, self._signer, self._signed = store, signer, signed
        self._period, self._alarm, self._hurry, self._clocks = period, alarm, hurry, Clocks()
        self._woken = asyncio.Event()
        self._trusted: TreeHead | None = None
        self._floor_note = max(kept, key=self._place, default=None)
        self._floor = self._opened(self._floor_note) if self._floor_note else None
        self._failures = 0

    @property
    def healthy(self) -> bool:
        """Whether the last attempt succeeded."""
        return self._failures == 0

    def notify(self) -> None:
        """Something was appended."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                numbered = await self.once()
            except (PhiwardError, OSError) as error:
                await self._failed(error)
                continue
            if self._failures:
                self._alarm("audit.numbering_again", {})
            self._failures = 0
            if numbered < BATCH:
                await self._pause()

    async def once(self, limit: int = BATCH) -> int:
        """Number one batch; returns how many. Raises StorageError, SignerUnavailableError, AuditIntegrityError."""
        if self._signer.remembers:  # whoever takes over after a crash must ask for the same signature again
            async with self._store.batch(limit) as batch:
                if not batch.waiting:
                    return 0
                if batch.proposed_shard is None:
                    await batch.propose(*await self._planned(batch))
        async with self._store.batch(limit) as batch:
            if not batch.waiting:
                return 0
            went_back = await self._clock(batch)
            if batch.proposed_shard is None:
                shard, entries = await self._planned(batch)
            else:
                shard, entries = batch.proposed_shard, batch.waiting
            done = await self._number(batch, shard, entries)
        self._settle(*done)
        if any(_URGENT in entry.leaf for entry in entries):
            self._hurry()
        if went_back is not None:
            self._alarm("audit.clock_regressed", {"seconds": went_back.seconds, "clock": went_back.clock})
        return len(entries)

    async def restore(self, reason: str) -> str:
        """Go on from a restored backup in a shard of its own, whose first entry says what was lost; returns its name.

        `reason` is a code. Raises InvalidRequestError when nothing outside is ahead of the database,
        AuditIntegrityError when the database holds what this log never signed.
        """
        lost = max(filter(None, (await self._signer.last(), self._floor_note)), key=self._place, default=None)
        if lost is None:
            raise InvalidRequestError("No checkpoint outside the database is known.")
        async with self._store.batch(0) as batch:
            await self._believed(batch, None)  # that it is behind is what a restore says
            if (rank(batch.head.shard), batch.head.size) >= self._place(lost):
                raise InvalidRequestError("No checkpoint outside is ahead of the database: nothing was lost.")
            shard = batch.proposed_shard or batch.head.shard
            if shard == batch.head.shard:  # else a restore that was cut short: the same again
                shard = restored(self._shard(self._opened(lost)), batch.now, self._period or ShardPeriod.YEAR)
                first = opening(shard, await batch.newest_checkpoint(), lost, reason, batch.now)
                await batch.append(first)
                await batch.propose(shard, [first])
            self._trusted, self._floor, self._floor_note = batch.head, None, None
        await self.once()
        self._alarm("audit.restored", {"shard": shard})
        return shard

    async def _planned(self, batch: AuditBatch) -> tuple[str, Sequence[StoredEntry]]:
        """The shard and the entries of the next batch: what waits, or what opens a shard, which is inserted here."""
        await self._believed(batch, self._floor)
        shard = due(batch.head.shard, batch.now, self._period) if self._period else None
        if shard is None:
            return batch.head.shard, batch.waiting
        first = opening(shard, await batch.newest_checkpoint(), None, None, batch.now)
        await batch.append(first)
        return shard, [first]

    async def _clock(self, batch: AuditBatch) -> WentBack | None:
        """Put a clock that went back on record."""
        went_back = self._clocks.went_back(batch.now, batch.latest_at, batch.waiting)
        if went_back is not None:
            await batch.append(regress(went_back, batch.now))
        return went_back

    async def _number(self, batch: AuditBatch, shard: str, entries: Sequence[StoredEntry]) -> tuple[TreeHead, bytes]:
        frontier = await self._believed(batch, self._floor)
        first_leaf = None
        if shard != batch.head.shard:
            await batch.open_shard(shard)
            frontier, first_leaf = Frontier(), entries[0].leaf
            batch.head = TreeHead(0, (), shard)
        batch.waiting = entries
        return await self._grow(batch, Growth(shard, batch.head, _hashes(entries), first_leaf), frontier)

    async def _grow(self, batch: AuditBatch, growth: Growth, frontier: Frontier) -> tuple[TreeHead, bytes]:
        frontier.extend(growth.hashes)
        head = TreeHead(frontier.size, frontier.subtrees, growth.shard)
        wanted = Checkpoint(origin_of(self._signer.name, growth.shard), frontier.size, frontier.root())
        note = await self._signer.sign(growth)
        if self._opened(note) != wanted:
            raise AuditIntegrityError("The signer signed another tree than was asked.")
        await batch.commit(head, note)
        return head, note

    def _settle(self, head: TreeHead, note: bytes) -> None:
        """After the commit."""
        self._trusted, self._floor, self._floor_note = head, self._opened(note), note
        self._signed(note)

    async def _failed(self, error: Exception) -> None:
        self._failures += 1
        log.error("sequencing failed", kind=type(error).__name__, frames=frames_of(error))
        if self._failures == 3 or (isinstance(error, AuditIntegrityError) and self._failures == 1):
            self._alarm("audit.not_numbered", {"error": getattr(error, "code", "internal")})
        await asyncio.sleep(min(MAX_BACKOFF_SECONDS, BACKOFF_SECONDS * 2 ** min(self._failures - 1, 8)))

    async def _pause(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _believed(self, batch: AuditBatch, floor: Checkpoint | None) -> Frontier:
        """The head as a tree, if it is one that this log stands by: signed, and not behind `floor`."""
        try:
            frontier = Frontier(batch.head.size, batch.head.frontier)
        except ValueError as error:
            raise AuditIntegrityError("The tree head in the database is not a tree.") from error
        if batch.head == self._trusted:
            return frontier
        note = await batch.newest_checkpoint()
        origin = origin_of(self._signer.name, batch.head.shard)
        signed = Checkpoint(origin, 0, Frontier().root()) if note is None else self._opened(note)
        if signed != Checkpoint(origin, frontier.size, frontier.root()):
            raise AuditIntegrityError("The tree head in the database is not the one that was signed last.")
        if floor:
            here, there = (rank(self._shard(one)) for one in (signed, floor))
            if (here, signed.size) < (there, floor.size) or (signed.origin == floor.origin and _differs(signed, floor)):
                raise AuditIntegrityError("The log in the database is behind a checkpoint that was signed before.")
        return frontier

    def _opened(self, note: bytes) -> Checkpoint:
        return open_checkpoint(self._signer.verifier, note)

    def _shard(self, checkpoint: Checkpoint) -> str:
        return shard_of(self._signer.name, checkpoint.origin)

    def _place(self, note: bytes) -> tuple[tuple[str, int], int]:
        checkpoint = self._opened(note)
        return rank(self._shard(checkpoint)), checkpoint.size


def _hashes(entries: Iterable[StoredEntry]) -> tuple[bytes, ...]:
    return tuple(leaf_hash(entry.leaf) for entry in entries)


def _differs(one: Checkpoint, other: Checkpoint) -> bool:
    return one.size == other.size and one.root != other.root
