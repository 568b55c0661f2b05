"""The hashes of a shard as tiles in `audit_tile`, and what no tile holds yet from what stands below it.

A full tile is a row. The hashes of one that is not full, or not written yet, are computed: at level 0 from the leaves
in `audit_entry`, above it from the roots that stand beside the tiles below. Nothing here is believed by anyone: a
proof is checked against a signed checkpoint before it is handed out, and by whoever gets it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from phiward.adapters.postgres.database import Connection, Database
from phiward.audit.merkle import HASH_BYTES
from phiward.audit.ports import TILE_HASHES
from phiward.audit.tiles import HEIGHT, Tile, perfect_root, split
from phiward.domain.errors import AuditIntegrityError

Connections = Callable[[], AbstractAsyncContextManager[Connection]]
AT_ONCE = 64
"""Tiles written in one statement: half a megabyte."""

READ = """
SELECT w.level, w.tile, coalesce(
           (SELECT substring(t.hashes FOR w.width * 32) FROM audit_tile t
             WHERE t.shard = %b AND t.level = w.level AND t.tile = w.tile AND length(t.hashes) >= w.width * 32),
           CASE w.level
           WHEN 0 THEN (SELECT string_agg(coalesce(e.leaf_hash, sha256('\\x00'::bytea || e.leaf)), ''::bytea
                                            ORDER BY e.leaf_index)
                          FROM audit_entry e
                         WHERE e.shard = %b AND e.leaf_index >= w.tile * 256 AND e.leaf_index < w.tile * 256 + w.width)
           ELSE (SELECT string_agg(b.root, ''::bytea ORDER BY b.tile) FROM audit_tile b
                  WHERE b.shard = %b AND b.level = w.level - 1
                    AND b.tile >= w.tile * 256 AND b.tile < w.tile * 256 + w.width)
           END)
  FROM unnest(%b::smallint[], %b::bigint[], %b::integer[]) AS w(level, tile, width)
"""
"""The row of a tile, or else what it is made of, hashed where it stands: 32 bytes travel and not a leaf."""

WRITE = """
INSERT INTO audit_tile (shard, level, tile, hashes, root)
SELECT %b, level, tile, hashes, root
  FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[], %b::bytea[]) AS given(level, tile, hashes, root)
    ON CONFLICT DO NOTHING
