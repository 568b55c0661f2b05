"""The audit log of one installation, composed: who signs, where checkpoints are kept, who numbers, who checks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_alarms import AuditAlarms
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.heartbeat import Heartbeat
from phiward.audit.anchoring import Anchoring, Prove
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.opened import Opened, open_checkpoint
from phiward.audit.ports import Consistency
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.domain.errors import AnchorError, PhiwardError
from phiward.settings import Settings
from phiward.wiring.anchors import anchors_of, remembered
from phiward.wiring.base import signer_of, utc_now

FLUSH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Log:
    """What one gateway process keeps the log with."""

    audit: PostgresAuditLog
    store: PostgresAuditStore
    sequencer: Sequencer
    anchoring: Anchoring
    heartbeat: Heartbeat
    alarms: AuditAlarms

    def running(self) -> tuple[Any, ...]:
        """What runs beside the requests."""
        return self.sequencer.run(), self.anchoring.run(), self.heartbeat.run(), self.alarms.run()


def prover(database: Database) -> Prove:
    """Gives consistency proofs up to a checkpoint, from the stored hashes."""

    def up_to(checkpoint: Checkpoint) -> Consistency:
        async def proof(old_size: int) -> Sequence[bytes]:
            raise AnchorError("No consistency proof can be given.")

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
    anchors, signer = anchors_of(settings), signer_of(settings)
    store = PostgresAuditStore(database)
    notes = (await remembered(anchors)).notes
    kept = Opened(notes, signer.verifier).valid if despite else notes
    alarms = AuditAlarms(warden, utc_now, webhook=settings.alert_webhook is not None)
    anchoring = Anchoring(
        anchors,
        lambda note: open_checkpoint(signer.verifier, note),
        prover(database),
        PostgresAnchorBook(database),
        utc_now,
        alarms,
    )
    sequencer = Sequencer(
        store,
        signer,
        anchoring.offer,
        kept,
        period=ShardPeriod(settings.audit_shard),
        alarm=alarms,
        hurry=anchoring.hurry,
    )
    audit = PostgresAuditLog(database, worker, sequencer.notify)
    newest = await store.newest_checkpoint()
    if newest is not None:  # a process that died after numbering may not have kept it
        anchoring.offer(newest)
    try:
        yield Log(audit, store, sequencer, anchoring, Heartbeat(audit, utc_now), alarms)
    finally:
        with contextlib.suppress(PhiwardError, TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await sequencer.once()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await anchoring.flush()
