"""Entries and shards as they are read for evidence."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_evidence import PostgresEvidence
from phiward.adapters.postgres.database import Database
from phiward.domain.audit import EntryKind
from phiward.domain.errors import AuditIntegrityError
from tests.postgres import RunningDatabase

from .log_entries import as_admin, entry, opened
from .log_shards import ShardedLog


@pytest.fixture
async def app(running: RunningDatabase) -> AsyncIterator[Database]:
    """The gateway's pool."""
    async with opened(running.app) as database:
        yield database


@pytest.fixture
async def evidence(running: RunningDatabase) -> AsyncIterator[PostgresEvidence]:
    """With the auditor's role."""
    async with opened(running.auditor) as database:
        yield PostgresEvidence(database)


async def test_an_unknown_id_finds_nothing(evidence: PostgresEvidence) -> None:
    """Neither an entry nor an interaction."""
    assert await evidence.find(uuid4()) == []


async def test_an_entry_is_found_by_its_id_and_all_by_their_interaction(
    app: Database, evidence: PostgresEvidence
) -> None:
    """The intent first, with the leaf as stored; without a number before it has one."""
    interaction = uuid4()
    log = PostgresAuditLog(app, uuid4())
    intent, outcome = entry(interaction), entry(interaction, EntryKind.OUTCOME)
    await log.append(intent)
    await log.append(outcome)
    assert [one.entry.index for one in await evidence.find(interaction)] == [None, None]
    note = await ShardedLog(app).number("2031")
    assert [one.entry.id for one in await evidence.find(interaction)] == [intent.id, outcome.id]
    (found,) = await evidence.find(outcome.id)
    assert (found.entry.shard, found.entry.index, found.entry.kind) == ("2031", 1, "outcome")
    assert found.note == note


async def test_an_id_that_is_both_finds_the_entry(app: Database, evidence: PostgresEvidence) -> None:
    """Ids are random; who makes one by hand does not get another entry proved."""
    first = entry()
    await PostgresAuditLog(app, uuid4()).append(first)
    await PostgresAuditLog(app, uuid4()).append(entry(first.id))
    assert [one.entry.id for one in await evidence.find(first.id)] == [first.id]
    await ShardedLog(app).number("2032")


async def test_a_shard_without_a_checkpoint_has_no_newest(evidence: PostgresEvidence) -> None:
    """It is opened, or not exported."""
    async with evidence.snapshot() as view:
        assert await view.newest_checkpoint("2099") is None


async def test_the_newest_checkpoint_is_the_largest_of_its_shard(app: Database, evidence: PostgresEvidence) -> None:
    """Not of another."""
    log = ShardedLog(app)
    await log.grow("2033", 2)
    newest = await log.grow("2033", 10)
    await log.grow("2034", 20)
    assert (await evidence.find(log.ids["2033"][0]))[0].note == newest
    async with evidence.snapshot() as view:
        assert [note async for note in view.checkpoints("2033")] == log.notes["2033"]
        names = [one.name for one in await view.shards()]
        assert names == sorted(names)
        assert names[0] == ""


async def test_a_snapshot_does_not_see_what_comes_later(app: Database, evidence: PostgresEvidence) -> None:
    """A gateway appends while it is read; neither waits for the other."""
    log = ShardedLog(app)
    first = await log.grow("2035", 3)
    async with evidence.snapshot() as view:
        assert await view.newest_checkpoint("2035") == first
        await log.grow("2035", 2)
        assert await view.newest_checkpoint("2035") == first
        assert [leaf async for leaf in view.leaves("2035", 1, 3)] == log.leaves["2035"][1:3]
        assert await view.hashes("2035").tile(0, 0, 3) == log.hashes("2035")[:3]
        with pytest.raises(AuditIntegrityError):
            await view.hashes("2035").tile(0, 0, 5)


@pytest.mark.parametrize("place", [0, 2, 4])
async def test_a_missing_entry_is_not_passed_over(
    running: RunningDatabase, app: Database, evidence: PostgresEvidence, place: int
) -> None:
    """The first, one in the middle and the last."""
    shard = f"203{place + 4}-01"
    await ShardedLog(app).grow(shard, 5)
    as_admin(running, "DELETE FROM audit_addendum")
    as_admin(running, "DELETE FROM audit_entry WHERE shard = %s AND leaf_index = %s", shard, place)
    async with evidence.snapshot() as view:
        with pytest.raises(AuditIntegrityError):
            assert [leaf async for leaf in view.leaves(shard, 0, 5)]
