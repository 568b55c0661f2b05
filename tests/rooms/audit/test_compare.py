"""Signed checkpoints against a walked tree; what a whole log shows stands in test_verify.py and test_succession.py."""

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.compare import compare, forks, largest, signed
from phiward.audit.findings import FindingKind
from phiward.audit.merkle import leaf_hash, root_hash
from phiward.audit.succession import Loss
from phiward.audit.threads import Threads
from phiward.audit.walk import Found, Walk

LEAVES = [leaf_hash(bytes([number])) for number in range(6)]
ORIGIN = "hospital.example/audit/2026"


def at(size: int, root: bytes | None = None) -> Checkpoint:
    """Of the true tree, or of another."""
    return Checkpoint(ORIGIN, size, root or root_hash(LEAVES[:size]))


def walked(entries: int = 5) -> tuple[Walk, Found]:
    """A tree of so many leaves, with every root."""
    found = Found()
    walk = Walk("2026", range(10), found, Threads())
    for hashed in LEAVES[:entries]:
        walk.kept(hashed)
    return walk, found


def places(found: Found) -> list[tuple[FindingKind, int | None]]:
    """What was found."""
    return [(one.kind, one.index) for one in found.findings]


def test_the_first_checkpoint_that_does_not_fit_bounds_the_place() -> None:
    """Later ones add nothing."""
    walk, found = walked()
    compare(walk, [at(2), at(4, bytes(32)), at(5, bytes(32))], FindingKind.ANCHOR_DIFFERS, "x", ())
    assert places(found) == [(FindingKind.ANCHOR_DIFFERS, 2)]


def test_what_is_larger_is_a_cut_unless_it_was_declared_lost() -> None:
    """By exactly that loss."""
    walk, found = walked()
    compare(walk, [at(6)], FindingKind.ANCHOR_DIFFERS, "x", ())
    assert places(found) == [(FindingKind.CUT, 5)]
    for lost, quiet in ((6, True), (5, False)):
        walk, found = walked()
        loss = Loss("2026.2", "2026", 5, at(lost, bytes(32)), "2026")
        compare(walk, [at(2), at(6)], FindingKind.ANCHOR_DIFFERS, "x", [loss])
        assert (found.findings == []) is quiet


def test_two_trees_of_one_size_are_a_fork_and_an_unsigned_tail_is_told() -> None:
    """The same note twice is none."""
    walk, found = walked()
    forks(walk, [at(3), at(3)])
    assert found.findings == []
    forks(walk, [at(3), at(4), at(3, bytes(32))])
    signed(walk, [at(4)])
    assert places(found) == [(FindingKind.FORK, 2), (FindingKind.UNSIGNED, 4)]
    assert (largest([]), largest([at(2), at(4)])) == (0, 4)
