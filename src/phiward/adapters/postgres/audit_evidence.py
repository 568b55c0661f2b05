"""What leaves the log as evidence: single entries to prove, and whole shards at one instant to export."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from phiward.adapters.postgres.audit_tiles import PostgresHashReader, given
from phiward.adapters.postgres.database import Connection, Database
from phiward.audit.shards import rank
from phiward.domain.audit import Shard, StoredEntry
from phiward.domain.errors import AuditIntegrityError

PAGE = 1_000

FIND = """
SELECT id, interaction, kind, leaf, leaf_index, shard,
       (SELECT note FROM audit_checkpoint c WHERE c.shard = e.shard ORDER BY size DESC LIMIT 1)
  FROM audit_entry e WHERE id = %b OR interaction = %b ORDER BY id = %b DESC, recorded_at, kind
"""
NEWEST = "SELECT note FROM audit_checkpoint WHERE shard = %b ORDER BY size DESC LIMIT 1"
SHARDS = "SELECT name, opened_at, closed_size, destroyed_at FROM audit_shard"
CHECKPOINTS = "SELECT note FROM audit_checkpoint WHERE shard = %b ORDER BY size"
LEAVES = (
    "SELECT leaf_index, leaf FROM audit_entry WHERE shard = %b AND leaf_index >= %b AND leaf_index < %b"
    " ORDER BY leaf_index"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and the largest checkpoint that was signed of its shard; empty where there is none."""

    entry: StoredEntry
    note: bytes = field(repr=False)


class PostgresEvidence:
    """Reads for `audit prove` and `audit export`, with the auditor's role."""

    def __init__(self, database: Database) -> None:
        """`database` connects as that role."""
        self._database = database

    async def find(self, wanted: UUID) -> Sequence[Found]:
        """The entry of this id, or those of this interaction by time; none where nothing stands under it."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(FIND, [wanted, wanted, wanted], binary=True)
            rows = await cursor.fetchall()
        found = [
            Found(StoredEntry(row[0], row[1], row[2], bytes(row[3]), row[4], shard=row[5]), bytes(row[6] or b""))
            for row in rows
        ]
        return found[:1] if found and found[0].entry.id == wanted else found

    def hashes(self, shard: str) -> PostgresHashReader:
        """The stored hashes of a shard."""
        return PostgresHashReader(self._database, shard)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["EvidenceView"]:
        """The log at one instant, whatever a gateway appends meanwhile. Raises StorageError."""
        async with self._database.plain() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield EvidenceView(connection)


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """In that transaction. One read at a time."""

    connection: Connection

    async def shards(self) -> Sequence[Shard]:
        """Every shard in its order. Raises AuditIntegrityError for one with a name that is not ours."""
        rows = await (await self.connection.execute(SHARDS, binary=True)).fetchall()
        return sorted((Shard(*row) for row in rows), key=lambda one: rank(one.name))

    async def newest_checkpoint(self, shard: str) -> bytes | None:
        """The largest one that was signed of it; None where it has none yet."""
        row = await (await self.connection.execute(NEWEST, [shard], binary=True)).fetchone()
        return bytes(row[0]) if row else None

    async def checkpoints(self, shard: str) -> AsyncIterator[bytes]:
        """All of a shard, smallest first."""
        async with self.connection.cursor("evidence_checkpoints", binary=True) as cursor:
            await cursor.execute(CHECKPOINTS, [shard])
            while rows := await cursor.fetchmany(PAGE):
                for row in rows:
                    yield bytes(row[0])

    async def leaves(self, shard: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Leaves `start` to `end` (exclusive). Raises AuditIntegrityError where one is missing or comes twice."""
        due = start
        async with self.connection.cursor("evidence_leaves", binary=True) as cursor:
            await cursor.execute(LEAVES, [shard, start, end])
            while rows := await cursor.fetchmany(PAGE):
                for index, leaf in rows:
                    if index != due:
                        raise AuditIntegrityError("An entry of the log is missing, or comes twice.")
                    yield bytes(leaf)
                    due += 1
        if due != end:
            raise AuditIntegrityError("An entry of the log is missing, or comes twice.")

    def hashes(self, shard: str) -> PostgresHashReader:
        """The stored hashes of a shard, as of this instant."""
        return PostgresHashReader(lambda: given(self.connection), shard)
