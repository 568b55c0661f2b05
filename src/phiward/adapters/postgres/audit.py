"""Durable appends with group commit: one statement carries whatever queued while the last one ran.

`append` returns after the commit. Under load the cost of a round trip and of a flush to disk is
shared; alone, an entry goes at once. When a row is at fault, the batch is halved until the guilty one
stands alone, so that one bad entry cannot fail its neighbours; when the database is, all fail at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import psycopg

from phiward.adapters.postgres.database import Database
from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import Entry
from phiward.domain.errors import AuditUnavailableError, PhiwardError

MAX_ENTRIES = 128
MAX_BYTES = 8 * 1024 * 1024
"""Of one statement, ciphertexts included; a single entry may be larger."""
TIMEOUT_SECONDS = 15.0

INSERT = """
WITH entry AS (
    INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf)
    SELECT id, tenant, interaction, kind, %b, recorded_at, leaf
      FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[], %b::bytea[])
        AS given(id, tenant, interaction, kind, recorded_at, leaf)
)
INSERT INTO audit_addendum (entry, name, ciphertext)
SELECT * FROM unnest(%b::uuid[], %b::text[], %b::bytea[])
"""
"""Both tables in one statement, so that in autocommit both commit together."""

Pending = tuple[Entry, bytes, "asyncio.Future[None]"]


class PostgresAuditLog:
    """Implements `AuditLog` for one gateway process."""

    def __init__(
        self,
        database: Database,
        worker: UUID,
        appended: Callable[[], None] = lambda: None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """`worker` is this process's row; `appended` wakes the sequencer and must not raise."""
        self._database, self._worker, self._appended = database, worker, appended
        self._timeout_seconds = timeout_seconds
        self._waiting: list[Pending] = []
        self._writer: asyncio.Task[None] | None = None
        self.acknowledged = 0
        """How many entries this process was acknowledged: so many of its own must be in the log."""

    async def append(self, entry: Entry) -> None:
        """Return when the entry is committed. Raises AuditUnavailableError.

        The error means that the entry is not known to be durable: a connection that is lost during the
        commit can leave it recorded. A cancelled caller does not undo an entry that is on its way.
        """
        leaf = encode_leaf(entry, self._worker)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, leaf, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        batch: Sequence[Pending] = ()
        try:
            while self._waiting:
                batch = self._next_batch()
                await self._commit(batch)
                self._appended()
        finally:
            self._writer = None
            left, self._waiting = [*batch, *self._waiting], []
            _settle(left, failed=True)  # those that are settled already stay as they are

    def _next_batch(self) -> Sequence[Pending]:
        count = size = 0
        for entry, leaf, _ in self._waiting[:MAX_ENTRIES]:
            size += len(leaf) + sum(len(one.ciphertext) for one in entry.addenda)
            if count and size > MAX_BYTES:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _commit(self, batch: Sequence[Pending]) -> None:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._insert(batch)
        except (PhiwardError, TimeoutError, psycopg.Error, UnicodeError) as error:
            if len(batch) > 1 and _is_of_a_row(error):
                middle = len(batch) // 2
                await self._commit(batch[:middle])
                await self._commit(batch[middle:])
            else:
                _settle(batch, failed=True)
        else:
            self.acknowledged += len(batch)
            _settle(batch, failed=False)

    async def _insert(self, batch: Sequence[Pending]) -> None:
        entries = [entry for entry, _, _ in batch]
        addenda = [(entry.id, one.name, one.ciphertext) for entry in entries for one in entry.addenda]
        values = [
            self._worker,
            [entry.id for entry in entries],
            [entry.tenant for entry in entries],
            [entry.interaction for entry in entries],
            [str(entry.kind) for entry in entries],
            [entry.recorded_at for entry in entries],
            [leaf for _, leaf, _ in batch],
            [entry for entry, _, _ in addenda],
            [name for _, name, _ in addenda],
            [ciphertext for _, _, ciphertext in addenda],
        ]
        async with self._database.plain() as connection:
            await connection.execute(INSERT, values)


def _is_of_a_row(error: BaseException) -> bool:
    """Whether some row is at fault: a second outcome, a value that the database cannot hold."""
    cause = error.__cause__ or error
    return isinstance(cause, psycopg.IntegrityError | psycopg.DataError | UnicodeError)


def _settle(batch: Sequence[Pending], *, failed: bool) -> None:
    for _, _, done in batch:
        if done.done():
            continue
        if failed:
            done.set_exception(AuditUnavailableError("The audit log cannot be written, so nothing was released."))
            done.exception()  # a caller that was cancelled never looks; that is no fault
        else:
            done.set_result(None)
