"""Which segments of a patient are written anew, and from what: dead chunks go, small segments become one.

A chunk is dead when its document is gone or has a newer version. Applied once, the rules ask for nothing more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from phiward.retrieval.entries import Entry
from phiward.retrieval.segments import MAX_CHUNKS, Segment

MOST_DEAD = 0.25
"""A segment with at least this part of its chunks dead is rewritten."""

SMALL = MAX_CHUNKS // 2
"""Segments with fewer live chunks than this are merged as soon as there are two."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries for one new segment, and the model of their vectors."""

    model: str
    entries: tuple[Entry, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Compaction:
    """The segments `replaced` (by their place in the given list) give way to the batches; both may be empty."""

    replaced: tuple[int, ...]
    batches: tuple[Batch, ...]


def compact(segments: Sequence[Segment], live: Mapping[UUID, int], *, force: bool = False) -> Compaction:
    """What is to be rewritten, so that only chunks of `live` documents, in these versions, remain.

    Without `force`, only segments with a quarter or more dead, and small ones that can be merged; with it, every
    segment with a dead chunk: nothing of a deleted document is left then. Segments of different models stay apart.
    The batches hold the live entries by document and start, as full as possible.
    """
    counts = [_live_count(segment, live) for segment in segments]
    replaced: list[int] = []
    batches: list[Batch] = []
    places = sorted(range(len(segments)), key=lambda n: segments[n].model)
    for model, group in groupby(places, key=lambda n: segments[n].model):
        chosen = _chosen(segments, counts, list(group), force)
        kept = sorted(
            (e for n in chosen for e in segments[n].entries() if live.get(e.document) == e.version), key=_place
        )
        replaced += chosen
        batches += [Batch(model, tuple(kept[n : n + MAX_CHUNKS])) for n in range(0, len(kept), MAX_CHUNKS)]
    return Compaction(tuple(sorted(replaced)), tuple(batches))


def _chosen(segments: Sequence[Segment], counts: Sequence[int], group: Sequence[int], force: bool) -> list[int]:
    """The dirty ones, and with them, or if there are two, the small ones."""
    dirty = []
    for n in group:
        dead = len(segments[n]) - counts[n]
        if not counts[n] or (dead and (force or dead >= MOST_DEAD * len(segments[n]))):
            dirty.append(n)
    small = [n for n in group if counts[n] < SMALL and n not in dirty]
    left = sum(counts[n] for n in dirty)
    return sorted(dirty + small) if len(small) >= 2 or (left and small) else dirty


def _live_count(segment: Segment, live: Mapping[UUID, int]) -> int:
    known = zip(segment.documents, segment.versions.tolist(), strict=True)
    alive = [live.get(UUID(bytes=document)) == version for document, version in known]
    return sum(alive[document] for document in segment.chunks[0].tolist())


def _place(entry: Entry) -> tuple[bytes, int, int]:
    return entry.document.bytes, entry.version, entry.start
