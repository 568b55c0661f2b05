"""Gives entries their order, in batches, by whoever holds the lock on the tree-head row.

Entries were acknowledged when they were committed; their index comes later and from here alone. One
batch is one transaction: lock the head, number what waits, grow the tree, sign, commit. A process
that dies in it changes nothing; the next one takes over when its connection ends.

A log must never sign two stories. So a head is not believed because it stands in the database: it
must be the one this process wrote last, or the one of the newest checkpoint that our key signed, and
not behind any checkpoint that was kept outside. Otherwise nothing is numbered any more, loudly; what
is appended stays durable and waits. Source: https://c2sp.org/tlog-checkpoint, section Signatures
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable

import structlog

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.signer import Signer
from phiward.domain.audit import TreeHead
from phiward.domain.errors import AuditIntegrityError, PhiwardError
from phiward.domain.ports import AuditBatch, AuditStore
from phiward.logs import frames_of

BATCH = 100
PAUSE_SECONDS = 0.05
IDLE_SECONDS = 1.0
BACKOFF_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 30.0
KEEP_SECONDS = 1.0
"""Under load a checkpoint goes outside once in this many seconds; otherwise each goes at once."""

log = structlog.get_logger("phiward.audit")
Keep = Callable[[bytes], None]


async def sequence_once(store: AuditStore, signer: Signer, keep: Keep, limit: int = BATCH) -> int:
    """Number one batch; returns how many. `keep` gets the checkpoint after it is committed.

    Raises StorageError; AuditIntegrityError when the head is not one that this log signed; OSError
    when the checkpoint could not be kept, though the batch is committed.
    """
    sequencer = Sequencer(store, signer, keep)
    numbered = await sequencer.once(limit)
    await sequencer.keep_newest()
    return numbered


class Sequencer:
    """The loop around it: soon after a notification, else once a second; survives a lost database."""

    def __init__(self, store: AuditStore, signer: Signer, keep: Keep, kept: Iterable[bytes] = ()) -> None:
        """`keep` stores a checkpoint outside the database and may block; `kept` are those stored before.

        Raises AuditIntegrityError when `kept` holds a note that our key did not sign.
        """
        self._store, self._signer, self._keep = store, signer, keep
        self._woken = asyncio.Event()
        self._trusted: TreeHead | None = None
        self._floor = max((self._opened(note) for note in kept), key=lambda one: one.size, default=None)
        self._unkept: bytes | None = None
        self._kept_at = float("-inf")
        self._failures = 0

    @property
    def healthy(self) -> bool:
        """Whether the last attempt succeeded."""
        return self._failures == 0

    def notify(self) -> None:
        """Something was appended."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; the newest checkpoint is then still kept."""
        try:
            while True:
                await self._step()
        finally:
            if self._unkept is not None:
                with contextlib.suppress(OSError):  # the database has it; the next process keeps a newer one
                    self._keep(self._unkept)

    async def once(self, limit: int = BATCH) -> int:
        """Number one batch; returns how many. Raises StorageError, AuditIntegrityError."""
        async with self._store.batch(limit) as batch:
            if not batch.waiting:
                return 0
            frontier = await self._believed(batch)
            frontier.extend(leaf_hash(entry.leaf) for entry in batch.waiting)
            head, checkpoint = (
                TreeHead(frontier.size, frontier.subtrees),
                Checkpoint(self._signer.name, frontier.size, frontier.root()),
            )
            note = self._signer.checkpoint(checkpoint.size, checkpoint.root)
            await batch.commit(head, note)
        self._trusted, self._floor, self._unkept = head, checkpoint, note
        return len(batch.waiting)

    async def keep_newest(self) -> None:
        """Store the newest checkpoint outside, unless that is done. Raises OSError."""
        note = self._unkept
        if note is not None:
            await asyncio.to_thread(self._keep, note)
            self._unkept = None
            self._kept_at = time.monotonic()

    async def _step(self) -> None:
        try:
            numbered = await self.once()
            if numbered < BATCH or time.monotonic() - self._kept_at > KEEP_SECONDS:
                await self.keep_newest()
        except (PhiwardError, OSError) as error:
            self._failures += 1
            log.error("sequencing failed", kind=type(error).__name__, frames=frames_of(error))
            await asyncio.sleep(min(MAX_BACKOFF_SECONDS, BACKOFF_SECONDS * 2 ** min(self._failures - 1, 8)))
            return
        self._failures = 0
        if numbered < BATCH:
            await self._pause()

    async def _pause(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _believed(self, batch: AuditBatch) -> Frontier:
        """The head as a tree, if it is one that this log stands by."""
        try:
            frontier = Frontier(batch.head.size, batch.head.frontier)
        except ValueError as error:
            raise AuditIntegrityError("The tree head in the database is not a tree.") from error
        if batch.head == self._trusted:
            return frontier
        note = await batch.newest_checkpoint()
        signed = Checkpoint(self._signer.name, 0, Frontier().root()) if note is None else self._opened(note)
        if (signed.size, signed.root) != (frontier.size, frontier.root()):
            raise AuditIntegrityError("The tree head in the database is not the one that was signed last.")
        floor = self._floor
        if floor and (signed.size < floor.size or (signed.size == floor.size and signed.root != floor.root)):
            raise AuditIntegrityError("The log in the database is behind a checkpoint that was signed before.")
        return frontier

    def _opened(self, note: bytes) -> Checkpoint:
        checkpoint = parse_checkpoint(self._signer.verifier.open(note))
        if checkpoint.origin != self._signer.name:
            raise AuditIntegrityError("A checkpoint is of another log.")
        return checkpoint
