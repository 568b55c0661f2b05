"""What the verifier reads: the log at one instant, shard by shard."""

from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

from psycopg.rows import TupleRow

from phiward.adapters.postgres.database import Connection
from phiward.domain.audit import Addendum, Shard, StoredEntry, TreeHead

PAGE = 1_000
HASH_BYTES = 32

ENTRIES = """
SELECT e.id, e.interaction, e.kind, e.leaf, e.leaf_index, e.tenant, e.recorded_at, e.worker,
       (SELECT array_agg(name ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id),
       (SELECT array_agg(ciphertext ORDER BY name) FROM audit_addendum a WHERE a.entry = e.id)
  FROM audit_entry e WHERE e.shard = %b AND e.leaf_index IS NOT NULL ORDER BY e.leaf_index
"""

# The names that entries carry, found by skipping through the index: a shard that only entries know is found too.
SHARDS = """
WITH RECURSIVE named(name) AS (
    SELECT min(shard) FROM audit_entry
    UNION ALL
    SELECT (SELECT min(shard) FROM audit_entry WHERE shard > n.name) FROM named n WHERE n.name IS NOT NULL
)
SELECT name, s.opened_at, s.closed_size, s.destroyed_at
  FROM (SELECT name FROM named WHERE name IS NOT NULL UNION SELECT name FROM audit_shard
        UNION SELECT DISTINCT shard FROM audit_checkpoint) AS every(name)
  LEFT JOIN audit_shard s USING (name)
"""


class PostgresAuditView:
    """The log in one read-only transaction that sees one instant."""

    def __init__(self, connection: Connection) -> None:
        """`connection` is in that transaction."""
        self._connection = connection

    async def head(self) -> TreeHead:
        """The stored head; an empty one when the row is gone, which no log with entries fits."""
        cursor = await self._connection.execute("SELECT size, frontier, shard FROM audit_head")
        row = await cursor.fetchone()
        return head_of(row) if row else TreeHead(0, ())

    async def shards(self) -> Mapping[str, Shard | None]:
        """By name, every shard that anything in the database speaks of; None where `audit_shard` has no row."""
        rows = await (await self._connection.execute(SHARDS)).fetchall()
        return {row[0]: Shard(*row) if row[1] is not None else None for row in rows}

    async def entries(self, shard: str) -> AsyncIterator[StoredEntry]:
        """Its entries with their addenda by index, whatever the indices are, from a server-side cursor."""
        async with self._connection.cursor("audit_entries", binary=True) as cursor:
            await cursor.execute(ENTRIES, [shard])
            while rows := await cursor.fetchmany(PAGE):
                for row in rows:
                    yield _stored(row, shard)

    async def kept_hashes(self, shard: str) -> AsyncIterator[bytes]:
        """The leaf hashes that its tiles keep, in order, as far as they are dense."""
        async with self._connection.cursor("audit_tiles", binary=True) as cursor:
            await cursor.execute(
                "SELECT tile, hashes FROM audit_tile WHERE shard = %b AND level = 0 ORDER BY tile", [shard]
            )
            due = 0
            while rows := await cursor.fetchmany(PAGE):
                for tile, hashes in rows:
                    if tile != due:
                        return
                    due += 1
                    for start in range(0, len(hashes), HASH_BYTES):
                        yield bytes(hashes[start : start + HASH_BYTES])

    async def checkpoints(self, shard: str) -> Sequence[bytes]:
        """Its signed checkpoints, oldest first."""
        cursor = await self._connection.execute(
            "SELECT note FROM audit_checkpoint WHERE shard = %s ORDER BY size", [shard], binary=True
        )
        return [bytes(row[0]) for row in await cursor.fetchall()]

    async def unsequenced(self) -> Mapping[UUID, int]:
        """How many entries of each process wait for an index."""
        cursor = await self._connection.execute(
            "SELECT worker, count(*) FROM audit_entry WHERE leaf_index IS NULL GROUP BY worker"
        )
        return {UUID(str(row[0])): int(row[1]) for row in await cursor.fetchall()}


def head_of(row: TupleRow) -> TreeHead:
    """Of a row that begins with size, frontier and shard."""
    return TreeHead(row[0], tuple(bytes(one) for one in row[1]), row[2])


def _stored(row: TupleRow, shard: str) -> StoredEntry:
    addenda = tuple(Addendum(name, bytes(text)) for name, text in zip(row[8] or (), row[9] or (), strict=True))
    return StoredEntry(row[0], row[1], row[2], bytes(row[3]), row[4], addenda, row[5], row[6], row[7], shard)
