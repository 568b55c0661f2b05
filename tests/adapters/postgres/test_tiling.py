"""Tiles follow the numbers, close with their shard, and are caught up by whoever comes after a process that died."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from phiward.adapters.postgres import tiling as module
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.tiling import Tiling
from phiward.audit.opened import open_checkpoint
from phiward.audit.sequencer import sequence_once
from phiward.audit.shards import ShardPeriod, shard_of
from tests.postgres import RunningDatabase, Server

from .log_entries import SIGNER, as_admin, entry, opened


@pytest.fixture
def own(postgres: Server) -> Iterator[RunningDatabase]:
    """A database of its own for each test."""
    database = postgres.make()
    yield database
    postgres.drop(database)


def reach(note: bytes) -> tuple[str, int]:
    """Shard and size of a checkpoint."""
    checkpoint = open_checkpoint(SIGNER.verifier, note)
    return shard_of(SIGNER.name, checkpoint.origin), checkpoint.size


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Tiling]:
    """Beside the test."""
    tiling = Tiling(database, reach)
    task = asyncio.create_task(tiling.run())
    try:
        yield tiling
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def numbered(app: Database, entries: int, period: ShardPeriod | None = None) -> bytes:
    """So many more; returns the newest checkpoint."""
    log, notes = PostgresAuditLog(app, uuid4()), list[bytes]()
    await asyncio.gather(*(log.append(entry()) for _ in range(entries)))
    while await sequence_once(PostgresAuditStore(app), SIGNER, notes.append, period=period):
        pass
    return notes[-1]


def tiles(own: RunningDatabase) -> set[tuple[Any, ...]]:
    """Shard, level, tile, hashes of each."""
    return set(as_admin(own, "SELECT shard, level, tile, length(hashes) / 32 FROM audit_tile"))


async def until(own: RunningDatabase, wanted: set[tuple[Any, ...]]) -> None:
    """The suite's time-out ends what never comes."""
    while tiles(own) != wanted:  # noqa: ASYNC110 - what is awaited has no event
        await asyncio.sleep(0.02)


async def test_a_full_tile_is_written_and_the_rest_when_the_shard_closes(own: RunningDatabase) -> None:
    """A destroyed shard leaves nothing but these."""
    async with opened(own.app) as app, running(app) as tiling:
        tiling.offer(await numbered(app, 300))
        await until(own, {("", 0, 0, 256)})
        note = await numbered(app, 1, ShardPeriod.YEAR)
        year = reach(note)[0]
        tiling.offer(note)
        await until(own, {("", 0, 0, 256), ("", 0, 1, 44), ("", 1, 0, 1)})
        assert reach(note) == (year, 2)


async def test_what_a_process_left_behind_is_caught_up_at_the_start_of_the_next(own: RunningDatabase) -> None:
    """It died after the numbers, before the tiles."""
    async with opened(own.app) as app:
        await numbered(app, 260)
        newest = await numbered(app, 1, ShardPeriod.YEAR)
        assert tiles(own) == set()
        async with running(app) as tiling:
            tiling.offer(newest)
            await until(own, {("", 0, 0, 256), ("", 0, 1, 4), ("", 1, 0, 1)})


async def test_a_database_that_is_away_is_asked_again(own: RunningDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles are never needed at once."""
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    async with opened(own.app) as app:
        newest = await numbered(app, 256)
        as_admin(own, "REVOKE INSERT ON audit_tile FROM phiward_app")
        async with running(app) as tiling:
            tiling.offer(newest)
            await asyncio.sleep(0.1)
            assert tiles(own) == set()
            as_admin(own, "GRANT INSERT ON audit_tile TO phiward_app")
            await until(own, {("", 0, 0, 256)})
