"""Threat by threat: what an insider with the whole database can do, and what the report then says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.findings import FindingKind, NoticeKind, ShardReport
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.note import sign
from phiward.audit.sequencer import sequence_once
from phiward.audit.signer import Signer
from phiward.audit.verify import Report, verify
from phiward.domain.audit import TreeHead

from .made import SIGNER, START, THIEF, MemoryStore, a_log, entry, stored

Attack = Callable[[MemoryStore], None]


def edited(store: MemoryStore, at: int) -> None:
    """Another fact in a leaf."""
    store.rows[at] = replace(store.rows[at], leaf=store.rows[at].leaf.replace(b'"patients":["', b'"patients":["f'))


def recompute(store: MemoryStore, signer: Signer | None = None) -> None:
    """Bring the head into line with the rows; without the key the checkpoints cannot follow."""
    frontier = Frontier()
    frontier.extend(leaf_hash(row.leaf) for row in store.rows)
    store.tree = TreeHead(frontier.size, frontier.subtrees)
    if signer is not None:
        store.notes = [signer.checkpoint(frontier.size, frontier.root())]


def edit(store: MemoryStore) -> None:
    """Nothing but the leaf."""
    edited(store, 5)


def edit_and_recompute(store: MemoryStore) -> None:
    """The head follows; the checkpoints stay."""
    edited(store, 5)
    recompute(store)


def edit_and_sign_with_another_key(store: MemoryStore) -> None:
    """Everything fits, under another key."""
    edited(store, 5)
    recompute(store, THIEF)


def edit_with_the_stolen_key(store: MemoryStore) -> None:
    """Everything fits, under our own key."""
    edited(store, 5)
    recompute(store, SIGNER)


def delete(store: MemoryStore) -> None:
    """One row."""
    del store.rows[5]


def delete_and_close_the_gap(store: MemoryStore) -> None:
    """The indices are dense again, the head follows."""
    del store.rows[5]
    store.rows = [replace(row, index=at) for at, row in enumerate(store.rows)]
    recompute(store)


def swap(store: MemoryStore) -> None:
    """Two neighbours."""
    store.rows[5], store.rows[6] = replace(store.rows[6], index=5), replace(store.rows[5], index=6)


def insert(store: MemoryStore) -> None:
    """A row that never happened, the head follows."""
    store.rows.insert(5, stored(entry(50)))
    store.rows = [replace(row, index=at) for at, row in enumerate(store.rows)]
    recompute(store)


def cut_the_tail(store: MemoryStore) -> None:
    """The newest rows."""
    del store.rows[8:]


def rewind(store: MemoryStore) -> None:
    """As an old backup would: rows, head and checkpoints fit each other."""
    del store.rows[8:], store.notes[8:]
    recompute(store)


def empty(store: MemoryStore) -> None:
    """As if nothing had ever been."""
    store.rows, store.notes, store.tree = [], [], TreeHead(0, ())


def drop_newest_checkpoints(store: MemoryStore) -> None:
    """The rows stay."""
    del store.notes[8:]


def spoil_the_head(store: MemoryStore) -> None:
    """One hash of it."""
    store.tree = TreeHead(store.tree.size, (b"\0" * 32, *store.tree.frontier[1:]))


def edit_an_addendum(store: MemoryStore) -> None:
    """Another ciphertext."""
    addendum = store.rows[5].addenda[0]
    store.rows[5] = replace(store.rows[5], addenda=(replace(addendum, ciphertext=b"other"),))


K = FindingKind
THREATS = [
    pytest.param(edit, K.CHECKPOINT_DIFFERS, 5, False, id="a row is edited"),
    pytest.param(edit_and_recompute, K.CHECKPOINT_DIFFERS, 5, False, id="a row is edited and the head recomputed"),
    pytest.param(edit_and_sign_with_another_key, K.CHECKPOINT_INVALID, 0, False, id="all is made anew without the key"),
    pytest.param(edit_with_the_stolen_key, K.ANCHOR_DIFFERS, 5, True, id="all is recomputed with the stolen key"),
    pytest.param(delete, K.GAP, 5, False, id="a row is deleted"),
    pytest.param(delete_and_close_the_gap, K.CHECKPOINT_DIFFERS, 5, False, id="a row is deleted, the gap closed"),
    pytest.param(swap, K.CHECKPOINT_DIFFERS, 5, False, id="two rows are swapped"),
    pytest.param(insert, K.CHECKPOINT_DIFFERS, 5, False, id="a row is slipped in"),
    pytest.param(cut_the_tail, K.CUT, 8, False, id="the tail is cut"),
    pytest.param(rewind, K.CUT, 8, True, id="rows, head and checkpoints are rewound"),
    pytest.param(empty, K.CUT, 0, True, id="everything is emptied"),
    pytest.param(drop_newest_checkpoints, K.UNSIGNED, 8, False, id="the newest checkpoints are deleted"),
    pytest.param(spoil_the_head, K.HEAD, 12, False, id="the head is spoilt"),
    pytest.param(edit_an_addendum, K.ADDENDUM_ALTERED, 5, False, id="a ciphertext is replaced"),
]


@pytest.mark.parametrize(("attack", "kind", "first", "needs_anchor"), THREATS)
async def test_the_attack_is_found_and_its_place_is_named(
    attack: Attack, kind: FindingKind, first: int, needs_anchor: bool
) -> None:
    """With the anchors always; without them only where the row of the table says so."""
    store, anchors = await a_log(12)
    assert (await verify(store, SIGNER.verifier, anchors)).holds

    attack(store)

    report = await verify(store, SIGNER.verifier, anchors)
    assert not report.holds
    assert kind in {one.kind for one in report.findings}
    assert report.first_bad_index == first
    assert (await verify(store, SIGNER.verifier, [])).holds is needs_anchor


async def test_a_fork_is_found_even_when_each_branch_verifies_alone() -> None:
    """Two signed trees of one size: the log told two stories."""
    _, anchors = await a_log(6)
    fork, _ = await a_log(4)
    kept: list[bytes] = []
    fork.queue = [stored(entry(100)), stored(entry(101))]
    while await sequence_once(fork, SIGNER, kept.append, 1):
        pass
    assert (await verify(fork, SIGNER.verifier, kept)).holds

    report = await verify(fork, SIGNER.verifier, [*anchors, *kept])

    assert {one.kind for one in report.findings} == {K.FORK, K.ANCHOR_DIFFERS}
    assert report.first_bad_index == 4


async def test_a_broken_anchor_is_a_finding_not_an_error() -> None:
    """Somebody changed the file outside; the others still count."""
    store, anchors = await a_log(4)
    for bad in (b"", b"\xff", anchors[1].replace(b"\n2\n", b"\n1\n"), THIEF.checkpoint(9, b"r" * 32)):
        report = await verify(store, SIGNER.verifier, [anchors[0], bad, anchors[3]])
        assert [one.kind for one in report.findings] == [K.ANCHOR_INVALID]
        assert (report.newest.anchors, report.newest.anchored_size) == (2, 4)


async def test_a_checkpoint_of_another_log_is_not_believed() -> None:
    """The same key under another origin signs another log."""
    store, _ = await a_log(2)
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    foreign = sign(SIGNER.name, key, Checkpoint("clinic.example/audit", 2, b"r" * 32).text())
    report = await verify(store, SIGNER.verifier, [foreign])
    assert [one.kind for one in report.findings] == [K.ANCHOR_INVALID]


async def test_another_key_makes_nothing_of_the_log_valid() -> None:
    """Whoever verifies must have the right key from elsewhere."""
    store, anchors = await a_log(3)
    assert not (await verify(store, THIEF.verifier, anchors)).holds


async def test_an_untouched_log_holds_and_the_report_says_what_it_covers() -> None:
    """Sizes, root, open intents, what waits, and how far the anchors reach."""
    store, anchors = await a_log(5, per_batch=2)
    store.queue = [stored(entry(5))]
    report = await verify(store, SIGNER.verifier, anchors[:2])
    root = Frontier(store.tree.size, store.tree.frontier).root().hex()
    assert report == Report(
        holds=True,
        entries=5,
        waiting=1,
        open_intents=(str(store.rows[4].interaction),),
        findings=(),
        shards=(ShardReport("", 5, root, 3, 2, 4),),
    )


async def test_an_empty_log_holds_but_covers_nothing() -> None:
    """A fresh installation."""
    report = await verify(MemoryStore(), SIGNER.verifier, [])
    assert (report.holds, report.entries, report.newest.anchored_size) == (True, 0, 0)


@settings(max_examples=40, deadline=None)
@given(st.data())
async def test_any_changed_byte_of_any_leaf_is_noticed(data: st.DataObject) -> None:
    """Wherever it stands, and the named range holds the place."""
    size, per_batch = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 7))
    store, anchors = await a_log(size, per_batch)
    at = data.draw(st.integers(0, size - 1))
    leaf = bytearray(store.rows[at].leaf)
    leaf[data.draw(st.integers(0, len(leaf) - 1))] ^= data.draw(st.integers(1, 255))
    store.rows[at] = replace(store.rows[at], leaf=bytes(leaf))
    report = await verify(store, SIGNER.verifier, anchors)
    assert K.CHECKPOINT_DIFFERS in {one.kind for one in report.findings}
    assert report.first_bad_index is not None
    assert report.first_bad_index <= at
    assert at // per_batch == report.first_bad_index // per_batch


async def test_an_entry_that_claims_a_later_time_than_its_time_stamp_is_told() -> None:
    """A time stamp bounds from above when its entries were made; the clock that wrote them was ahead."""
    store, anchors = await a_log(6)
    bound = START + timedelta(seconds=3)
    assert (await verify(store, SIGNER.verifier, anchors, bounds={anchors[5]: bound})).notices == ()
    early = {anchors[5]: bound - timedelta(hours=1), anchors[1]: bound, THIEF.checkpoint(2, b"r" * 32): bound}
    notices = (await verify(store, SIGNER.verifier, anchors, bounds=early)).notices
    assert [(one.kind, one.index) for one in notices] == [(NoticeKind.CLOCK, 5)]
