"""The verifier: recomputes everything from the entries, and reports instead of raising.

It believes nothing that the database says about itself: indices must be dense, every signed
checkpoint must fit the recomputed tree at its size, the head must be the recomputed one, and the
checkpoints that were kept outside the database must be prefixes of it. That last check is what sees a
log that was cut, rewound or rewritten together with its own checkpoints.
"""

from collections.abc import Iterable, Sequence

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.findings import Finding, FindingKind, Report
from phiward.audit.note import Verifier
from phiward.audit.walk import Walk
from phiward.domain.audit import TreeHead
from phiward.domain.errors import AuditIntegrityError
from phiward.domain.ports import AuditStore

__all__ = ["Finding", "FindingKind", "Report", "verify"]


async def verify(store: AuditStore, verifier: Verifier, anchors: Sequence[bytes]) -> Report:
    """Check the whole log at one instant. `anchors` are signed checkpoints kept outside the database.

    Read the anchors before calling: a gateway that runs meanwhile then cannot be ahead of the log.
    Raises StorageError only when the store cannot be read at all.
    """
    async with store.snapshot() as view:
        inside, broken_inside = _opened(await view.checkpoints(), verifier, {})
        outside, broken_outside = _opened(anchors, verifier, inside)
        walk = Walk(one.size for one in (*inside.values(), *outside.values()))
        _invalid(walk, FindingKind.CHECKPOINT_INVALID, broken_inside)
        _invalid(walk, FindingKind.ANCHOR_INVALID, broken_outside)
        async for entry in view.entries():
            walk.entry(entry)
        walk.finish()
        _compare(walk, inside.values(), FindingKind.CHECKPOINT_DIFFERS, "checkpoint in the database")
        _compare(walk, outside.values(), FindingKind.ANCHOR_DIFFERS, "checkpoint kept outside")
        _forks(walk, (*inside.values(), *outside.values()))
        _head(walk, await view.head(), inside.values())
        waiting = await view.unsequenced()
    return Report(
        holds=not walk.findings,
        entries=walk.frontier.size,
        size=walk.frontier.size,
        root=walk.frontier.root().hex(),
        waiting=waiting,
        open_intents=tuple(sorted(walk.open)),
        findings=tuple(walk.findings),
        checkpoints=len(inside),
        anchors=len(outside),
        anchored_size=_largest(outside.values()),
        more=walk.more,
    )


def _opened(
    notes: Iterable[bytes], verifier: Verifier, known: dict[bytes, Checkpoint]
) -> tuple[dict[bytes, Checkpoint], list[str]]:
    """The valid notes with what they say, and why each of the others is not. A known note costs nothing."""
    opened: dict[bytes, Checkpoint] = {}
    broken = []
    for number, note in enumerate(notes, start=1):
        try:
            opened[note] = known.get(note) or _checkpoint(verifier, note)
        except AuditIntegrityError as error:
            broken.append(f"number {number}: {error}")
    return opened, broken


def _checkpoint(verifier: Verifier, note: bytes) -> Checkpoint:
    checkpoint = parse_checkpoint(verifier.open(note))
    if checkpoint.origin != verifier.name:
        raise AuditIntegrityError("It is of another log.")
    return checkpoint


def _invalid(walk: Walk, kind: FindingKind, broken: Iterable[str]) -> None:
    for detail in broken:
        walk.find(kind, None, detail)


def _compare(walk: Walk, checkpoints: Iterable[Checkpoint], kind: FindingKind, what: str) -> None:
    """Each must be a prefix. The first that is not bounds where the first altered entry stands."""
    good = 0
    for checkpoint in sorted(checkpoints, key=lambda one: one.size):
        if checkpoint.size > walk.next_index:
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


def _forks(walk: Walk, checkpoints: Iterable[Checkpoint]) -> None:
    """Two signed roots for one size: the log told two stories, whatever it tells now."""
    roots: dict[int, bytes] = {}
    for checkpoint in sorted(checkpoints, key=lambda one: one.size):
        if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            detail = f"two different trees of {checkpoint.size} entries were signed"
            walk.find(FindingKind.FORK, max(checkpoint.size - 1, 0), detail)
            return


def _head(walk: Walk, head: TreeHead, checkpoints: Iterable[Checkpoint]) -> None:
    if (head.size, tuple(head.frontier)) != (walk.frontier.size, walk.frontier.subtrees):
        index = max(0, min(head.size, walk.frontier.size))
        walk.find(FindingKind.HEAD, index, "the stored tree head is not the recomputed one")
    newest = _largest(checkpoints)
    if newest < walk.next_index:
        walk.find(FindingKind.UNSIGNED, newest, "the newest signed checkpoint is older than the log")


def _largest(checkpoints: Iterable[Checkpoint]) -> int:
    return max((one.size for one in checkpoints), default=0)