"""


class PostgresHashReader:
    """Implements `HashReader` for one shard. What is asked for at once is read in one statement."""

    def __init__(self, database: Database | Connections, shard: str) -> None:
        """`database` connects as the gateway's or the auditor's role; or gives the connection of a snapshot."""
        self._connections = database.plain if isinstance(database, Database) else database
        self._shard = shard
        self._wanted: list[tuple[Tile, asyncio.Future[Sequence[bytes]]]] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """The first `width` hashes of a tile. Raises AuditIntegrityError when they are not there, StorageError."""
        done: asyncio.Future[Sequence[bytes]] = asyncio.get_running_loop().create_future()
        if not self._wanted:  # the task runs when every caller of this turn has said what it wants
            task = asyncio.create_task(self._answer())
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        self._wanted.append((Tile(level, index, width), done))
        return await done

    async def tiles(self, wanted: Sequence[Tile]) -> list[Sequence[bytes]]:
        """Many, in their order. Raises as `tile`."""
        async with self._connections() as connection:
            found = await self._read(connection, wanted)
        return [found[one] for one in wanted]

    async def _answer(self) -> None:
        waiting, self._wanted = self._wanted, []
        try:
            found = await self.tiles([tile for tile, _ in waiting])
        except BaseException as error:
            for _, done in waiting:
                if not done.done():
                    done.set_exception(error)
                    done.exception()  # a caller that was cancelled never looks; that is no fault
            if not isinstance(error, Exception):
                raise
            return
        for (_, done), hashes in zip(waiting, found, strict=True):
            if not done.done():
                done.set_result(hashes)

    async def _read(self, connection: Connection, wanted: Iterable[Tile]) -> dict[Tile, Sequence[bytes]]:
        tiles = {(one.level, one.index): one for one in wanted}
        levels, indices, widths = zip(*((one.level, one.index, one.width) for one in tiles.values()), strict=True)
        values = [self._shard, self._shard, self._shard, list(levels), list(indices), list(widths)]
        cursor = await connection.execute(READ, values, binary=True)
        found: dict[Tile, Sequence[bytes]] = {}
        for level, index, hashes in await cursor.fetchall():
            tile = tiles[level, index]
            if hashes is not None and len(hashes) == tile.width * HASH_BYTES:
                found[tile] = split(bytes(hashes))
            else:
                found[tile] = await self._from_below(connection, tile)
        return found

    async def _from_below(self, connection: Connection, tile: Tile) -> Sequence[bytes]:
        """Some tile below is not written yet: soon after a batch, or where a log had no tiles before."""
        if tile.level == 0:
            raise AuditIntegrityError("Hashes of the log are missing.")
        first = tile.index * TILE_HASHES
        roots: list[bytes] = []
        for at in range(first, first + tile.width, AT_ONCE):
            below = [Tile(tile.level - 1, one, TILE_HASHES) for one in range(at, min(at + AT_ONCE, first + tile.width))]
            found = await self._read(connection, below)
            roots += [perfect_root(found[one]) for one in below]
        return roots


class TileWriter:
    """Writes what is due. Several processes may, and one that dies is followed by any other."""

    def __init__(self, database: Database) -> None:
        """`database` connects as the gateway's role."""
        self._database = database
        self._written: dict[str, dict[int, int]] = {}
        self._closed: set[str] = set()

    async def write(self, shard: str, upto: int, closed: bool) -> int:
        """The tiles of the first `upto` entries that are full, and the partial ones where the shard is `closed`.

        Returns how many this process wrote. Asks the database nothing when none is due. Raises AuditIntegrityError
        when hashes are missing, StorageError; what was written before stays, and the next call goes on from there.
        """
        if shard in self._closed:
            return 0
        if shard not in self._written:
            self._written[shard] = await self._read_written(shard) if closed or upto >= TILE_HASHES else {}
        count = level = 0
        while upto >> level * HEIGHT:
            count += await self._level(shard, level, upto >> level * HEIGHT, closed=closed)
            level += 1
        if closed:
            self._closed.add(shard)
            self._written.pop(shard)
        return count

    async def _level(self, shard: str, level: int, hashes: int, *, closed: bool) -> int:
        """`hashes`: how many this level has."""
        written = self._written[shard]
        full, count = hashes // TILE_HASHES, 0
        for at in range(written.get(level, 0), full, AT_ONCE):
            end = min(at + AT_ONCE, full)
            count += await self._insert(shard, [Tile(level, one, TILE_HASHES) for one in range(at, end)])
            written[level] = end
        if closed and hashes % TILE_HASHES:
            count += await self._insert(shard, [Tile(level, full, hashes % TILE_HASHES)])
        return count

    async def _insert(self, shard: str, tiles: Sequence[Tile]) -> int:
        found = await PostgresHashReader(self._database, shard).tiles(tiles)
        values = [
            shard,
            [one.level for one in tiles],
            [one.index for one in tiles],
            [b"".join(hashes) for hashes in found],
            [perfect_root(hashes) if len(hashes) == TILE_HASHES else None for hashes in found],
        ]
        async with self._database.plain() as connection:
            return (await connection.execute(WRITE, values)).rowcount

    async def _read_written(self, shard: str) -> dict[int, int]:
        """How many full tiles each level has: they are written in their order."""
        async with self._database.plain() as connection:
            cursor = await connection.execute(
                "SELECT level, max(tile) + 1 FROM audit_tile WHERE shard = %s AND root IS NOT NULL GROUP BY level",
                [shard],
            )
            return dict(await cursor.fetchall())


@asynccontextmanager
async def given(connection: Connection) -> AsyncIterator[Connection]:
    """A connection that is open already, for a reader in somebody's transaction; two cannot read on it at once."""
    yield connection
