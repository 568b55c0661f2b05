"""Hashes from the database against those of the leaves, whatever was written as a tile by then."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from uuid import uuid4

import pytest

from phiward.adapters.postgres.audit_tiles import PostgresHashReader, TileWriter
from phiward.adapters.postgres.database import Database
from phiward.audit.merkle import consistency_proof, inclusion_proof, root_hash
from phiward.audit.tiles import Tile, consistency, inclusion, root_of, split, tiles_of
from phiward.domain.errors import AuditIntegrityError, StorageError
from tests.postgres import RunningDatabase, Server

from .log_entries import Counting, as_admin, opened
from .log_shards import ShardedLog

SIZE = 700
SHARD = "2026"


@pytest.fixture
def fresh(postgres: Server) -> Iterator[RunningDatabase]:
    """A database of its own for each test."""
    database = postgres.make()
    yield database
    postgres.drop(database)


@pytest.fixture
async def app(fresh: RunningDatabase) -> AsyncIterator[Counting]:
    """The gateway's pool, which counts."""
    async with opened(fresh.app) as database:
        yield database


@pytest.fixture
async def log(app: Counting) -> ShardedLog:
    """A shard of 700 entries, and a few in the one before, so that shards are told apart."""
    made = ShardedLog(app)
    await made.grow("", 3)
    await made.grow(SHARD, SIZE)
    return made


