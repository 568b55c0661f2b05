"""The packed segment: what goes in comes out, and nothing damaged comes out at all."""

from dataclasses import replace
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import VaultError
from phiward.retrieval.entries import Entry
from phiward.retrieval.segments import HEADER, MAGIC, MAX_CHUNKS, pack, unpack
from tests.rooms.retrieval.indexed import MODEL, document, entry_lists, segment, vector

_ENTRY = Entry(document(1), 1, 0, 5, "Plan", {7: 2, 9: 1}, vector(1))
_DATA = pack([_ENTRY, replace(_ENTRY, document=document(2), section="Labs", vector=None)], model=MODEL)


@pytest.mark.parametrize(
    ("entries", "model", "reason"),
    [
        ([_ENTRY] * (MAX_CHUNKS + 1), MODEL, "more than 256 chunks"),
        ([_ENTRY], "", "a vector whose model nobody knows"),
        ([_ENTRY, replace(_ENTRY, vector=vector(1)[:5])], MODEL, "vectors of two sizes"),
        ([replace(_ENTRY, vector=vector(1) * 2)], MODEL, "a vector of length 2"),
        ([replace(_ENTRY, vector=vector(1) * np.nan)], MODEL, "no vector at all"),
        ([replace(_ENTRY, end=0)], MODEL, "no text"),
        ([replace(_ENTRY, start=-1)], MODEL, "a place before the text"),
        ([replace(_ENTRY, end=2**32)], MODEL, "a place that does not fit"),
        ([replace(_ENTRY, terms={2**64: 1})], MODEL, "a number above 64 bits"),
        ([replace(_ENTRY, terms={-1: 1})], MODEL, "a negative number"),
        ([replace(_ENTRY, terms={7: 2**16})], MODEL, "a count that does not fit"),
        ([replace(_ENTRY, terms={7: 0})], MODEL, "a word that stands nowhere"),
    ],
)
def test_what_cannot_be_packed_is_refused(entries: list[Entry], model: str, reason: str) -> None:
    """Rather than stored as something else."""
    with pytest.raises(ValueError):  # noqa: PT011 - the reason is the row's
        pack(entries, model=model)


@given(st.integers(0, len(_DATA) - 1), st.integers(1, 255))
@settings(max_examples=1000)
def test_a_changed_byte_is_refused_or_gives_a_segment_that_can_be_read(place: int, change: int) -> None:
    """Never an index error, wherever the damage is."""
    damaged = bytearray(_DATA)
    damaged[place] ^= change
    try:
        found = unpack(bytes(damaged))
    except VaultError:
        return
    assert len(found.entries()) == 2


