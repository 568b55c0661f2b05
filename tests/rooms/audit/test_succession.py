"""Shards in one line: by period, after a restore, destroyed on record; and what tampering with them looks like."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from phiward.audit.findings import FindingKind, NoticeKind, Report
from phiward.audit.leaf import decode_leaf
from phiward.audit.merkle import leaf_hash
from phiward.audit.sayings import SHARD_DESTROYED, opening, said
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.audit.verify import verify
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError

from .made import SIGNER, START, THIEF, WORKER, MemoryStore, entry, stored

YEAR = timedelta(days=366)
K = FindingKind


async def number(store: MemoryStore, anchors: list[bytes], **more: Any) -> None:
    """Everything that waits, with shards by year."""
    sequencer = Sequencer(store, SIGNER, anchors.append, anchors, period=ShardPeriod.YEAR, **more)
    while await sequencer.once():
        pass


async def three_years() -> tuple[MemoryStore, list[bytes]]:
    """Two interactions a year, and the anchors."""
    store, anchors = MemoryStore(), []
    for year in range(3):
        store.now = START + YEAR * year
        store.queue = [stored(entry(year * 4 + at, recorded_at=store.now)) for at in range(4)]
        await number(store, anchors)
    return store, anchors


async def checked(store: MemoryStore, anchors: list[bytes]) -> Report:
    """Verified."""
    return await verify(store, SIGNER.verifier, anchors)


async def test_each_period_is_a_tree_of_its_own_that_carries_the_one_before() -> None:
    """And the whole line verifies."""
    store, anchors = await three_years()
    report = await checked(store, anchors)
    assert (report.holds, report.notices, report.entries) == (True, (), 15)
    assert [(one.name, one.size, one.anchored_size) for one in report.shards] == [
        ("2026", 5, 5),
        ("2027", 5, 5),
        ("2028", 5, 5),
    ]
    facts = decode_leaf(next(row.leaf for row in store.rows if row.shard == "2027"))["facts"]
    assert (
        facts["previous"] == [note.decode() for note in anchors if note.startswith(b"hospital.example/audit/2026")][-1]
    )
    assert [store.known[name].closed_size for name in ("", "2026", "2027", "2028")] == [0, 5, 5, None]


def drop_a_year(store: MemoryStore) -> None:
    """Rows, checkpoints and the list: as if there had been no 2027."""
    store.rows = [row for row in store.rows if row.shard != "2027"]
    store.notes = [note for note in store.notes if not note.startswith(b"hospital.example/audit/2027")]
    del store.known["2027"]


def drop_the_newest_year(store: MemoryStore) -> None:
    """As a backup of last year would be."""
    store.rows = [row for row in store.rows if row.shard != "2028"]
    store.notes = [note for note in store.notes if not note.startswith(b"hospital.example/audit/2028")]
    del store.known["2028"]


def destroy_silently(store: MemoryStore) -> None:
    """The entries are gone, the hashes stand, and no entry says that it was allowed."""
    rows = [row for row in store.rows if row.shard == "2026"]
    store.kept["2026"] = [leaf_hash(row.leaf) for row in rows]
    store.rows = [row for row in store.rows if row.shard != "2026"]
    store.known["2026"] = replace(store.known["2026"], destroyed_at=START)


def destroy_with_other_hashes(store: MemoryStore) -> None:
    """What stands for the entries is something else."""
    destroy_silently(store)
    store.kept["2026"][2] = bytes(32)


def cut_before_the_close(store: MemoryStore) -> None:
    """The last entry of a closed year, with its checkpoint."""
    last = max((row for row in store.rows if row.shard == "2026"), key=lambda one: one.index or 0)
    store.rows.remove(last)
    store.notes = [note for note in store.notes if b"audit/2026\n5\n" not in note]


def another_close(store: MemoryStore) -> None:
    """The list says that the year ended earlier."""
    store.known["2026"] = replace(store.known["2026"], closed_size=4)


def a_shard_without_a_name(store: MemoryStore) -> None:
    """Rows moved to where nobody looks."""
    store.rows = [replace(row, shard="x") if row.shard == "2028" else row for row in store.rows]


THREATS = [
    pytest.param(drop_a_year, {K.SUCCESSION, K.CUT}, True, id="a whole year is cut out"),
    pytest.param(drop_the_newest_year, {K.CUT, K.HEAD}, True, id="the newest year is gone"),
    pytest.param(destroy_silently, {K.DESTROYED}, True, id="a year is destroyed without a record"),
    pytest.param(destroy_with_other_hashes, {K.CHECKPOINT_DIFFERS, K.DESTROYED}, True, id="with other hashes"),
    pytest.param(cut_before_the_close, {K.SUCCESSION, K.CUT}, True, id="the tail of a closed year is cut"),
    pytest.param(another_close, {K.ROW}, True, id="a closed year is said to be shorter"),
    pytest.param(a_shard_without_a_name, {K.SUCCESSION, K.CUT}, True, id="entries stand in a shard of no name"),
]


@pytest.mark.parametrize(("attack", "kinds", "alone"), THREATS)
async def test_tampering_with_whole_shards_is_found(
    attack: Callable[[MemoryStore], None], kinds: set[FindingKind], alone: bool
) -> None:
    """With the anchors; and by itself, without any."""
    store, anchors = await three_years()
    attack(store)
    report = await checked(store, anchors)
    assert kinds <= {one.kind for one in report.findings}
    assert (await checked(store, [])).holds is not alone


async def test_a_forged_opening_is_found() -> None:
    """A shard that begins with another checkpoint than the one that was signed last."""
    store, anchors = MemoryStore(), []
    store.queue = [stored(entry(0))]
    await number(store, anchors)
    store.now += YEAR
    forged = opening("2027", THIEF.checkpoint(2, b"r" * 32, "2026"), None, None, store.now)
    hashed = leaf_hash(forged.leaf)
    store.rows.append(replace(forged, index=0, shard="2027"))
    store.notes.append(SIGNER.checkpoint(1, hashed, "2027"))
    found = {(one.kind, one.shard, one.index) for one in (await checked(store, anchors)).findings}
    assert (K.SUCCESSION, "2027", 0) in found


async def test_a_year_destroyed_on_record_is_a_notice_and_its_proofs_stand() -> None:
    """The hashes give the root that was signed, and a later entry says that it was allowed."""
    store, anchors = await three_years()
    facts = {"shard": "2026", "size": 5, "root": "00" * 32, "schedule": "audit"}
    store.queue = [replace(stored(said(SHARD_DESTROYED, facts, store.now)), worker=WORKER)]
    await number(store, anchors)
    destroy_silently(store)
    report = await checked(store, anchors)
    assert report.holds, report.findings
    assert [one.kind for one in report.notices] == [NoticeKind.DESTROYED]
    assert report.shards[0].destroyed
    assert report.shards[0].size == 5


async def restored(lost: int = 3) -> tuple[MemoryStore, list[bytes]]:
    """A backup of three entries, and the anchors of `lost` more that were signed after it."""
    store, anchors = MemoryStore(), []
    for at in range(2):
        store.queue = [stored(entry(at * 2))]
        await number(store, anchors)
    backup = deepcopy(store)
    for at in range(2, 2 + lost):
        store.queue = [stored(entry(at * 2))]
        await number(store, anchors)
    return backup, anchors


async def test_a_restored_log_goes_on_only_by_a_signed_act() -> None:
    """Until then it is behind; afterwards what is lost stands in the log for good, and in every report."""
    store, anchors = await restored()
    store.queue = [stored(entry(100))]
    with pytest.raises(AuditIntegrityError):
        await number(store, anchors)
    assert not (await checked(store, anchors)).holds

    alarms: list[str] = []
    sequencer = Sequencer(
        store, SIGNER, anchors.append, anchors, period=ShardPeriod.YEAR, alarm=lambda code, _: alarms.append(code)
    )
    assert await sequencer.restore("disk_lost") == "2026.2"
    await number(store, anchors)

    report = await checked(store, anchors)
    assert report.holds, report.findings
    assert [one.kind for one in report.notices] == [NoticeKind.RESTORED]
    assert [(one.name, one.size) for one in report.shards] == [("2026", 3), ("2026.2", 2)]
    assert alarms == ["audit.restored"]


async def test_a_restore_covers_no_more_than_it_declares() -> None:
    """An anchor beyond what was declared lost is a cut, and so is one within what was kept."""
    store, anchors = await restored()
    unknown = anchors.pop()  # of six entries, known to another anchor only
    await Sequencer(store, SIGNER, anchors.append, anchors, period=ShardPeriod.YEAR).restore("disk_lost")
    assert (await checked(store, anchors)).holds
    assert {one.kind for one in (await checked(store, [*anchors, unknown])).findings} == {K.CUT}
    store.rows = [row for row in store.rows if (row.shard, row.index) != ("2026", 2)]
    assert not (await checked(store, anchors)).holds


async def test_nothing_is_restored_where_nothing_was_lost() -> None:
    """A restore is no way to open a shard at will, nor to bless what was never signed."""
    store, anchors = await three_years()
    with pytest.raises(InvalidRequestError):
        await Sequencer(store, SIGNER, anchors.append, anchors).restore("disk_lost")
    with pytest.raises(InvalidRequestError):
        await Sequencer(store, SIGNER, anchors.append, []).restore("disk_lost")
    other, anchors = await restored()
    other.tree = replace(other.tree, frontier=(bytes(32), *other.tree.frontier[1:]))
    with pytest.raises(AuditIntegrityError):
        await Sequencer(other, SIGNER, anchors.append, anchors).restore("disk_lost")


async def test_a_restore_over_the_turn_of_a_year_signs_no_second_story() -> None:
    """The backup is of last year, this year was begun already: the new shard is behind both."""
    store, anchors = MemoryStore(queue=[stored(entry(0))]), []
    await number(store, anchors)
    backup = deepcopy(store)
    store.now, store.queue = START + YEAR, [stored(entry(2))]
    await number(store, anchors)
    backup.now = store.now

    sequencer = Sequencer(backup, SIGNER, anchors.append, anchors, period=ShardPeriod.YEAR)
    assert await sequencer.restore("disk_lost") == "2027.2"

    report = await checked(backup, anchors)
    assert report.holds, report.findings
    assert [one.name for one in report.shards if one.size] == ["2026", "2027.2"]


def test_an_opening_carries_what_it_succeeds_in_clear() -> None:
    """A stranger reads it without any key."""
    made = decode_leaf(opening("2027", b"note\n", None, None, START).leaf)
    facts = {"action": "log.opened", "shard": "2027", "previous": "note\n", "lost": None, "reason": None}
    assert (made["kind"], made["facts"]) == ("log", facts)
    assert datetime.fromisoformat(made["at"]) == START