def stored(fresh: RunningDatabase, shard: str = SHARD) -> list[tuple[Tile, bytes]]:
    """The rows."""
    rows = as_admin(fresh, "SELECT level, tile, hashes FROM audit_tile WHERE shard = %s ORDER BY 1, 2", shard)
    return [(Tile(level, tile, len(hashes) // 32), bytes(hashes)) for level, tile, hashes in rows]


async def proofs(database: Database, hashes: Sequence[bytes], shard: str = SHARD) -> None:
    """Roots and proofs at several sizes are those of the plain functions."""
    reader = PostgresHashReader(database, shard)
    for size in (1, 255, 256, 257, 512, 600, len(hashes)):
        assert await root_of(reader, size) == root_hash(hashes[:size])
        for index in {0, size // 2, size - 1}:
            assert await inclusion(reader, index, size) == inclusion_proof(hashes[:size], index)
        assert await consistency(reader, max(1, size // 2), size) == consistency_proof(hashes[:size], max(1, size // 2))


async def test_hashes_that_are_not_there_are_an_integrity_error(fresh: RunningDatabase, log: ShardedLog) -> None:
    """Beyond the log, in another shard, and where an entry was deleted."""
    async with opened(fresh.auditor) as auditor:
        for shard, level, index, width in ((SHARD, 0, 2, 200), (SHARD, 1, 0, 3), ("2027", 0, 0, 1), ("", 0, 0, 4)):
            with pytest.raises(AuditIntegrityError):
                await PostgresHashReader(auditor, shard).tile(level, index, width)
        as_admin(fresh, "DELETE FROM audit_addendum")
        as_admin(fresh, "DELETE FROM audit_entry WHERE shard = %s AND leaf_index = 7", SHARD)
        with pytest.raises(AuditIntegrityError):
            await root_of(PostgresHashReader(auditor, SHARD), SIZE)
        assert await PostgresHashReader(auditor, SHARD).tile(0, 1, 256) == log.hashes(SHARD)[256:512]


async def test_a_database_that_is_gone_is_a_storage_error(postgres: Server) -> None:
    """For each of the callers that share a read."""
    database = postgres.make()
    async with opened(database.app) as app:
        reader = PostgresHashReader(app, SHARD)
        postgres.drop(database)
        failed = await asyncio.gather(reader.tile(0, 0, 1), reader.tile(0, 1, 1), return_exceptions=True)
        assert [type(one) for one in failed] == [StorageError, StorageError]


async def test_without_any_tile_hashes_come_from_the_leaves(fresh: RunningDatabase, log: ShardedLog) -> None:
    """With the auditor's role, which writes nothing."""
    async with opened(fresh.auditor) as auditor:
        await proofs(auditor, log.hashes(SHARD))
    assert stored(fresh) == []


@pytest.mark.parametrize("written", [300, 512, SIZE])
async def test_with_tiles_of_some_of_it_the_hashes_are_the_same(
    fresh: RunningDatabase, app: Counting, log: ShardedLog, written: int
) -> None:
    """As far as the writer came: one tile, two, and all that are full."""
    await TileWriter(app).write(SHARD, written, closed=False)
    await proofs(app, log.hashes(SHARD))


async def test_the_tiles_are_read_once_the_entries_are_gone(
    fresh: RunningDatabase, app: Counting, log: ShardedLog
) -> None:
    """Of a closed shard, whose partial tiles were written too; and nothing is invented for another."""
    await TileWriter(app).write(SHARD, SIZE, closed=True)
    await log.close(SHARD)
    as_admin(fresh, "DELETE FROM audit_addendum")
    as_admin(fresh, "DELETE FROM audit_entry")
    await proofs(app, log.hashes(SHARD))


async def test_whatever_a_proof_needs_is_read_in_one_statement(app: Counting, log: ShardedLog) -> None:
    """One connection is asked for once."""
    await TileWriter(app).write(SHARD, SIZE, closed=False)
    before = app.asked
    await inclusion(PostgresHashReader(app, SHARD), 3, SIZE)
    assert app.asked - before == 1


async def test_a_caller_that_gave_up_does_not_disturb_the_others(app: Counting, log: ShardedLog) -> None:
    """They share a read; and the next turn begins a new one."""
    reader = PostgresHashReader(app, SHARD)
    gone, stays = asyncio.create_task(reader.tile(0, 0, 1)), asyncio.create_task(reader.tile(0, 1, 1))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == log.hashes(SHARD)[256:257]
    assert await reader.tile(0, 0, 2) == log.hashes(SHARD)[:2]


async def test_full_tiles_are_written_and_partial_ones_only_where_the_shard_is_closed(
    fresh: RunningDatabase, app: Counting, log: ShardedLog
) -> None:
    """The rows are the tiles of the specification."""
    hashes = log.hashes(SHARD)
    writer = TileWriter(app)
    assert await writer.write(SHARD, SIZE, closed=False) == 2
    assert [tile for tile, _ in stored(fresh)] == [Tile(0, 0, 256), Tile(0, 1, 256)]
    assert await writer.write(SHARD, SIZE, closed=True) == 2
    rows = dict(stored(fresh))
    assert sorted(rows) == sorted(tiles_of(SIZE))
    assert split(rows[Tile(0, 2, 188)]) == hashes[512:]
    assert split(rows[Tile(1, 0, 2)]) == [root_hash(hashes[:256]), root_hash(hashes[256:512])]
    assert stored(fresh, "") == []


async def test_a_writer_asks_nothing_when_nothing_is_due(app: Counting, log: ShardedLog) -> None:
    """It must not slow the sequencer: not before the first tile, not between two, not for a closed shard."""
    writer = TileWriter(app)
    before = app.asked
    await writer.write(SHARD, 255, closed=False)
    assert app.asked == before
    await writer.write(SHARD, 600, closed=False)
    before = app.asked
    for upto in (600, 650, SIZE):
        assert await writer.write(SHARD, upto, closed=False) == 0
    assert app.asked == before
    await writer.write(SHARD, SIZE, closed=True)
    before = app.asked
    assert await writer.write(SHARD, SIZE, closed=True) == 0
    assert app.asked == before


async def test_another_writer_goes_on_where_the_first_died(
    fresh: RunningDatabase, app: Counting, log: ShardedLog
) -> None:
    """It reads what is there, and writes the rest alone."""
    await TileWriter(app).write(SHARD, 300, closed=False)
    assert await TileWriter(app).write(SHARD, SIZE, closed=False) == 1
    assert await TileWriter(app).write(SHARD, SIZE, closed=False) == 0
    assert len(stored(fresh)) == 2


async def test_many_writers_at_once_write_each_tile_once(
    fresh: RunningDatabase, app: Counting, log: ShardedLog
) -> None:
    """Counted together."""
    counts = await asyncio.gather(*(TileWriter(app).write(SHARD, SIZE, closed=True) for _ in range(6)))
    assert sum(counts) == 4
    assert sorted(dict(stored(fresh))) == sorted(tiles_of(SIZE))


async def test_a_tile_of_tiles_is_made_from_the_roots_below_it(fresh: RunningDatabase, app: Counting) -> None:
    """Of 66,000 entries: the level above is written whole, and where the rows below are gone, made from leaves."""
    shard, size = "2027", 66_000
    as_admin(
        fresh,
        "INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf, leaf_index, shard)"
        " SELECT gen_random_uuid(), %s, gen_random_uuid(), 'intent', %s, now(), int4send(n), n, %s"
        " FROM generate_series(0, %s) n",
        *(uuid4(), uuid4(), shard, size - 1),
    )
    log = ShardedLog(app)
    log.leaves[shard] = [number.to_bytes(4, "big") for number in range(size)]
    hashes = log.hashes(shard)
    reader = PostgresHashReader(app, shard)
    assert await TileWriter(app).write(shard, size, closed=False) == 257 + 1
    assert await root_of(reader, size) == root_hash(hashes)
    assert await inclusion(reader, 300, 65_000) == inclusion_proof(hashes[:65_000], 300)
    as_admin(fresh, "DELETE FROM audit_tile WHERE tile = 9 OR level = 1")
    assert await reader.tile(1, 0, 256) == [root_hash(hashes[at : at + 256]) for at in range(0, 65_536, 256)]
    assert await inclusion(reader, 2_400, size) == inclusion_proof(hashes, 2_400)
