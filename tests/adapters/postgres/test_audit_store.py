"""Numbering by one sequencer at a time, and a superuser's every change, seen by the verifier."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.audit.leaf import encode_leaf
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.sequencer import sequence_once
from phiward.audit.verify import Report, verify
from phiward.domain.audit import EntryKind, TreeHead
from phiward.domain.errors import StorageError
from tests.postgres import RunningDatabase, Server

from .log_entries import SIGNER, Counting, as_admin, entry, fill, opened


@pytest.fixture
def own(postgres: Server) -> Iterator[RunningDatabase]:
    """A database, and so a log, for each test."""
    database = postgres.make()
    yield database
    postgres.drop(database)


@pytest_asyncio.fixture
async def app(own: RunningDatabase) -> AsyncIterator[Counting]:
    """The gateway's pool."""
    async with opened(own.app) as database:
        yield database


async def checked(own: RunningDatabase, anchors: list[bytes]) -> Report:
    """What the auditor's role finds."""
    async with opened(own.auditor) as database:
        return await verify(PostgresAuditStore(database), SIGNER.verifier, anchors)


def nowhere(_: bytes) -> None:
    """Keeps nothing."""


async def test_two_sequencers_at_once_number_without_gap_or_double(own: RunningDatabase, app: Counting) -> None:
    """The lock on the head lets one after the other."""
    await fill(app, 40)
    stores = [PostgresAuditStore(app), PostgresAuditStore(app)]

    async def work(store: PostgresAuditStore) -> int:
        total = 0
        while numbered := await sequence_once(store, SIGNER, nowhere, 3):
            total += numbered
        return total

    shares = await asyncio.gather(*(work(one) for one in stores))
    assert sum(shares) == 40
    indices = as_admin(own, "SELECT leaf_index FROM audit_entry ORDER BY leaf_index")
    assert indices == [(index,) for index in range(40)]
    assert (await checked(own, [])).holds


async def test_the_batch_of_a_killed_sequencer_is_taken_over(own: RunningDatabase, app: Counting) -> None:
    """Its connection ends in mid-batch, after it numbered: the next one starts from the old head."""
    await fill(app, 5)
    store = PostgresAuditStore(app)
    with pytest.raises(StorageError):
        async with store.batch(5) as batch:
            frontier = Frontier()
            frontier.extend(leaf_hash(one.leaf) for one in batch.waiting)
            note = SIGNER.checkpoint(frontier.size, frontier.root())
            await batch.commit(TreeHead(frontier.size, frontier.subtrees), note)
            pid = batch.connection.info.backend_pid
            as_admin(own, "SELECT pg_terminate_backend(%s)", pid)
            await batch.connection.execute("SELECT 1")
    assert (await store.head()).size == 0
    assert await sequence_once(PostgresAuditStore(app), SIGNER, nowhere) == 5
    assert (await checked(own, [])).holds


async def test_a_batch_that_fails_changes_nothing(own: RunningDatabase, app: Counting) -> None:
    """An error between reading and leaving, and a head that does not fit."""
    await fill(app, 2)
    store = PostgresAuditStore(app)
    with pytest.raises(ValueError, match="invented"):
        async with store.batch(5):
            raise ValueError("invented")
    with pytest.raises(StorageError, match="fit"):
        async with store.batch(5) as batch:
            await batch.commit(TreeHead(3, (bytes(32), bytes(32))), b"note")
    with pytest.raises(StorageError, match="whole"):
        async with store.batch(5) as batch:
            as_admin(own, "DELETE FROM audit_addendum")
            as_admin(own, "DELETE FROM audit_entry WHERE id = %s", batch.waiting[0].id)
            await batch.commit(TreeHead(2, (bytes(32),)), b"note")
    assert as_admin(own, "SELECT count(*) FROM audit_checkpoint")[0] == (0,)
    assert as_admin(own, "SELECT count(*) FROM audit_entry WHERE leaf_index IS NOT NULL")[0] == (0,)


