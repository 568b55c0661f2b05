"""The tree against the published vectors of RFC 6962 and against its own definition."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first 0 to 8 leaves: the vectors that certificate transparency logs are tested with."""

MANY = [leaf_hash(bytes([one])) for one in range(41)]
FLIP = bytes([1]) + bytes(31)


def flipped(digest: bytes, place: int = 0) -> bytes:
    """One bit of one byte changed."""
    return digest[:place] + bytes([digest[place] ^ 1]) + digest[place + 1 :]


def defined(hashes: list[bytes]) -> bytes:
    """MTH as section 2.1 writes it, recursion and all."""
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01" + defined(hashes[:half]) + defined(hashes[half:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size: int) -> None:
    """For each tree of the vectors."""
    assert root_hash([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


def test_a_leaf_and_a_node_of_the_same_bytes_differ() -> None:
    """Else a node could be passed off as a leaf."""
    left, right = MANY[:2]
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("size", range(41))
def test_appending_gives_the_root_of_the_definition(size: int) -> None:
    """Also from a frontier that was stored in between."""
    frontier = Frontier()
    for hashed in MANY[:size]:
        frontier = Frontier(frontier.size, frontier.subtrees)
        frontier.append(hashed)
    assert frontier.root() == root_hash(MANY[:size]) == defined(MANY[:size])
    assert len(frontier.subtrees) == size.bit_count()


@pytest.mark.parametrize(
    ("size", "subtrees"),
    [
        pytest.param(1, (), id="too few"),
        pytest.param(2, (FLIP, FLIP), id="too many"),
        pytest.param(1, (b"short",), id="no digest"),
        pytest.param(-1, (FLIP,), id="negative"),
    ],
)
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, subtrees: tuple[bytes, ...]) -> None:
    """A stored head that was altered cannot be built upon."""
    with pytest.raises(ValueError, match="does not fit"):
        Frontier(size, subtrees)


@pytest.mark.parametrize("size", range(1, 41))
def test_inclusion_is_proven_and_nothing_else(size: int) -> None:
    """Every leaf of every size; not at another index, in another size, for another leaf or root."""
    hashes, root = MANY[:size], root_hash(MANY[:size])
    for index in range(size):
        proof = inclusion_proof(hashes, index)
        assert verify_inclusion(hashes[index], index, size, proof, root)
        assert not verify_inclusion(flipped(hashes[index]), index, size, proof, root)
        assert not verify_inclusion(hashes[index], index, size, proof, flipped(root))
        assert not verify_inclusion(hashes[index], index, size, [*proof, FLIP], root)
        for other in range(size):
            assert verify_inclusion(hashes[index], other, size, proof, root) == (other == index)
        for step in range(len(proof)):
            bent = [flipped(one) if number == step else one for number, one in enumerate(proof)]
            assert not verify_inclusion(hashes[index], index, size, bent, root)
            assert not verify_inclusion(hashes[index], index, size, proof[:step], root)


@pytest.mark.parametrize("size", range(1, 41))
def test_consistency_is_proven_and_nothing_else(size: int) -> None:
    """Every prefix of every size; not for another root, another size or a bent proof."""
    root = root_hash(MANY[:size])
    for old in range(1, size + 1):
        before, proof = root_hash(MANY[:old]), consistency_proof(MANY[:size], old)
        assert verify_consistency(old, size, before, root, proof)
        assert not verify_consistency(old, size, flipped(before), root, proof)
        assert not verify_consistency(old, size, before, flipped(root), proof)
        assert not verify_consistency(old, size, before, root, [*proof, FLIP])
        for other in range(1, size + 1):
            if other != old:
                assert not verify_consistency(other, size, before, root, proof)
        for step in range(len(proof)):
            bent = [flipped(one, 31) if number == step else one for number, one in enumerate(proof)]
            assert not verify_consistency(old, size, before, root, bent)
            assert not verify_consistency(old, size, before, root, proof[:step])


@given(st.integers(2, 40), st.data())
@settings(max_examples=100, deadline=None)
def test_any_flipped_byte_of_a_proof_is_seen(size: int, data: st.DataObject) -> None:
    """At any place of any step."""
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(MANY[:size], index)
    step, place = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 31))
    proof[step] = flipped(proof[step], place)
    assert not verify_inclusion(MANY[index], index, size, proof, root_hash(MANY[:size]))


@pytest.mark.parametrize("size", [0, 1, 5])
def test_a_proof_of_what_is_not_there_is_refused(size: int) -> None:
    """Neither made nor believed."""
    for index in (-1, size):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion_proof(MANY[:size], index)
        assert not verify_inclusion(MANY[0], index, size, [], EMPTY_ROOT)
    for old in (0, -1, size + 1):
        with pytest.raises(ValueError, match="no such tree"):
            consistency_proof(MANY[:size], old)
        assert not verify_consistency(old, size, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(3, 5, EMPTY_ROOT, EMPTY_ROOT, [])


def test_a_step_that_is_no_digest_is_refused() -> None:
    """Else the bytes of two steps could be cut elsewhere."""
    hashes = MANY[:2]
    root, step = root_hash(hashes), hashes[1]
    assert verify_inclusion(hashes[0], 0, 2, [step], root)
    assert not verify_inclusion(hashes[0] + step[:1], 0, 2, [step[1:]], root)
    assert verify_consistency(1, 2, hashes[0], root, [step])
    assert not verify_consistency(1, 2, hashes[0] + step[:1], root, [step[1:]])
