"""Durable appends with group commit: one statement carries whatever queued while the last one ran.

`append` returns after the commit. Under load the cost of a round trip and of a flush to disk is
shared; alone, an entry goes at once. A batch that fails is tried again entry by entry, so that one
bad entry cannot fail its neighbours. Source of the rates: docs/measurements.md.
"""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import psycopg

from phiward.adapters.postgres.database import Database
from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import Entry
from phiward.domain.errors import AuditUnavailableError, StorageError

MAX_BATCH = 64

INSERT = """
WITH entry AS (
    INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::timestamptz[], %s::bytea[])
)
INSERT INTO audit_addendum (entry, name, ciphertext)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bytea[])
"""
"""Both tables in one statement, so that in autocommit both commit together."""

Pending = tuple[Entry, bytes, "asyncio.Future[None]"]


class PostgresAuditLog:
    """Implements `AuditLog` for one gateway process."""

    def __init__(self, database: Database, worker: UUID, appended: Callable[[], None] = lambda: None) -> None:
        """`worker` is this process's row; `appended` wakes the sequencer."""
        self._database, self._worker, self._appended = database, worker, appended
        self._waiting: list[Pending] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, entry: Entry) -> None:
        """Return when the entry is committed. Raises AuditUnavailableError, and then nothing is recorded.

        A cancelled caller does not undo an entry that is on its way.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, encode_leaf(entry), done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await asyncio.shield(done)

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                await self._commit(batch)
                self._appended()
        finally:
            self._writer = None
            for _, _, done in self._waiting:
                _settle(done, AuditUnavailableError("The audit log cannot be written."))

    async def _commit(self, batch: Sequence[Pending]) -> None:
        try:
            await self._insert(batch)
        except (StorageError, psycopg.Error):
            if len(batch) == 1:
                _settle(batch[0][2], AuditUnavailableError("The audit log cannot be written, so nothing was released."))
                return
            for one in batch:
                await self._commit([one])
            return
        for _, _, done in batch:
            _settle(done, None)

    async def _insert(self, batch: Sequence[Pending]) -> None:
        entries = [entry for entry, _, _ in batch]
        addenda = [(entry.id, one.name, one.ciphertext) for entry in entries for one in entry.addenda]
        values = [
            [entry.id for entry in entries],
            [entry.tenant for entry in entries],
            [entry.interaction for entry in entries],
            [str(entry.kind) for entry in entries],
            [self._worker] * len(entries),
            [entry.recorded_at for entry in entries],
            [leaf for _, leaf, _ in batch],
            [entry for entry, _, _ in addenda],
            [name for _, name, _ in addenda],
            [ciphertext for _, _, ciphertext in addenda],
        ]
        async with self._database.plain() as connection:
            await connection.execute(INSERT, values)


def _settle(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
        done.exception()  # a caller that was cancelled never looks; that is no fault
