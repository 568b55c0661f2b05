"""The audit log of one installation, composed: who signs, where checkpoints are kept, who numbers, who checks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_alarms import AuditAlarms
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.audit_tiles import PostgresHashReader
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.heartbeat import Heartbeat
from phiward.adapters.postgres.tiling import Tiling
from phiward.audit.anchoring import Anchoring, Prove
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.opened import Opened, open_checkpoint
from phiward.audit.ports import Anchor, Consistency
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod, shard_of
from phiward.audit.tiles import consistency
from phiward.domain.errors import PhiwardError
from phiward.settings import Settings
from phiward.wiring.anchors import open_anchors, remembered
from phiward.wiring.base import signer_of, utc_now

FLUSH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Log:
    """What one gateway process keeps the log with."""

    audit: PostgresAuditLog
    store: PostgresAuditStore
    sequencer: Sequencer
    anchoring: Anchoring
    tiling: Tiling
    heartbeat: Heartbeat
    alarms: AuditAlarms
    signed: Callable[[bytes], None]
    """Hears of each checkpoint."""

    def running(self) -> tuple[Any, ...]:
        """What runs beside the requests."""
        return self.sequencer.run(), self.anchoring.run(), self.tiling.run(), self.heartbeat.run(), self.alarms.run()


def prover(database: Database, log: str) -> Prove:
    """Gives consistency proofs up to a checkpoint of the log of that name, from the stored hashes."""

    def up_to(checkpoint: Checkpoint) -> Consistency:
        async def proof(old_size: int) -> Sequence[bytes]:
            reader = PostgresHashReader(database, shard_of(log, checkpoint.origin))
            return await consistency(reader, old_size, checkpoint.size)

        return proof

    return up_to


@asynccontextmanager
async def open_log(
    settings: Settings,
    database: Database,
    warden: Database,
    worker: UUID,
    *,
    despite: bool = False,
) -> AsyncIterator[Log]:
    """Compose for the process `worker`; at the end its newest checkpoint goes outside.

    `despite`: anchors that hold what this log never signed are passed over. Raises AuditIntegrityError otherwise.
    """
    async with open_anchors(settings) as anchors:
        notes = (await remembered(anchors)).notes
        kept = list(Opened(notes, signer_of(settings).verifier).valid) if despite else notes
        keeper = _composed(settings, database, warden, worker, anchors, kept)
        newest = await keeper.store.newest_checkpoint()
        if newest is not None:  # a process that died after numbering may not have kept it
            keeper.signed(newest)
        try:
            yield keeper
        finally:
            with contextlib.suppress(PhiwardError, TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await keeper.sequencer.once()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await keeper.anchoring.flush()


def _composed(
    settings: Settings,
    database: Database,
    warden: Database,
    worker: UUID,
    anchors: Sequence[Anchor],
    kept: Sequence[bytes],
) -> Log:
    signer = signer_of(settings)

    def opened(note: bytes) -> Checkpoint:
        return open_checkpoint(signer.verifier, note)

    def reach(note: bytes) -> tuple[str, int]:
        checkpoint = opened(note)
        return shard_of(signer.name, checkpoint.origin), checkpoint.size

    store = PostgresAuditStore(database)
    alarms = AuditAlarms(warden, utc_now, webhook=settings.alert_webhook is not None)
    prove = prover(database, signer.name)
    anchoring = Anchoring(anchors, opened, prove, PostgresAnchorBook(database), utc_now, alarms)
    tiling = Tiling(database, reach)

    def signed(note: bytes) -> None:
        anchoring.offer(note)
        tiling.offer(note)

    period, hurry = ShardPeriod(settings.audit_shard), anchoring.hurry
    sequencer = Sequencer(store, signer, signed, kept, period=period, alarm=alarms, hurry=hurry)
    audit = PostgresAuditLog(database, worker, sequencer.notify)
    return Log(audit, store, sequencer, anchoring, tiling, Heartbeat(audit, utc_now), alarms, signed)
