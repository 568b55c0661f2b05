"""What the sequencer reads and writes: one batch, one transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import TupleRow

from phiward.adapters.postgres.audit_view import PostgresAuditView, head_of
from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.audit import StoredEntry, TreeHead
from phiward.domain.errors import StorageError

OPEN_BATCH = """
SET LOCAL lock_timeout = '15s';
SET LOCAL idle_in_transaction_session_timeout = '10s';
SELECT size, frontier, shard, latest_at, clock_timestamp(), proposed_shard, proposed FROM audit_head FOR UPDATE
"""
"""One round trip. A stopped holder of the lock is cut off by the server, and the next one gets it."""

# In a statement of its own: one that waits for the lock would still see what was there before.
WAITING = """
SELECT id, interaction, kind, leaf, worker, recorded_at FROM audit_entry
 WHERE leaf_index IS NULL ORDER BY recorded_at, id LIMIT %b
"""

# In the order in which they were proposed.
PROPOSED = """
SELECT e.id, e.interaction, e.kind, e.leaf, e.worker, e.recorded_at
  FROM unnest(%b::uuid[]) WITH ORDINALITY AS p(id, place) JOIN audit_entry e ON e.id = p.id ORDER BY p.place
"""

COMMIT_BATCH = """
WITH numbered AS (
    UPDATE audit_entry e SET leaf_index = n.leaf_index, shard = %b, leaf_hash = sha256('\\x00'::bytea || e.leaf)
      FROM unnest(%b::uuid[], %b::bigint[]) AS n(id, leaf_index) WHERE e.id = n.id RETURNING 1
), head AS (
    UPDATE audit_head SET size = %b, frontier = %b::bytea[], shard = %b, latest_at = %b,
        proposed_shard = NULL, proposed = NULL RETURNING 1
), checkpoint AS (
    INSERT INTO audit_checkpoint (shard, size, note) VALUES (%b, %b, %b) RETURNING 1
)
SELECT (SELECT count(*) FROM numbered), (SELECT count(*) FROM head), (SELECT count(*) FROM checkpoint)
"""

APPEND = """
INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass
class PostgresAuditBatch:
    """One sequencing transaction; the tree-head row is locked until it ends.

    `now` is the database's clock, `latest_at` what the batch before this one saw there. `proposed_shard` where the
    batch was fixed before: `waiting` is then what was proposed.
    """

    head: TreeHead
    waiting: Sequence[StoredEntry]
    now: datetime
    latest_at: datetime | None
    proposed_shard: str | None
    connection: Connection

    async def propose(self, shard: str, entries: Sequence[StoredEntry]) -> None:
        """Fix the next batch, for whoever comes next. Raises StorageError."""
        values = [shard, [entry.id for entry in entries]]
        await self.connection.execute("UPDATE audit_head SET proposed_shard = %s, proposed = %s", values)

    async def append(self, entry: StoredEntry) -> None:
        """Insert an entry of the log about itself; it waits for its number like any other. Raises StorageError."""
        values = [entry.id, entry.tenant, entry.interaction, entry.kind, entry.worker, entry.recorded_at, entry.leaf]
        await self.connection.execute(APPEND, values)

    async def open_shard(self, shard: str) -> None:
        """Close the shard of `head` and open another. Raises StorageError."""
        closed = "UPDATE audit_shard SET closed_size = %s WHERE name = %s AND closed_size IS NULL"
        await self.connection.execute(closed, [self.head.size, self.head.shard])
        await self.connection.execute("INSERT INTO audit_shard (name, opened_at) VALUES (%s, %s)", [shard, self.now])

    async def commit(self, head: TreeHead, checkpoint: bytes) -> None:
        """Number the entries, store head and checkpoint. Committed when the batch is left.

        Raises StorageError when an entry or the head is not there any more.
        """
        ids = [entry.id for entry in self.waiting]
        indices = list(range(self.head.size, head.size))
        if len(ids) != len(indices) or head.shard != self.head.shard:
            raise StorageError("A batch does not fit its tree head.")
        values = [head.shard, ids, indices, head.size, list(head.frontier), head.shard, self.now]
        cursor = await self.connection.execute(COMMIT_BATCH, [*values, head.shard, head.size, checkpoint])
        if await cursor.fetchone() != (len(ids), 1, 1):
            raise StorageError("A batch was not stored whole.")

    async def newest_checkpoint(self) -> bytes | None:
        """The signed checkpoint of the largest size of this shard, if there is any."""
        cursor = await self.connection.execute(
            "SELECT note FROM audit_checkpoint WHERE shard = %s ORDER BY size DESC LIMIT 1", [self.head.shard]
        )
        row = await cursor.fetchone()
        return bytes(row[0]) if row else None


class PostgresAuditStore:
    """Implements `AuditStore`; with the gateway's role to sequence, with the auditor's to verify."""

    def __init__(self, database: Database) -> None:
        """`database` connects as one of those roles."""
        self._database = database

    @asynccontextmanager
    async def batch(self, limit: int) -> AsyncIterator[PostgresAuditBatch]:
        """Lock the head, and read it and what waits. Raises StorageError, also when the lock is not got."""
        async with self._database.plain() as connection, connection.transaction():
            cursor = await connection.execute(OPEN_BATCH)
            while cursor.nextset():
                pass
            row = await cursor.fetchone()
            if row is None:
                raise StorageError("The tree head is missing.")
            if row[5] is None:
                cursor = await connection.execute(WAITING, [limit], binary=True)
            else:
                cursor = await connection.execute(PROPOSED, [row[6]], binary=True)
            waiting = [_waiting(one) for one in await cursor.fetchall()]
            if row[5] is not None and len(waiting) != len(row[6]):
                raise StorageError("A batch that was fixed is not whole any more.")
            yield PostgresAuditBatch(head_of(row), waiting, row[4], row[3], row[5], connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[PostgresAuditView]:
        """The log at one instant. Raises StorageError."""
        async with self._database.plain() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresAuditView(connection)

    async def head(self) -> TreeHead:
        """The stored head. Raises StorageError when it is missing."""
        async with self._database.plain() as connection:
            row = await (await connection.execute("SELECT size, frontier, shard FROM audit_head")).fetchone()
        if row is None:
            raise StorageError("The tree head is missing.")
        return head_of(row)

    async def newest_checkpoint(self) -> bytes | None:
        """The signed checkpoint of the head. Raises StorageError."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(
                "SELECT c.note FROM audit_checkpoint c JOIN audit_head h ON (h.shard, h.size) = (c.shard, c.size)"
            )
            row = await cursor.fetchone()
        return bytes(row[0]) if row else None

    async def of_interaction(self, interaction: UUID) -> Sequence[StoredEntry]:
        """The entries of one interaction, intent first."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(
                "SELECT id, interaction, kind, leaf, leaf_index, shard FROM audit_entry WHERE interaction = %s"
                " ORDER BY recorded_at",
                [interaction],
            )
            rows = await cursor.fetchall()
        return [StoredEntry(row[0], row[1], row[2], bytes(row[3]), row[4], shard=row[5]) for row in rows]

    async def newest_released(self) -> UUID | None:
        """The interaction that was answered last."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(
                "SELECT interaction FROM audit_entry WHERE kind = 'outcome' ORDER BY recorded_at DESC LIMIT 1"
            )
            row = await cursor.fetchone()
        return UUID(str(row[0])) if row else None


def _waiting(row: TupleRow) -> StoredEntry:
    return StoredEntry(row[0], row[1], row[2], bytes(row[3]), None, worker=row[4], recorded_at=row[5])
