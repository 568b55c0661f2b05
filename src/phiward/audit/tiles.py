"""The tree of a shard as tiles of 256 hashes, and proofs and roots from a few of them.

Tile `index` of level `level` holds the roots of 256 neighbouring perfect subtrees of 256 ** level leaves. Every hash
that a proof needs is the root of a run of leaves, every run is at most 64 perfect subtrees, and each of those lies in
one tile: a proof reads O(log n) tiles, all known beforehand and asked for at once. Source: https://c2sp.org/tlog-tiles,
RFC 6962 section 2.1
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from phiward.audit.leaf import MAX_LEAF_BYTES
from phiward.audit.merkle import EMPTY_ROOT, HASH_BYTES, Frontier
from phiward.audit.ports import TILE_HASHES, HashReader
from phiward.domain.errors import AuditIntegrityError

HEIGHT = 8
"""A tile spans a subtree of this height: 2 ** 8 hashes."""
Span = tuple[int, int]
"""A run of leaves, its end exclusive."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """The first `width` (1 to 256) hashes of a tile."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """Below the log's prefix: `tile/0/x001/x234/067`, and `.p/<width>` behind it where it is partial."""
        return _path(str(self.level), self.index, self.width)


def bundle_path(index: int, width: int) -> str:
    """Of the entries whose hashes are the level 0 tile `index`: `tile/entries/000.p/7`."""
    return _path("entries", index, width)


