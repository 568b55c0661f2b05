"""Compaction: the dead go, the living stay, and it ends."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.retrieval.compaction import SMALL, compact
from phiward.retrieval.entries import Entry
from phiward.retrieval.segments import MAX_CHUNKS, Segment
from tests.rooms.retrieval.indexed import MODEL, document, segment


def _entries(count: int, number: int = 1, version: int = 1) -> list[Entry]:
    return [Entry(document(number), version, n, n + 1, "", {n: 1}, None) for n in range(count)]


def _apply(segments: list[Segment], live: dict[UUID, int], *, force: bool = False) -> list[Segment]:
    plan = compact(segments, live, force=force)
    kept = [one for n, one in enumerate(segments) if n not in plan.replaced]
    return kept + [segment(batch.entries, batch.model) for batch in plan.batches]


_SIZES = st.lists(st.tuples(st.integers(1, 160), st.integers(0, 96), st.sampled_from([MODEL, "other 2"])), max_size=6)


def _build(sizes: list[tuple[int, int, str]]) -> tuple[list[Segment], dict[UUID, int], list[Entry]]:
    """Segments with so many living and dead entries each; documents with even numbers live, in version 1."""
    built, living = [], []
    for n, (alive, dead, model) in enumerate(sizes):
        entries = _entries(alive, 2 * n) + _entries(dead, 2 * n + 1)
        living += entries[:alive]
        built.append(segment(entries, model))
    return built, {document(2 * n): 1 for n in range(len(sizes))}, living


@given(_SIZES, st.booleans())
def test_no_living_entry_is_lost_or_doubled(sizes: list[tuple[int, int, str]], force: bool) -> None:
    """Whatever is replaced; and each stays with its model."""
    segments, live, living = _build(sizes)
    after = _apply(segments, live, force=force)
    found = [
        (one.model, entry) for one in after for entry in one.entries() if live.get(entry.document) == entry.version
    ]
    models = {document(2 * n): model for n, (_, _, model) in enumerate(sizes)}

    def place(entry: Entry) -> tuple[str, int]:
        return entry.document.hex, entry.start

    assert sorted((e for _, e in found), key=place) == sorted(living, key=place)
    assert all(models[entry.document] == model for model, entry in found)


@given(_SIZES)
def test_with_force_nothing_dead_remains(sizes: list[tuple[int, int, str]]) -> None:
    """What was deleted is then nowhere."""
    segments, live, _ = _build(sizes)
    after = _apply(segments, live, force=True)
    assert all(live.get(entry.document) == entry.version for one in after for entry in one.entries())


@given(_SIZES, st.booleans())
def test_done_once_there_is_nothing_more_to_do(sizes: list[tuple[int, int, str]], force: bool) -> None:
    """Otherwise it would be done at every look."""
    segments, live, _ = _build(sizes)
    plan = compact(_apply(segments, live, force=force), live, force=force)
    assert plan.replaced == plan.batches == ()


@pytest.mark.parametrize(
    ("sizes", "force", "replaced", "reason"),
    [
        ([], False, (), "nothing there"),
        ([(200, 0)], True, (), "nothing dead"),
        ([(200, 50)], False, (), "a fifth dead"),
        ([(200, 50)], True, (0,), "a fifth dead, all dead to go"),
        ([(150, 50)], False, (0,), "a quarter dead"),
        ([(0, 10)], False, (0,), "only dead"),
        ([(SMALL - 1, 0)], False, (), "one small segment"),
        ([(SMALL - 1, 0), (5, 0)], False, (0, 1), "two small ones"),
        ([(SMALL, 0), (5, 0)], False, (), "one small, one half full"),
        ([(SMALL, 0), (5, 0), (7, 0)], False, (1, 2), "two small, one half full"),
        ([(150, 50), (5, 0), (SMALL, 0)], False, (0, 1), "a small one goes along with a dirty one"),
        ([(0, 10), (5, 0)], False, (0,), "a small one has nothing to go along with"),
    ],
)
def test_what_is_rewritten(sizes: list[tuple[int, int]], force: bool, replaced: tuple[int, ...], reason: str) -> None:
    """A quarter dead, or two small ones, or any dead if asked."""
    segments, live, _ = _build([(alive, dead, MODEL) for alive, dead in sizes])
    assert compact(segments, live, force=force).replaced == replaced, reason


def test_a_newer_version_is_not_the_one_that_lives() -> None:
    """Document and version together."""
    segments = [segment([*_entries(3, version=1), *_entries(3, version=2)])]
    (batch,) = compact(segments, {document(1): 2}).batches
    assert {entry.version for entry in batch.entries} == {2}


def test_batches_are_full_and_in_order() -> None:
    """By document and start, 256 each, whatever order the segments come in."""
    segments = [segment(_entries(120, n)) for n in (3, 1, 2)]
    live = {document(n): 1 for n in (1, 2, 3)}
    plan = compact(segments, live)
    assert [len(batch.entries) for batch in plan.batches] == [MAX_CHUNKS, 104]
    assert compact(segments[::-1], live).batches == plan.batches
    assert "section" not in repr(plan)
