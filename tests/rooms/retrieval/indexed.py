"""Invented chunks for the tests of the index: few words and few directions, so that ties are common."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from hypothesis import strategies as st

from phiward.retrieval.entries import Entry, Vector
from phiward.retrieval.segments import MAX_CHUNKS, Segment, pack, unpack

MODEL = "invented 1"
DIMENSIONS = 24
TERMS = st.dictionaries(st.integers(1, 6) | st.just(2**64 - 1), st.integers(1, 4), max_size=5)


def vector(seed: int) -> Vector:
    """Of length 1, the same for the same seed."""
    drawn = np.random.default_rng(seed).normal(size=DIMENSIONS)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


VECTORS = st.none() | st.integers(0, 5).map(vector)


def document(number: int) -> UUID:
    """Ids whose order is not the order of their numbers."""
    return UUID(int=(number * 0x9E3779B97F4A7C15 << 64) % 2**128 | number)


@st.composite
def entry_lists(draw: st.DrawFn, documents: range, most: int = 14) -> list[Entry]:
    """Entries of these documents; within one document none begins where another does."""
    places = draw(st.lists(st.tuples(st.sampled_from(documents), st.integers(0, 9)), max_size=most, unique=True))
    return [
        Entry(
            document(number),
            1,
            place * 10,
            place * 10 + 9,
            draw(st.sampled_from(["", "Plan", "PLAN of care", "Labs"])),
            draw(TERMS),
            draw(VECTORS),
        )
        for number, place in places
    ]


def segment(entries: Sequence[Entry], model: str = MODEL) -> Segment:
    """As it comes out of the store."""
    return unpack(pack(entries, model=model))


def segments(entries: Sequence[Entry], size: int = MAX_CHUNKS) -> list[Segment]:
    """Packed, `size` entries each."""
    return [segment(entries[n : n + size]) for n in range(0, len(entries), size)]