async def test_a_missing_head_is_said_to_be_so(own: RunningDatabase, app: Counting) -> None:
    """The sequencer stops; it does not begin a second tree."""
    as_admin(own, "DELETE FROM audit_head")
    with pytest.raises(StorageError, match="head"):
        await sequence_once(PostgresAuditStore(app), SIGNER, nowhere)
    with pytest.raises(StorageError, match="head"):
        await PostgresAuditStore(app).head()


THREATS = [
    ("an entry edited", "UPDATE audit_entry SET leaf = replace(convert_from(leaf, 'UTF8'), 'invented', 'altered_')"
     "::bytea WHERE leaf_index = 3", 2),  # the checkpoints bound it: two entries are as they were
    ("an entry deleted", "WITH a AS (DELETE FROM audit_addendum WHERE entry IN (SELECT id FROM audit_entry"
     " WHERE leaf_index = 3)) DELETE FROM audit_entry WHERE leaf_index = 3", 3),
    ("two entries swapped", "UPDATE audit_entry SET leaf_index = -leaf_index WHERE leaf_index IN (2, 5);"
     "UPDATE audit_entry SET leaf_index = 7 + leaf_index WHERE leaf_index < 0", 2),
    ("the tail cut", "DELETE FROM audit_entry WHERE leaf_index >= 6", 6),
    ("a checkpoint deleted", "DELETE FROM audit_checkpoint WHERE size = 8", 6),
    ("the head changed", "UPDATE audit_head SET size = 7", None),
    ("an addendum edited", "UPDATE audit_addendum SET ciphertext = 'other' WHERE name = 'sent' AND entry ="
     " (SELECT id FROM audit_entry WHERE leaf_index = 4)", 4),
    ("an addendum removed", "DELETE FROM audit_addendum WHERE name = 'sent' AND entry ="
     " (SELECT id FROM audit_entry WHERE leaf_index = 4)", 4),
    ("an addendum added", "INSERT INTO audit_addendum SELECT id, 'more', 'x' FROM audit_entry WHERE leaf_index = 4", 4),
    ("a row that differs from its leaf", "UPDATE audit_entry SET interaction = gen_random_uuid()"
     " WHERE leaf_index = 4", 4),
    ("a tenant exchanged", "UPDATE audit_entry SET tenant = gen_random_uuid() WHERE leaf_index = 4", 4),
    ("a number taken away", "UPDATE audit_entry SET leaf_index = NULL WHERE leaf_index = 7", 7),
    ("everything emptied", "TRUNCATE audit_entry, audit_addendum, audit_checkpoint", 0),
]  # fmt: skip


