"""Each row is held against its own leaf, and each interaction against itself."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from phiward.audit.findings import FindingKind
from phiward.audit.merkle import leaf_hash, root_hash
from phiward.audit.threads import Threads
from phiward.audit.walk import MAX_FINDINGS, Found, Walk
from phiward.domain.audit import Addendum, EntryKind, StoredEntry

from .made import START, entry, stored


def walked(*rows: StoredEntry) -> list[tuple[FindingKind, int | None]]:
    """Kinds and places of what is found."""
    found, threads = Found(), Threads()
    walk = Walk("", range(20), found, threads)
    for row in rows:
        walk.entry(row)
    threads.finish(found, {})
    return [(one.kind, one.index) for one in found.findings]


ROW = stored(entry(0), 0)
ALTERED = [
    pytest.param({"id": UUID(int=9)}, FindingKind.ROW, id="the id of the row"),
    pytest.param({"interaction": UUID(int=9)}, FindingKind.ROW, id="its interaction"),
    pytest.param({"kind": "refusal"}, FindingKind.ROW, id="its kind"),
    pytest.param({"tenant": UUID(int=9)}, FindingKind.ROW, id="its organisation"),
    pytest.param({"worker": UUID(int=9)}, FindingKind.ROW, id="the process that recorded it"),
    pytest.param({"recorded_at": START.replace(year=2025)}, FindingKind.ROW, id="its time"),
    pytest.param({"addenda": ()}, FindingKind.ADDENDUM_MISSING, id="the addendum is gone"),
    pytest.param({"addenda": (Addendum("sent", b"x"),)}, FindingKind.ADDENDUM_ALTERED, id="the addendum is another"),
    pytest.param({"addenda": (*ROW.addenda, Addendum("x", b"x"))}, FindingKind.ADDENDUM_FOREIGN, id="an addendum more"),
]


@pytest.mark.parametrize(("change", "kind"), ALTERED)
def test_a_row_that_says_something_else_than_its_leaf_is_found(change: dict[str, Any], kind: FindingKind) -> None:
    """By name, and by its index."""
    other = stored(entry(2), 0)
    closing = stored(entry(3), 1)
    row = replace(stored(entry(4), 2), **change)
    if "addenda" in change and kind is FindingKind.ADDENDUM_FOREIGN:
        row = replace(row, addenda=(*stored(entry(4)).addenda, Addendum("x", b"x")))
    assert walked(other, closing, row) == [(kind, 2)]


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b"[" * 50_000,
        b'{"format":3}',
        ROW.leaf.replace(b'"addenda":[{', b'"addenda":[7,{'),
        ROW.leaf.replace(b'"addenda":[', b'"addenda":[[],'),
        ROW.leaf.replace(b'"sent"', b'["sent"]'),
        ROW.leaf.replace(b"2026", b"yyyy"),
        ROW.leaf.replace(b"00Z", b"00"),
        ROW.leaf.replace(b'"at":"', b'"at":1,"x":"'),
        ROW.leaf.replace(b'"interaction":"', b'"interaction":{},"x":"'),
    ],
)
def test_no_leaf_makes_the_verifier_raise(leaf: bytes) -> None:
    """Whatever a superuser wrote into it, it is a finding at its index."""
    found = walked(replace(ROW, leaf=leaf))
    assert {index for _, index in found} == {0}


def test_a_missing_index_is_found_once_where_it_is_missing() -> None:
    """What stands behind the gap is not blamed."""
    rows = [stored(entry(number), number) for number in range(8) if number not in (3, 4)]
    assert (FindingKind.GAP, 3) in walked(*rows)
    assert sum(kind is FindingKind.GAP for kind, _ in walked(*rows)) == 1


def test_an_index_that_comes_twice_is_found() -> None:
    """Somebody dropped the unique constraint."""
    rows = [stored(entry(number), index) for number, index in enumerate((0, 1, 1, 2))]
    assert (FindingKind.GAP, 2) in walked(*rows)


def test_a_second_outcome_and_a_lost_intent_are_found() -> None:
    """Each intent has at most one outcome, and no outcome stands alone."""
    second = replace(entry(1), id=UUID(int=5))
    assert walked(stored(entry(0), 0), stored(entry(1), 1), stored(second, 2)) == [(FindingKind.OUTCOME_ALONE, 2)]
    assert walked(stored(entry(1), 0)) == [(FindingKind.OUTCOME_ALONE, 0)]
    assert walked(stored(entry(1), 0), stored(second, 1)) == [
        (FindingKind.OUTCOME_ALONE, 1),
        (FindingKind.OUTCOME_ALONE, 0),
    ]
    again = replace(entry(0), id=UUID(int=5))
    assert walked(stored(entry(0), 0), stored(again, 1)) == [(FindingKind.INTENT_TWICE, 1)]


def test_an_outcome_may_stand_before_its_intent() -> None:
    """The clocks of two processes may differ; that is no tampering."""
    assert walked(stored(entry(1), 0), stored(entry(0), 1)) == []


def test_refusals_and_administration_stand_alone() -> None:
    """They have no outcome."""
    rows = [stored(entry(0, kind=kind), at) for at, kind in enumerate((EntryKind.REFUSAL, EntryKind.ADMINISTRATION))]
    assert walked(*rows) == []


def test_findings_are_limited_but_counted() -> None:
    """A wholly broken log gives a report that can be read."""
    found = Found()
    walk = Walk("", (), found, Threads())
    for number in range(MAX_FINDINGS + 50):
        walk.entry(replace(stored(entry(0), number), leaf=b""))
    assert (len(found.findings), found.more) == (MAX_FINDINGS, 50)


def test_open_intents_and_wanted_roots_are_gathered() -> None:
    """The roots only at the sizes asked for."""
    rows = [stored(entry(number), number) for number in range(5)]
    threads = Threads()
    walk = Walk("", (2, 4, 9), Found(), threads)
    for row in rows:
        walk.entry(row)
    hashes = [leaf_hash(row.leaf) for row in rows]
    assert {size: walk.roots.get(size) for size in (2, 4, 9)} == {
        2: root_hash(hashes[:2]),
        4: root_hash(hashes[:4]),
        9: None,
    }
    assert list(threads.open) == [str(rows[4].interaction)]