def _path(level: str, index: int, width: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([*(f"x{one}" for one in groups[:-1]), groups[-1]])
    return f"tile/{level}/{number}" + (f".p/{width}" if width < TILE_HASHES else "")


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size`, level by level: the full ones, then the partial one if there is one."""
    level, hashes = 0, size
    while hashes:
        for index in range(hashes >> HEIGHT):
            yield Tile(level, index, TILE_HASHES)
        if hashes % TILE_HASHES:
            yield Tile(level, hashes >> HEIGHT, hashes % TILE_HASHES)
        level, hashes = level + 1, hashes >> HEIGHT


def bundle(leaves: Iterable[bytes]) -> bytes:
    """An entry bundle: each leaf behind its length in two bytes, big-endian. Raises ValueError for a longer one."""
    made = bytearray()
    for leaf in leaves:
        if len(leaf) > MAX_LEAF_BYTES:
            raise ValueError("a leaf does not fit an entry bundle")
        made += len(leaf).to_bytes(2, "big") + leaf
    return bytes(made)


def unbundle(bundled: bytes) -> list[bytes]:
    """The leaves of an entry bundle. Raises ValueError when it ends inside one."""
    leaves, at = [], 0
    while at < len(bundled):
        end = at + 2 + int.from_bytes(bundled[at : at + 2], "big")
        if at + 2 > len(bundled) or end > len(bundled):
            raise ValueError("an entry bundle ends inside a leaf")
        leaves.append(bundled[at + 2 : end])
        at = end
    return leaves


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a stored tile, 32 bytes each."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


class TileBuilder:
    """Makes the tiles of a growing tree, each as soon as it is full, in the memory of one tile a level."""

    def __init__(self, made: Callable[[Tile, bytes], None]) -> None:
        """`made` gets each tile and its hashes, one behind the other."""
        self._made = made
        self._open: list[list[bytes]] = []
        self._full: list[int] = []
        self.size = 0

    def append(self, hashed: bytes) -> None:
        """Add the next leaf hash."""
        self.size += 1
        self._add(0, hashed)

    def root(self) -> bytes:
        """Of the tree so far: what no full tile holds, level by level, is its perfect subtrees."""
        subtrees = []
        for hashes in reversed(self._open):
            subtrees += [perfect_root(hashes[at : at + (1 << height)]) for at, height in _subtrees(0, len(hashes))]
        return Frontier(self.size, subtrees).root()

    def finish(self) -> None:
        """Hand out what is partial: the tiles at the right edge of the tree."""
        for level, hashes in enumerate(self._open):
            if hashes:
                self._made(Tile(level, self._full[level], len(hashes)), b"".join(hashes))

    def _add(self, level: int, hashed: bytes) -> None:
        if level == len(self._open):
            self._open.append([])
            self._full.append(0)
        hashes = self._open[level]
        hashes.append(hashed)
        if len(hashes) == TILE_HASHES:
            self._made(Tile(level, self._full[level], TILE_HASHES), b"".join(hashes))
            self._open[level], self._full[level] = [], self._full[level] + 1
            self._add(level + 1, perfect_root(hashes))


async def root_of(reader: HashReader, size: int) -> bytes:
    """The root of the first `size` leaves. Raises AuditIntegrityError when hashes are missing, StorageError."""
    return (await _roots(reader, size, [(0, size)]))[0] if size else EMPTY_ROOT


async def inclusion(reader: HashReader, index: int, size: int) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1 for leaf `index` in the tree of the first `size`.

    Raises ValueError when there is no such leaf, AuditIntegrityError when hashes are missing, StorageError.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    return await _roots(reader, size, _inclusion(index, 0, size))


async def consistency(reader: HashReader, old_size: int, size: int) -> list[bytes]:
    """PROOF of section 2.1.2 from `old_size` to `size`. Raises ValueError where there is none, else as `inclusion`."""
    if not 0 < old_size <= size:
        raise ValueError("no such tree")
    return await _roots(reader, size, _consistency(old_size, 0, size, whole=True))


def _half(start: int, end: int) -> int:
    """Where RFC 6962 splits this run: at the largest power of two smaller than it."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _inclusion(index: int, start: int, end: int) -> list[Span]:
    if end - start == 1:
        return []
    middle = _half(start, end)
    if index < middle:
        return [*_inclusion(index, start, middle), (middle, end)]
    return [*_inclusion(index, middle, end), (start, middle)]


def _consistency(old: int, start: int, end: int, *, whole: bool) -> list[Span]:
    if old == end:
        return [] if whole else [(start, end)]
    middle = _half(start, end)
    if old <= middle:
        return [*_consistency(old, start, middle, whole=whole), (middle, end)]
    return [*_consistency(old, middle, end, whole=False), (start, middle)]


def _subtrees(start: int, end: int) -> Iterator[Span]:
    """The perfect subtrees of a run as (first leaf, height), largest first. `start` must suit the first of them."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield start, height
        start += 1 << height


def _place(start: int, height: int) -> tuple[int, int, slice]:
    """Where the hashes under a perfect subtree stand: level, tile, and which of its hashes."""
    level, above = divmod(height, HEIGHT)
    index, first = divmod(start >> level * HEIGHT, TILE_HASHES)
    return level, index, slice(first, first + (1 << above))


async def _roots(reader: HashReader, size: int, spans: Sequence[Span]) -> list[bytes]:
    """The root of each run, from tiles that are all asked for at once."""
    places = {_place(*subtree)[:2] for span in spans for subtree in _subtrees(*span)}
    wanted = [Tile(level, at, min(TILE_HASHES, (size >> level * HEIGHT) - at * TILE_HASHES)) for level, at in places]
    read = await asyncio.gather(*(reader.tile(one.level, one.index, one.width) for one in wanted))
    tiles: dict[tuple[int, int], Sequence[bytes]] = {}
    for one, hashes in zip(wanted, read, strict=True):
        if len(hashes) != one.width:
            raise AuditIntegrityError("Hashes of the log are missing.")
        tiles[one.level, one.index] = hashes
    return [_root(tiles, span) for span in spans]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """As `root_hash`, of a power of two hashes: level by level, which is twice as fast and most of a proof's work."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def _root(tiles: Mapping[tuple[int, int], Sequence[bytes]], span: Span) -> bytes:
    subtrees = []
    for subtree in _subtrees(*span):
        level, index, which = _place(*subtree)
        subtrees.append(perfect_root(tiles[level, index][which]))
    return Frontier(span[1] - span[0], subtrees).root()
