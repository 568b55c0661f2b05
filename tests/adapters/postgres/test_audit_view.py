"""The verifier sees every shard that anything in the database speaks of, and each at one instant."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.audit.sequencer import sequence_once
from phiward.audit.shards import ShardPeriod
from phiward.domain.audit import TreeHead
from tests.postgres import RunningDatabase, Server

from .log_entries import SIGNER, as_admin, entry, opened


@pytest.fixture
def own(postgres: Server) -> Iterator[RunningDatabase]:
    """A database of its own for each test."""
    database = postgres.make()
    yield database
    postgres.drop(database)


async def numbered(own: RunningDatabase, entries: int) -> None:
    """A log in one shard by year."""
    async with opened(own.app) as app:
        log = PostgresAuditLog(app, uuid4())
        for _ in range(entries):
            await log.append(entry())
        while await sequence_once(PostgresAuditStore(app), SIGNER, lambda note: None, period=ShardPeriod.YEAR):
            pass


async def test_a_shard_that_only_entries_or_only_checkpoints_name_is_seen(own: RunningDatabase) -> None:
    """Nothing hides by a row that is missing in the list."""
    await numbered(own, 3)
    as_admin(own, "UPDATE audit_entry SET shard = '1999' WHERE leaf_index = 2")
    as_admin(own, "INSERT INTO audit_checkpoint (shard, size, note) VALUES ('1998', 1, 'x')")
    async with opened(own.auditor) as database, PostgresAuditStore(database).snapshot() as view:
        shards = await view.shards()
        (year,) = {name for name in shards if name > "2000"}
        assert set(shards) == {"", year, "1999", "1998"}
        assert (shards["1999"], shards["1998"]) == (None, None)
        assert [one.index async for one in view.entries("1999")] == [2]
        assert await view.checkpoints("1998") == [b"x"]


async def test_kept_hashes_end_where_a_tile_is_missing(own: RunningDatabase) -> None:
    """A gap is not jumped over: the root behind it would be another tree's."""
    for tile, hashes in ((0, b"a" * 32 * 256), (1, b"b" * 64), (3, b"c" * 32)):
        as_admin(own, "INSERT INTO audit_tile (shard, level, tile, hashes) VALUES ('1999', 0, %s, %s)", tile, hashes)
    async with opened(own.auditor) as database, PostgresAuditStore(database).snapshot() as view:
        hashes = [one async for one in view.kept_hashes("1999")]
    assert hashes == [b"a" * 32] * 256 + [b"b" * 32] * 2


async def test_a_head_that_is_gone_is_an_empty_one(own: RunningDatabase) -> None:
    """No log with entries fits it, so it is a finding and not a crash."""
    await numbered(own, 1)
    as_admin(own, "DELETE FROM audit_head")
    async with opened(own.auditor) as database, PostgresAuditStore(database).snapshot() as view:
        assert await view.head() == TreeHead(0, ())
