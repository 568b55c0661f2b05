"""What the sequencer and the verifier read and write."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.audit import Addendum, StoredEntry, TreeHead
from phiward.domain.errors import StorageError

LOCK_MILLISECONDS = 5_000
IDLE_MILLISECONDS = 10_000
PAGE = 2_000


@dataclass
class PostgresAuditBatch:
    """One sequencing transaction; the tree-head row is locked until it ends."""

    head: TreeHead
    waiting: Sequence[StoredEntry]
    connection: Connection

    async def commit(self, head: TreeHead, checkpoint: bytes) -> None:
        """Number the entries, store head and checkpoint. Committed when the batch is left."""
        ids = [entry.id for entry in self.waiting]
        indices = list(range(self.head.size, head.size))
        if len(ids) != len(indices):
            raise StorageError("A batch does not fit its tree head.")
        await self.connection.execute(
            "UPDATE audit_entry e SET leaf_index = n.leaf_index"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS n(id, leaf_index) WHERE e.id = n.id",
            [ids, indices],
        )
        await self.connection.execute(
            "UPDATE audit_head SET size = %s, frontier = %s", [head.size, list(head.frontier)]
        )
        await self.connection.execute(
            "INSERT INTO audit_checkpoint (size, note) VALUES (%s, %s)", [head.size, checkpoint]
        )


class PostgresAuditStore:
    """Implements `AuditStore`; with the gateway's role to sequence, with the auditor's to verify."""

    def __init__(self, database: Database) -> None:
        """`database` connects as one of those roles."""
        self._database = database

    @asynccontextmanager
    async def batch(self, limit: int) -> AsyncIterator[PostgresAuditBatch]:
        """Lock the head, and read it and what waits. A stopped holder is cut off by the server."""
        async with self._database.plain() as connection, connection.transaction():
            await connection.execute(
                f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS};"
                f" SET LOCAL idle_in_transaction_session_timeout = {IDLE_MILLISECONDS}"
            )
            cursor = await connection.execute("SELECT size, frontier FROM audit_head FOR UPDATE")
            row = await cursor.fetchone()
            if row is None:
                raise StorageError("The tree head is missing.")
            cursor = await connection.execute(
                "SELECT id, interaction, kind, leaf FROM audit_entry WHERE leaf_index IS NULL"
                " ORDER BY recorded_at, id LIMIT %s",
                [limit],
            )
            waiting = [StoredEntry(one[0], one[1], one[2], bytes(one[3]), None) for one in await cursor.fetchall()]
            head = TreeHead(row[0], tuple(bytes(one) for one in row[1]))
            yield PostgresAuditBatch(head, waiting, connection)

    async def head(self) -> TreeHead:
        """The stored head. Raises StorageError when it is missing."""
        async with self._database.plain() as connection:
            cursor = await connection.execute("SELECT size, frontier FROM audit_head")
            row = await cursor.fetchone()
        if row is None:
            raise StorageError("The tree head is missing.")
        return TreeHead(row[0], tuple(bytes(one) for one in row[1]))

    async def entries(self) -> AsyncIterator[StoredEntry]:
        """Numbered entries with their addenda, in pages by index, whatever the indices are."""
        after = -(2**62)
        while True:
            async with self._database.plain() as connection:
                cursor = await connection.execute(
                    "SELECT e.id, e.interaction, e.kind, e.leaf, e.leaf_index,"
                    " (SELECT array_agg(name ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id),"
                    " (SELECT array_agg(ciphertext ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id)"
                    " FROM audit_entry e WHERE e.leaf_index > %s ORDER BY e.leaf_index LIMIT %s",
                    [after, PAGE],
                    binary=True,
                )
                rows = await cursor.fetchall()
            for row in rows:
                addenda = tuple(
                    Addendum(name, bytes(ciphertext))
                    for name, ciphertext in zip(row[5] or (), row[6] or (), strict=True)
                )
                yield StoredEntry(row[0], row[1], row[2], bytes(row[3]), row[4], addenda)
            if len(rows) < PAGE:
                return
            after = rows[-1][4]

    async def checkpoints(self) -> Sequence[bytes]:
        """Signed checkpoints, oldest first."""
        async with self._database.plain() as connection:
            cursor = await connection.execute("SELECT note FROM audit_checkpoint ORDER BY size")
            return [bytes(row[0]) for row in await cursor.fetchall()]

    async def unsequenced(self) -> int:
        """How many entries wait for an index."""
        async with self._database.plain() as connection:
            cursor = await connection.execute("SELECT count(*) FROM audit_entry WHERE leaf_index IS NULL")
            row = await cursor.fetchone()
        return int(row[0]) if row else 0

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
