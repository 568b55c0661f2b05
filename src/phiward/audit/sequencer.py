"""Gives entries their order, in batches, by whoever holds the lock on the tree-head row.

Entries were acknowledged when they were committed; their index comes later and from here alone. One
batch is one transaction: lock the head, number what waits, grow the tree, sign, commit. A process
that dies in it changes nothing; the next one takes over when its connection ends.
"""

import asyncio
from collections.abc import Callable

import structlog

from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.signer import Signer
from phiward.domain.audit import TreeHead
from phiward.domain.errors import PhiwardError
from phiward.domain.ports import AuditStore
from phiward.logs import frames_of

BATCH = 100
PAUSE_SECONDS = 0.05
IDLE_SECONDS = 1.0
BACKOFF_SECONDS = 1.0

log = structlog.get_logger("phiward.audit")
Keep = Callable[[bytes], None]


async def sequence_once(store: AuditStore, signer: Signer, keep: Keep, limit: int = BATCH) -> int:
    """Number one batch; returns how many. `keep` gets the checkpoint after it is committed."""
    async with store.batch(limit) as batch:
        if not batch.waiting:
            return 0
        frontier = Frontier(batch.head.size, batch.head.frontier)
        frontier.extend(leaf_hash(entry.leaf) for entry in batch.waiting)
        checkpoint = signer.checkpoint(frontier.size, frontier.root())
        await batch.commit(TreeHead(frontier.size, frontier.subtrees), checkpoint)
    keep(checkpoint)
    return len(batch.waiting)


class Sequencer:
    """The loop around it: soon after a notification, else once a second; survives a lost database."""

    def __init__(self, store: AuditStore, signer: Signer, keep: Keep) -> None:
        """`keep` stores a checkpoint outside the database."""
        self._store, self._signer, self._keep = store, signer, keep
        self._woken = asyncio.Event()

    def notify(self) -> None:
        """Something was appended."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                numbered = await sequence_once(self._store, self._signer, self._keep)
            except (PhiwardError, OSError) as error:
                log.warning("sequencing failed", kind=type(error).__name__, frames=frames_of(error))
                await asyncio.sleep(BACKOFF_SECONDS)
                continue
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
