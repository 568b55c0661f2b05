"""Order comes from one place, and that place never signs two stories."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from phiward.audit import sequencer as module
from phiward.audit.checkpoint import parse_checkpoint
from phiward.audit.sequencer import Sequencer, sequence_once
from phiward.audit.verify import verify
from phiward.domain.audit import TreeHead
from phiward.domain.errors import AuditIntegrityError, StorageError

from .made import SIGNER, THIEF, MemoryStore, a_log, entry, stored


def size_of(note: bytes) -> int:
    """Of a checkpoint."""
    return parse_checkpoint(SIGNER.verifier.open(note)).size


@contextlib.asynccontextmanager
async def running(sequencer: Sequencer) -> Any:
    """In the background, ended afterwards."""
    task = asyncio.create_task(sequencer.run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    """Without a clock of its own; the suite's time-out ends what never comes."""
    while not condition():  # noqa: ASYNC110 - what is awaited has no event
        await asyncio.sleep(0.002)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short waits."""
    for name in ("PAUSE_SECONDS", "BACKOFF_SECONDS"):
        monkeypatch.setattr(module, name, 0.001)


async def test_a_head_that_was_not_signed_is_not_built_upon() -> None:
    """Whoever spoils the head cannot make us sign what follows."""
    store, _ = await a_log(4)
    for head in (TreeHead(4, (b"x" * 32,)), TreeHead(3, store.tree.frontier), TreeHead(0, ())):
        store.tree, store.queue = head, [stored(entry(4))]
        with pytest.raises(AuditIntegrityError):
            await sequence_once(store, SIGNER, lambda note: None)
        assert len(store.rows) == 4


async def test_a_head_signed_by_another_key_is_not_built_upon() -> None:
    """A database that was rebuilt without our key."""
    store, _ = await a_log(4, signer=THIEF)
    store.queue = [stored(entry(4))]
    with pytest.raises(AuditIntegrityError):
        await sequence_once(store, SIGNER, lambda note: None)


async def test_a_rewound_database_is_not_built_upon() -> None:
    """Head and checkpoints fit each other, but a larger or another tree was signed before."""
    _, anchors = await a_log(6)
    older, _ = await a_log(4)
    older.queue = [stored(entry(40))]
    with pytest.raises(AuditIntegrityError):
        await Sequencer(older, SIGNER, lambda note: None, anchors).once()
    assert await Sequencer(older, SIGNER, lambda note: None, anchors[:4]).once() == 1
    other = MemoryStore(queue=[stored(entry(number)) for number in range(60, 66)])
    await sequence_once(other, SIGNER, lambda note: None)
    other.queue = [stored(entry(70))]
    with pytest.raises(AuditIntegrityError):
        await Sequencer(other, SIGNER, lambda note: None, anchors).once()


async def test_kept_checkpoints_of_another_key_refuse_the_start() -> None:
    """The anchors were exchanged."""
    with pytest.raises(AuditIntegrityError):
        Sequencer(MemoryStore(), SIGNER, lambda note: None, [THIEF.checkpoint(1, b"r" * 32)])


async def test_a_failed_transaction_keeps_no_checkpoint() -> None:
    """Nothing goes outside that the database does not have."""
    kept: list[bytes] = []
    store = MemoryStore(queue=[stored(entry(0))], failing=1)
    with pytest.raises(StorageError):
        await sequence_once(store, SIGNER, kept.append)
    assert (kept, store.rows) == ([], [])
    assert await sequence_once(store, SIGNER, kept.append) == 1
    assert [size_of(note) for note in kept] == [1]


async def test_the_loop_survives_a_lost_database() -> None:
    """It tries again, and says meanwhile that it is not well."""
    store = MemoryStore(queue=[stored(entry(number)) for number in range(5)], failing=4)
    sequencer = Sequencer(store, SIGNER, lambda note: None)
    async with running(sequencer):
        await until(lambda: not sequencer.healthy)
        await until(lambda: len(store.rows) == 5 and sequencer.healthy)


async def test_the_loop_stands_still_but_lives_when_the_head_is_spoilt() -> None:
    """It must neither sign nor vanish."""
    store, _ = await a_log(3)
    whole, store.tree, store.queue = store.tree, TreeHead(3, ()), [stored(entry(3))]
    sequencer = Sequencer(store, SIGNER, lambda note: None)
    async with running(sequencer) as task:
        await until(lambda: not sequencer.healthy)
        assert not task.done()
        assert len(store.notes) == 3
        store.tree = whole
        await until(lambda: len(store.rows) == 4)


async def test_a_backlog_goes_in_batches_and_nothing_is_lost() -> None:
    """At most a hundred at a time, with a checkpoint for each batch."""
    kept: list[bytes] = []
    store = MemoryStore(queue=[stored(entry(number)) for number in range(450)])
    async with running(Sequencer(store, SIGNER, kept.append)):
        await until(lambda: bool(kept) and size_of(kept[-1]) == 450)
    assert [size_of(note) for note in store.notes] == [100, 200, 300, 400, 450]
    assert kept == store.notes
    assert (await verify(store, SIGNER.verifier, kept)).holds


async def test_an_entry_is_numbered_soon_after_its_notification(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop waits for the word, not for its next look."""
    monkeypatch.setattr(module, "IDLE_SECONDS", 3600)
    store = MemoryStore()
    sequencer = Sequencer(store, SIGNER, lambda note: None)
    async with running(sequencer):
        await asyncio.sleep(0.02)
        store.queue = [stored(entry(0))]
        sequencer.notify()
        await until(lambda: len(store.rows) == 1)


async def test_an_empty_log_signs_nothing() -> None:
    """No entry, no checkpoint."""
    store = MemoryStore()
    assert await sequence_once(store, SIGNER, lambda note: None) == 0
    assert store.notes == []
