"""The Merkle tree of RFC 6962 section 2, with its vocabulary.

    leaf_hash(d)      = SHA-256(0x00 || d)
    node_hash(l, r)   = SHA-256(0x01 || l || r)
    root of no leaves = SHA-256()

A tree of any size is the list of its perfect subtrees, largest first: the frontier. No node is
duplicated where the size is odd.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """32 bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """32 bytes."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The perfect subtrees of a growing tree: append in O(log n), no nodes kept."""

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        """`subtrees` largest first, one for each set bit of `size`. Raises ValueError otherwise."""
        self.size = size
        self._subtrees = list(subtrees)
        fits = size >= 0 and len(self._subtrees) == size.bit_count()
        if not fits or any(len(one) != HASH_BYTES for one in self._subtrees):
            raise ValueError("a frontier does not fit its size")

    def append(self, hashed: bytes) -> None:
        """Add one leaf hash."""
        size, subtrees = self.size, self._subtrees
        while size & 1:
            hashed = node_hash(subtrees.pop(), hashed)
            size >>= 1
        subtrees.append(hashed)
        self.size += 1

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Add many."""
        for hashed in hashes:
            self.append(hashed)

    @property
    def subtrees(self) -> tuple[bytes, ...]:
        """Largest first."""
        return tuple(self._subtrees)

    def root(self) -> bytes:
        """The root hash of the tree so far."""
        if not self._subtrees:
            return EMPTY_ROOT
        root = self._subtrees[-1]
        for subtree in reversed(self._subtrees[:-1]):
            root = node_hash(subtree, root)
        return root


def root_hash(hashes: Sequence[bytes]) -> bytes:
    """MTH of section 2.1, over leaf hashes."""
    frontier = Frontier()
    frontier.extend(hashes)
    return frontier.root()


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """PATH of section 2.1.1. Raises ValueError when there is no such leaf."""
    if not 0 <= index < len(hashes):
        raise ValueError("no such leaf")
    if len(hashes) == 1:
        return []
    half = _split(len(hashes))
    if index < half:
        return [*inclusion_proof(hashes[:half], index), root_hash(hashes[half:])]
    return [*inclusion_proof(hashes[half:], index - half), root_hash(hashes[:half])]


def verify_inclusion(hashed: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf stands at `index` of the tree of `size` with `root` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or any(len(step) != HASH_BYTES for step in proof):
        return False
    node, last = index, size - 1
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = node_hash(step, hashed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == root


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """PROOF of section 2.1.2, from `old_size` to all. Raises ValueError for an impossible size."""
    if not 0 < old_size <= len(hashes):
        raise ValueError("no such tree")
    return _subproof(hashes, old_size, whole=True)


def _subproof(hashes: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(hashes):
        return [] if whole else [root_hash(hashes)]
    half = _split(len(hashes))
    if old_size <= half:
        return [*_subproof(hashes[:half], old_size, whole=whole), root_hash(hashes[half:])]
    return [*_subproof(hashes[half:], old_size - half, whole=False), root_hash(hashes[:half])]


def verify_consistency(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the old tree is a prefix of the new one (RFC 9162 section 2.1.4.2)."""
    if not 0 < old_size <= size or any(len(step) != HASH_BYTES for step in proof):
        return False
    if old_size == size:
        return not proof and old_root == root
    steps = list(proof)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == root