@given(st.lists(st.tuples(st.integers(0, HEADER.size - 1), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=500)
def test_a_header_that_promises_something_else_is_refused(changes: list[tuple[int, int]]) -> None:
    """Lengths are checked against what is there before anything is read."""
    damaged = bytearray(_DATA)
    for place, value in changes:
        damaged[place] = value
    if bytes(damaged) != _DATA:
        with pytest.raises(VaultError):
            unpack(bytes(damaged))


def _blocks() -> dict[str, int]:
    """Where each block of `_DATA` begins, by the layout that the module states."""
    _, model, documents, titles, title_bytes, chunks, dimensions, words, postings = HEADER.unpack_from(_DATA)
    sizes = {
        **{"model": model, "documents": 16 * documents, "versions": 8 * documents},
        **{"title ends": 4 * titles, "titles": title_bytes, "chunks": 20 * chunks},
        **{"words": 8 * words, "begins": 4 * (words + 1), "postings": postings, "counts": 2 * postings},
        "vectors": 4 * chunks * dimensions,
    }
    padded = [size + -size % 8 for size in sizes.values()]
    return dict(zip(sizes, accumulate(padded, initial=HEADER.size + -HEADER.size % 8), strict=False))


@pytest.mark.parametrize(
    ("block", "offset", "value", "reason"),
    [
        ("documents", -1, b"\1", "something between two blocks"),
        ("title ends", 0, b"\xff", "a title that ends behind the titles"),
        ("title ends", 4, b"\3", "a title that ends before it begins"),
        ("titles", 0, b"\xff", "no UTF-8"),
        ("chunks", 0, b"\2", "a document that is not there"),
        ("chunks", 8, b"\2", "a title that is not there"),
        ("chunks", 24, b"\0", "a chunk without text"),
        ("chunks", 32, b"\2", "a length that is not the sum of the counts"),
        ("words", 0, b"\x0f", "words out of order"),
        ("begins", 0, b"\1", "postings of no word"),
        ("begins", 4, b"\0", "a word without postings"),
        ("begins", 8, b"\3", "postings that are not there"),
        ("postings", 0, b"\2", "a chunk that is not there"),
        ("postings", 0, b"\1", "a word twice in one chunk"),
        ("counts", 0, b"\0", "a word that stands nowhere"),
        ("vectors", 3, b"\x7f", "a vector that is too long"),
        ("vectors", 2, b"\xc0\x7f", "no number"),
        ("vectors", 4 * 24, b"\1", "a vector that is too short"),
    ],
)
def test_what_contradicts_itself_is_refused(block: str, offset: int, value: bytes, reason: str) -> None:
    """Every number points at something that is there, once."""
    damaged = bytearray(_DATA)
    place = _blocks()[block] + offset
    assert damaged[place : place + len(value)] != value
    damaged[place : place + len(value)] = value
    with pytest.raises(VaultError, match="damaged"):
        unpack(bytes(damaged))


@pytest.mark.parametrize("length", [0, 7, HEADER.size, len(_DATA) // 2, len(_DATA) - 8, len(_DATA) - 1])
def test_a_segment_cut_short_is_refused(length: int) -> None:
    """Wherever the cut is."""
    with pytest.raises(VaultError):
        unpack(_DATA[:length])


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 8, b"phiwseg1"])
def test_a_segment_with_something_behind_it_is_refused(tail: bytes) -> None:
    """Even zeros."""
    with pytest.raises(VaultError):
        unpack(_DATA + tail)


def test_another_version_is_refused() -> None:
    """It says so in its first eight bytes."""
    with pytest.raises(VaultError, match="damaged"):
        unpack(b"phiwseg2" + _DATA[len(MAGIC) :])


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    """With or without the first eight right."""
    for one in (data, MAGIC + data):
        with pytest.raises(VaultError):
            unpack(one)


@given(entry_lists(range(4)))
def test_what_was_packed_comes_out_in_the_same_order(entries: list[Entry]) -> None:
    """With and without vectors, words and titles; no entries too."""
    found = segment(entries)
    assert found.entries() == entries
    assert len(found) == len(entries)
    assert pack(found.entries(), model=found.model) == pack(entries, model=MODEL)


@given(entry_lists(range(4)), st.integers(0, 9))
def test_a_segment_is_read_wherever_it_lies_in_memory(entries: list[Entry], shift: int) -> None:
    """The numbers need no alignment."""
    data = memoryview(bytes(shift) + pack(entries, model=MODEL))
    assert unpack(data[shift:]).entries() == entries


def test_a_full_segment_holds_256_chunks() -> None:
    """Two versions of one document are two documents; a title may hold what no UTF-8 does."""
    entries = [
        Entry(document(n % 3), n % 2 + 1, n, n + 1, f"S{n}\ud800", {n: 1, 2**64 - 1: 65_535}, None)
        for n in range(MAX_CHUNKS)
    ]
    found = unpack(pack(entries))
    assert found.entries() == entries
    assert found.model == ""
    assert found.vectors.shape == (MAX_CHUNKS, 0)


def test_the_numbers_are_views_of_the_bytes() -> None:
    """Nothing is copied, and nothing can be changed."""
    found = unpack(_DATA)
    for array in (found.chunks, found.words, found.begins, found.postings, found.counts, found.vectors):
        assert not array.flags.owndata
        assert not array.flags.writeable


def test_a_segment_prints_how_many_chunks_and_no_more() -> None:
    """Titles, words and vectors are PHI."""
    assert repr(unpack(_DATA)) == "Segment(2 chunks)"
