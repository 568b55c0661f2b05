"""Tiles against the plain functions of the tree, which read every leaf."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.audit.leaf import MAX_LEAF_BYTES
from phiward.audit.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from phiward.audit.ports import TILE_HASHES
from phiward.audit.tiles import (
    Tile,
    TileBuilder,
    bundle,
    bundle_path,
    consistency,
    inclusion,
    perfect_root,
    root_of,
    split,
    tiles_of,
    unbundle,
)
from phiward.domain.errors import AuditIntegrityError

LEAVES = [number.to_bytes(3, "big") for number in range(70_000)]
HASHES = [leaf_hash(one) for one in LEAVES]
EDGES = [1, 2, 3, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 70_000]
"""Around a tile, a tile of tiles, and the example of the specification."""


def built(size: int) -> dict[Tile, bytes]:
    """Every tile of a tree of `size`, by the builder."""
    made: dict[Tile, bytes] = {}

    def keep(tile: Tile, hashes: bytes) -> None:
        assert tile not in made
        made[tile] = hashes

    builder = TileBuilder(keep)
    for hashed in HASHES[:size]:
        builder.append(hashed)
    builder.finish()
    assert (builder.size, builder.root()) == (size, root_hash(HASHES[:size]))
    return made


WHOLE = built(70_000)


class Reader:
    """Tiles in memory; counts what was asked for."""

    def __init__(self) -> None:
        self.asked: list[Tile] = []

    async def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """From the tiles of the largest tree, of which every smaller one is a prefix."""
        self.asked.append(Tile(level, index, width))
        found = next(hashes for tile, hashes in WHOLE.items() if (tile.level, tile.index) == (level, index))
        assert len(found) >= width * 32
        return split(found)[:width]


class Short(Reader):
    """Has a hash less than it should."""

    async def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """One is missing."""
        return (await super().tile(level, index, width))[:-1]


@pytest.mark.parametrize("size", [5, 300])
async def test_a_reader_with_a_missing_hash_gives_no_proof(size: int) -> None:
    """And not a wrong one."""
    for work in (root_of(Short(), size), inclusion(Short(), 0, size), consistency(Short(), 3, size)):
        with pytest.raises(AuditIntegrityError):
            await work


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
async def test_a_leaf_that_is_not_in_the_tree_has_no_proof(index: int, size: int) -> None:
    """Below, beyond, and in an empty tree."""
    with pytest.raises(ValueError, match="no such leaf"):
        await inclusion(Reader(), index, size)


@pytest.mark.parametrize(("old", "size"), [(0, 5), (6, 5), (-1, 5)])
async def test_a_tree_that_is_no_earlier_one_has_no_proof(old: int, size: int) -> None:
    """Empty, larger and impossible."""
    with pytest.raises(ValueError, match="no such tree"):
        await consistency(Reader(), old, size)


@pytest.mark.parametrize("size", [0, *EDGES])
async def test_the_root_from_tiles_is_that_of_the_leaves(size: int) -> None:
    """And of no leaves, that of RFC 6962."""
    assert await root_of(Reader(), size) == root_hash(HASHES[:size])
    assert root_hash([]) == EMPTY_ROOT


@given(st.integers(1, 1_500).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
@settings(deadline=None, max_examples=60)
async def test_an_inclusion_proof_is_that_of_the_plain_function(place: tuple[int, int]) -> None:
    """The same hashes in the same order."""
    index, size = place
    assert await inclusion(Reader(), index, size) == inclusion_proof(HASHES[:size], index)


@given(st.integers(1, 1_500).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
@settings(deadline=None, max_examples=60)
async def test_a_consistency_proof_is_that_of_the_plain_function(sizes: tuple[int, int]) -> None:
    """The same hashes in the same order."""
    old, size = sizes
    assert await consistency(Reader(), old, size) == consistency_proof(HASHES[:size], old)


@pytest.mark.parametrize("size", EDGES)
async def test_proofs_at_the_edges_of_tiles_verify(size: int) -> None:
    """By the functions of RFC 9162, for the first, the last and those around a tile."""
    root = root_hash(HASHES[:size])
    for index in {0, size - 1, size // 2, min(size - 1, 255), min(size - 1, 256)}:
        proof = await inclusion(Reader(), index, size)
        assert verify_inclusion(HASHES[index], index, size, proof, root)
    for old in {1, size, max(1, size - 1), max(1, size // 2), min(size, 256)}:
        proof = await consistency(Reader(), old, size)
        assert verify_consistency(old, size, root_hash(HASHES[:old]), root, proof)


async def test_a_proof_reads_few_tiles_and_each_once() -> None:
    """Of the 275 tiles of this tree, at most two a level, and not wider than the tree is."""
    for index in (0, 300, 65_535, 65_536, 69_999):
        reader = Reader()
        await inclusion(reader, index, 69_999 + 1)
        assert len(reader.asked) == len(set(reader.asked)) <= 6
    reader = Reader()
    await inclusion(reader, 3, 300)
    assert set(reader.asked) == {Tile(0, 0, 256), Tile(0, 1, 44)}


def test_the_tiles_of_a_tree_are_those_of_the_specification() -> None:
    """Its two examples: of 70,000 entries, and of 256."""
    tiles = list(tiles_of(70_000))
    assert sum(one.level == 0 and one.width == TILE_HASHES for one in tiles) == 273
    assert [one for one in tiles if one.level or one.width < TILE_HASHES] == [
        Tile(0, 273, 112),
        Tile(1, 0, 256),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert list(tiles_of(256)) == [Tile(0, 0, 256), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []


@pytest.mark.parametrize("size", EDGES)
def test_the_builder_makes_the_tiles_of_the_definition(size: int) -> None:
    """Each hash is MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])."""
    made = built(size)
    assert sorted(made) == sorted(tiles_of(size))
    for tile, hashes in made.items():
        assert len(hashes) == 32 * tile.width
        for at, hashed in itertools.islice(enumerate(split(hashes)), 0, 256, 51):
            first, span = (tile.index * 256 + at) * 256**tile.level, 256**tile.level
            assert hashed == root_hash(HASHES[first : first + span])


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        pytest.param(Tile(0, 1_234_067, 256), "tile/0/x001/x234/067", id="the example of the specification"),
        pytest.param(Tile(0, 0, 256), "tile/0/000", id="padded to three digits"),
        pytest.param(Tile(2, 999, 256), "tile/2/999", id="the last of one element"),
        pytest.param(Tile(1, 1_000, 256), "tile/1/x001/000", id="the first of two"),
        pytest.param(Tile(0, 273, 112), "tile/0/273.p/112", id="partial"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile: Tile, path: str) -> None:
    """Elements of three digits, all but the last behind an x."""
    assert tile.path == path


def test_an_entry_bundle_has_its_path() -> None:
    """Without a level."""
    assert bundle_path(1_234_067, 256) == "tile/entries/x001/x234/067"
    assert bundle_path(0, 7) == "tile/entries/000.p/7"


@pytest.mark.parametrize("height", range(9))
def test_a_perfect_tree_is_hashed_as_any_other(height: int) -> None:
    """Only faster; and no other number of hashes is taken for one."""
    assert perfect_root(HASHES[: 1 << height]) == root_hash(HASHES[: 1 << height])
    with pytest.raises(ValueError, match="shorter"):
        perfect_root(HASHES[: (1 << height) + 1 | 3])


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_an_entry_bundle_gives_its_leaves_back(leaves: list[bytes]) -> None:
    """Empty ones too."""
    assert unbundle(bundle(leaves)) == leaves


def test_the_length_in_a_bundle_is_two_bytes_the_greater_first() -> None:
    """And the longest leaf fits."""
    assert bundle([b"a" * 258, b""]) == b"\x01\x02" + b"a" * 258 + b"\x00\x00"
    longest = b"b" * MAX_LEAF_BYTES
    assert unbundle(bundle([longest])) == [longest]
    with pytest.raises(ValueError, match="does not fit"):
        bundle([longest + b"b"])


@pytest.mark.parametrize("cut", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_inside_a_leaf_is_refused(cut: bytes) -> None:
    """In its length, in its bytes, and after a whole one."""
    with pytest.raises(ValueError, match="ends inside"):
        unbundle(cut)