async def a_log(own: RunningDatabase, app: Counting, folder: Path, entries: int = 8) -> list[bytes]:
    """A log with a checkpoint for each two entries, kept in the anchor as well."""
    anchor, store = FolderAnchor(folder), PostgresAuditStore(app)
    await fill(app, entries)
    while await sequence_once(store, SIGNER, anchor.append, 2):
        pass
    kept = list(anchor.read())
    sound = await checked(own, kept)
    assert (sound.holds, sound.entries, len(kept)) == (True, entries, entries // 2)
    return kept


@pytest.mark.parametrize(("what", "statement", "index"), THREATS, ids=[one[0] for one in THREATS])
async def test_what_a_superuser_changes_is_found(
    own: RunningDatabase, app: Counting, tmp_path: Path, what: str, statement: str, index: int | None
) -> None:
    """With the triggers switched off; where it can be known, at the right place."""
    kept = await a_log(own, app, tmp_path)
    as_admin(own, statement)
    report = await checked(own, kept)
    assert not report.holds, what
    if index is not None:
        assert report.first_bad_index == index


def _rebuild(own: RunningDatabase, *, forge: bool) -> None:
    """Head and checkpoints made again from the entries, as an attacker would who knows how."""
    leaves = [row[0] for row in as_admin(own, "SELECT leaf FROM audit_entry ORDER BY leaf_index")]
    frontier = Frontier()
    notes = []
    for leaf in leaves:
        frontier.append(leaf_hash(bytes(leaf)))
        notes.append((frontier.size, SIGNER.checkpoint(frontier.size, frontier.root())))
    as_admin(own, "UPDATE audit_head SET size = %s, frontier = %s", frontier.size, list(frontier.subtrees))
    as_admin(own, "DELETE FROM audit_checkpoint WHERE size > %s OR %s", frontier.size, forge)
    if forge:
        for size, note in notes:
            as_admin(own, "INSERT INTO audit_checkpoint (size, note) VALUES (%s, %s)", size, note)


@pytest.mark.parametrize("forge", [False, True], ids=["hashes", "hashes and signatures"])
async def test_an_edit_with_everything_recomputed_is_found(
    own: RunningDatabase, app: Counting, tmp_path: Path, forge: bool
) -> None:
    """Even with the signing key in the wrong hands, the checkpoints kept outside say otherwise."""
    kept = await a_log(own, app, tmp_path)
    as_admin(own, THREATS[0][1])
    _rebuild(own, forge=forge)
    report = await checked(own, kept)
    assert not report.holds
    assert report.first_bad_index == 2  # the anchor that was kept before entry 3 has two entries
    assert (await checked(own, [])).holds == forge


async def test_a_log_wound_back_with_head_and_checkpoints_is_found(
    own: RunningDatabase, app: Counting, tmp_path: Path
) -> None:
    """A consistent older state, as a restored backup has it: only the anchors know better."""
    kept = await a_log(own, app, tmp_path)
    as_admin(own, "DELETE FROM audit_entry WHERE leaf_index >= 4")
    as_admin(own, "DELETE FROM audit_addendum WHERE entry NOT IN (SELECT id FROM audit_entry)")
    _rebuild(own, forge=False)
    assert (await checked(own, [])).holds
    report = await checked(own, kept)
    assert not report.holds
    assert report.first_bad_index == 4


async def test_entries_come_back_as_they_were_recorded(own: RunningDatabase, app: Counting) -> None:
    """Leaf, addenda and order; those of one interaction together; the queue is counted."""
    worker, interaction = uuid4(), uuid4()
    log, store = PostgresAuditLog(app, worker), PostgresAuditStore(app)
    intent, outcome = entry(interaction), entry(interaction, EntryKind.OUTCOME)
    assert await store.newest_released() is None
    await log.append(intent)
    await log.append(outcome)
    assert await sequence_once(store, SIGNER, nowhere) == 2
    assert await sequence_once(store, SIGNER, nowhere) == 0
    (waiting,) = await fill(app, 1)

    found = await store.of_interaction(interaction)
    assert [(one.id, one.leaf, one.index) for one in found] == [
        (intent.id, encode_leaf(intent, worker), 0),
        (outcome.id, encode_leaf(outcome, worker), 1),
    ]
    assert await store.newest_released() == interaction
    assert (await store.head()).size == 2
    report = await checked(own, [])
    assert (report.holds, report.entries, report.waiting, report.open_intents) == (True, 2, 1, ())
    assert await sequence_once(store, SIGNER, nowhere) == 1
    async with opened(own.auditor) as database, PostgresAuditStore(database).snapshot() as view:
        entries = [one async for one in view.entries("")]
        assert [one.id for one in entries] == [intent.id, outcome.id, waiting.id]
        assert set(entries[2].addenda) == set(waiting.addenda)
        assert len(await view.checkpoints("")) == 2


async def test_a_snapshot_does_not_move(own: RunningDatabase, app: Counting) -> None:
    """What is recorded during a long verification is not half seen."""
    await fill(app, 2)
    await sequence_once(PostgresAuditStore(app), SIGNER, nowhere)
    async with opened(own.auditor) as database, PostgresAuditStore(database).snapshot() as view:
        before = await view.head()
        await fill(app, 1)
        await sequence_once(PostgresAuditStore(app), SIGNER, nowhere)
        assert (await view.head(), await view.unsequenced()) == (before, {})
        assert len([one async for one in view.entries("")]) == 2
