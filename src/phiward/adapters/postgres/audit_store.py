"""What the sequencer and the verifier read and write."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import TupleRow

from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.audit import Addendum, StoredEntry, TreeHead
from phiward.domain.errors import StorageError

PAGE = 1_000

OPEN_BATCH = """
SET LOCAL lock_timeout = '15s';
SET LOCAL idle_in_transaction_session_timeout = '10s';
SELECT size, frontier FROM audit_head FOR UPDATE
"""
"""One round trip. A stopped holder of the lock is cut off by the server, and the next one gets it."""

# In a statement of its own: one that waits for the lock would still see what was there before.
WAITING = (
    "SELECT id, interaction, kind, leaf FROM audit_entry WHERE leaf_index IS NULL ORDER BY recorded_at, id LIMIT %b"
)

COMMIT_BATCH = """
WITH numbered AS (
    UPDATE audit_entry e SET leaf_index = n.leaf_index, shard = ''
      FROM unnest(%b::uuid[], %b::bigint[]) AS n(id, leaf_index) WHERE e.id = n.id RETURNING 1
), head AS (
    UPDATE audit_head SET size = %b, frontier = %b::bytea[] RETURNING 1
), checkpoint AS (
    INSERT INTO audit_checkpoint (size, note) VALUES (%b, %b) RETURNING 1
)
SELECT (SELECT count(*) FROM numbered), (SELECT count(*) FROM head), (SELECT count(*) FROM checkpoint)
"""

ENTRIES = """
SELECT e.id, e.interaction, e.kind, e.leaf, e.leaf_index, e.tenant, e.recorded_at,
       (SELECT array_agg(name ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id),
       (SELECT array_agg(ciphertext ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id)
  FROM audit_entry e WHERE e.leaf_index IS NOT NULL ORDER BY e.leaf_index
"""


@dataclass
class PostgresAuditBatch:
    """One sequencing transaction; the tree-head row is locked until it ends."""

    head: TreeHead
    waiting: Sequence[StoredEntry]
    connection: Connection

    async def commit(self, head: TreeHead, checkpoint: bytes) -> None:
        """Number the entries, store head and checkpoint. Committed when the batch is left.

        Raises StorageError when an entry or the head is not there any more.
        """
        ids = [entry.id for entry in self.waiting]
        indices = list(range(self.head.size, head.size))
        if len(ids) != len(indices):
            raise StorageError("A batch does not fit its tree head.")
        values = [ids, indices, head.size, list(head.frontier), head.size, checkpoint]
        cursor = await self.connection.execute(COMMIT_BATCH, values)
        if await cursor.fetchone() != (len(ids), 1, 1):
            raise StorageError("A batch was not stored whole.")

    async def newest_checkpoint(self) -> bytes | None:
        """The signed checkpoint of the largest size, if there is any."""
        cursor = await self.connection.execute("SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1")
        row = await cursor.fetchone()
        return bytes(row[0]) if row else None


class PostgresAuditView:
    """The log in one read-only transaction that sees one instant."""

    def __init__(self, connection: Connection) -> None:
        """`connection` is in that transaction."""
        self._connection = connection

    async def head(self) -> TreeHead:
        """The stored head; an empty one when the row is gone, which no log with entries fits."""
        cursor = await self._connection.execute("SELECT size, frontier FROM audit_head")
        return _head(await cursor.fetchone()) or TreeHead(0, ())

    async def entries(self) -> AsyncIterator[StoredEntry]:
        """Numbered entries with their addenda by index, whatever the indices are, from a server-side cursor."""
        async with self._connection.cursor("audit_entries", binary=True) as cursor:
            await cursor.execute(ENTRIES)
            while rows := await cursor.fetchmany(PAGE):
                for row in rows:
                    yield _stored(row)

    async def checkpoints(self) -> Sequence[bytes]:
        """Signed checkpoints, oldest first."""
        cursor = await self._connection.execute("SELECT note FROM audit_checkpoint ORDER BY size", binary=True)
        return [bytes(row[0]) for row in await cursor.fetchall()]

    async def unsequenced(self) -> int:
        """How many entries wait for an index."""
        cursor = await self._connection.execute("SELECT count(*) FROM audit_entry WHERE leaf_index IS NULL")
        row = await cursor.fetchone()
        return int(row[0]) if row else 0


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
            head = _head(await cursor.fetchone())
            if head is None:
                raise StorageError("The tree head is missing.")
            cursor = await connection.execute(WAITING, [limit], binary=True)
            waiting = [StoredEntry(one[0], one[1], one[2], bytes(one[3]), None) for one in await cursor.fetchall()]
            yield PostgresAuditBatch(head, waiting, connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[PostgresAuditView]:
        """The log at one instant. Raises StorageError."""
        async with self._database.plain() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresAuditView(connection)

    async def head(self) -> TreeHead:
        """The stored head. Raises StorageError when it is missing."""
        async with self._database.plain() as connection:
            cursor = await connection.execute("SELECT size, frontier FROM audit_head")
            head = _head(await cursor.fetchone())
        if head is None:
            raise StorageError("The tree head is missing.")
        return head

    async def of_interaction(self, interaction: UUID) -> Sequence[StoredEntry]:
        """The entries of one interaction, intent first."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(
                "SELECT id, interaction, kind, leaf, leaf_index FROM audit_entry WHERE interaction = %s"
                " ORDER BY recorded_at",
                [interaction],
            )
            rows = await cursor.fetchall()
        return [StoredEntry(row[0], row[1], row[2], bytes(row[3]), row[4]) for row in rows]

    async def newest_released(self) -> UUID | None:
        """The interaction that was answered last."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(
                "SELECT interaction FROM audit_entry WHERE kind = 'outcome' ORDER BY recorded_at DESC LIMIT 1"
            )
            row = await cursor.fetchone()
        return UUID(str(row[0])) if row else None


def _head(row: TupleRow | None) -> TreeHead | None:
    return TreeHead(row[0], tuple(bytes(one) for one in row[1])) if row else None


def _stored(row: TupleRow) -> StoredEntry:
    addenda = tuple(Addendum(name, bytes(text)) for name, text in zip(row[7] or (), row[8] or (), strict=True))
    return StoredEntry(row[0], row[1], row[2], bytes(row[3]), row[4], addenda, row[5], row[6])
