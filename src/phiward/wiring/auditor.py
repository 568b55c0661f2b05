"""What the commands read the log with, and its numbering where no gateway runs that would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.roles import APP, AUDITOR
from phiward.audit.leaf import decode_leaf
from phiward.audit.opened import Opened, open_checkpoint
from phiward.audit.ports import CheckpointSigner
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.domain.errors import AuditIntegrityError
from phiward.settings import Settings
from phiward.wiring.anchors import open_anchors, remembered
from phiward.wiring.base import open_database, signer_of
from phiward.wiring.log import prover


@dataclass(frozen=True, slots=True)
class Auditor:
    """Reads the log."""

    store: PostgresAuditStore
    signer: CheckpointSigner
    book: PostgresAnchorBook

    async def interaction(self, interaction: UUID) -> list[dict[str, Any]]:
        """The leaves of one interaction, with their indices."""
        entries = await self.store.of_interaction(interaction)
        return [{"shard": entry.shard, "index": entry.index, **decode_leaf(entry.leaf)} for entry in entries]

    async def newest_released(self) -> UUID:
        """Raises AuditIntegrityError when nothing was released yet."""
        found = await self.store.newest_released()
        if found is None:
            raise AuditIntegrityError("No answer was released yet.")
        return found


@asynccontextmanager
async def open_auditor(settings: Settings) -> AsyncIterator[Auditor]:
    """For commands; the database must run."""
    async with open_database(settings, AUDITOR) as database:
        yield Auditor(PostgresAuditStore(database), signer_of(settings), PostgresAnchorBook(database))


@asynccontextmanager
async def _numbering(settings: Settings) -> AsyncIterator[Sequencer]:
    """A sequencer for a command; what it signed goes to every anchor at the end. Raises AnchorError then."""
    signed: list[bytes] = []
    async with open_anchors(settings) as anchors, open_database(settings, APP) as database:
        signer = signer_of(settings)
        valid = Opened((await remembered(anchors)).notes, signer.verifier).valid
        period = ShardPeriod(settings.audit_shard)
        yield Sequencer(PostgresAuditStore(database), signer, signed.append, valid, period=period)
        for note in signed[-1:]:
            checkpoint = open_checkpoint(signer.verifier, note)
            consistency = prover(database, signer.name)(checkpoint)
            for anchor in anchors:
                await anchor.keep(checkpoint, note, consistency)


async def sequence_all(settings: Settings) -> int:
    """Number every entry that waits, where no gateway runs that would; returns how many."""
    total = 0
    async with _numbering(settings) as sequencer:
        while numbered := await sequencer.once():
            total += numbered
    return total


async def restore_log(settings: Settings, reason: str) -> str:
    """Go on from a restored backup; returns the name of the new shard. Raises as Sequencer.restore does."""
    async with _numbering(settings) as sequencer:
        return await sequencer.restore(reason)
