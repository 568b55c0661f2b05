"""Signed checkpoints against the recomputed tree of their shard."""

from collections.abc import Sequence

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.findings import FindingKind
from phiward.audit.succession import Loss
from phiward.audit.walk import Walk


def compare(
    walk: Walk, checkpoints: Sequence[Checkpoint], kind: FindingKind, what: str, losses: Sequence[Loss]
) -> None:
    """Each must be a prefix. The first that is not bounds where the first altered entry stands.

    `checkpoints` of this shard, the smallest first. Those of entries that were declared lost are passed over.
    """
    good = 0
    for checkpoint in checkpoints:
        if checkpoint.size > walk.next_index:
            if any(loss.covers(walk.shard, checkpoint.size) for loss in losses):
                continue
            detail = f"a signed {what} has {checkpoint.size} entries, the log has {walk.next_index}"
            walk.find(FindingKind.CUT, walk.next_index, detail)
            return
        root = walk.roots.get(checkpoint.size)
        if root is None:
            return  # behind a gap, which is a finding already; nothing there can be compared
        if root != checkpoint.root:
            last = checkpoint.size - 1
            walk.find(kind, min(good, max(last, 0)), f"the first altered entry stands between index {good} and {last}")
            return
        good = checkpoint.size


def forks(walk: Walk, checkpoints: Sequence[Checkpoint]) -> None:
    """Two signed roots for one size: the log told two stories, whatever it tells now."""
    roots: dict[int, bytes] = {}
    for checkpoint in sorted(checkpoints, key=lambda one: one.size):
        if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            detail = f"two different trees of {checkpoint.size} entries were signed"
            walk.find(FindingKind.FORK, max(checkpoint.size - 1, 0), detail)
            return


def signed(walk: Walk, checkpoints: Sequence[Checkpoint]) -> None:
    """What stands in a shard was signed to its end."""
    newest = largest(checkpoints)
    if newest < walk.next_index:
        walk.find(FindingKind.UNSIGNED, newest, "the newest signed checkpoint is older than the log")


def largest(checkpoints: Sequence[Checkpoint]) -> int:
    """The size of the largest; 0 where there is none."""
    return max((one.size for one in checkpoints), default=0)
