"""The verifier: recomputes everything from the entries, and reports instead of raising.

It believes nothing that the database says about itself: indices must be dense, every signed
checkpoint must fit the recomputed tree at its size, the head must be the recomputed one, and the
checkpoints that were kept outside the database must be prefixes of it. That last check is what sees a
log that was cut, rewound or rewritten together with its own checkpoints.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.leaf import decode_leaf
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.note import Verifier
from phiward.domain.audit import StoredEntry, TreeHead
from phiward.domain.errors import AuditIntegrityError
from phiward.domain.ports import AuditStore

MAX_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: what kind, at which index or size, and in words."""

    kind: str
    index: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """`holds` only if nothing was found. `root` is hexadecimal; `open_intents` are no findings."""

    holds: bool
    entries: int
    size: int
    root: str
    waiting: int
    open_intents: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def first_bad_index(self) -> int | None:
        """The lowest index named by a finding."""
        return min((one.index for one in self.findings if one.index is not None), default=None)


@dataclass(slots=True)
class _Walk:
    """What is gathered while the entries pass by."""

    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    intents: set[str] = field(default_factory=set)
    outcomes: set[str] = field(default_factory=set)

    def find(self, kind: str, index: int | None, detail: str) -> None:
        """Note a finding, up to a limit."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(kind, index, detail))


async def verify(store: AuditStore, verifier: Verifier, anchors: Sequence[bytes]) -> Report:
    """Check the whole log. `anchors` are signed checkpoints kept outside the database, oldest first.

    Raises StorageError only when the store cannot be read at all.
    """
    walk = _Walk()
    inside = _opened(walk, await store.checkpoints(), verifier, "checkpoint")
    outside = _opened(walk, anchors, verifier, "anchor")
    wanted = {one.size for one in (*inside, *outside)}
    async for entry in store.entries():
        _entry(walk, entry)
        if walk.frontier.size in wanted:
            walk.roots[walk.frontier.size] = walk.frontier.root()
    _compare(walk, inside, "checkpoint")
    _compare(walk, outside, "anchor")
    _head(walk, await store.head(), inside)
    for interaction in sorted(walk.outcomes - walk.intents):
        walk.find("outcome without intent", None, f"interaction {interaction}")
    return Report(
        holds=not walk.findings,
        entries=walk.frontier.size,
        size=walk.frontier.size,
        root=walk.frontier.root().hex(),
        waiting=await store.unsequenced(),
        open_intents=tuple(sorted(walk.intents - walk.outcomes)),
        findings=tuple(walk.findings),
    )


def _opened(walk: _Walk, notes: Iterable[bytes], verifier: Verifier, kind: str) -> list[Checkpoint]:
    opened = []
    for number, note in enumerate(notes):
        try:
            checkpoint = parse_checkpoint(verifier.open(note))
        except AuditIntegrityError as error:
            walk.find(f"{kind} not valid", None, f"number {number}: {error}")
            continue
        if checkpoint.origin != verifier.name:
            walk.find(f"{kind} of another log", checkpoint.size, "the origin differs")
            continue
        opened.append(checkpoint)
    return opened


def _entry(walk: _Walk, entry: StoredEntry) -> None:
    index = walk.frontier.size
    if entry.index != index:
        walk.find("gap or disorder", index, f"index {entry.index} stands where {index} is due")
    walk.frontier.append(leaf_hash(entry.leaf))
    try:
        said = decode_leaf(entry.leaf)
    except ValueError:
        walk.find("leaf not readable", index, "not a JSON object")
        return
    row = (str(entry.id), str(entry.interaction), entry.kind)
    if (said.get("id"), said.get("interaction"), said.get("kind")) != row:
        walk.find("row differs from its leaf", index, "id, interaction or kind")
    recorded = _addenda(said.get("addenda"))
    for addendum in entry.addenda:
        if recorded.pop(addendum.name, None) != sha256(addendum.ciphertext).hexdigest():
            walk.find("addendum altered", index, "its digest is not the one in the leaf")
    for _ in recorded:
        walk.find("addendum missing", index, "the leaf names one that is gone")
    if entry.kind in ("intent", "outcome"):
        (walk.intents if entry.kind == "intent" else walk.outcomes).add(str(entry.interaction))


def _addenda(said: object) -> dict[str, object]:
    """Digest by name, as the leaf says; empty for what is no list of objects."""
    listed = said if isinstance(said, list) else []
    return {str(one.get("name")): one.get("sha256") for one in listed if isinstance(one, dict)}


def _compare(walk: _Walk, checkpoints: Iterable[Checkpoint], kind: str) -> None:
    """Each must be a prefix. The first that is not bounds where the first altered entry stands."""
    good = 0
    for checkpoint in sorted(checkpoints, key=lambda one: one.size):
        if checkpoint.size > walk.frontier.size:
            held = walk.frontier.size
            detail = f"a signed {kind} of size {checkpoint.size} exists, the log has {held} entries"
            walk.find("log cut or rewound", held, detail)
            return
        if checkpoint.size and walk.roots.get(checkpoint.size) != checkpoint.root:
            detail = f"the first altered entry stands between index {good} and {checkpoint.size - 1}"
            walk.find(f"{kind} differs", good, detail)
            return
        good = checkpoint.size


def _head(walk: _Walk, head: TreeHead, checkpoints: Sequence[Checkpoint]) -> None:
    size = walk.frontier.size
    if (head.size, head.frontier) != (size, walk.frontier.subtrees):
        walk.find("head differs", min(head.size, size), "the stored tree head is not the recomputed one")
    newest = max((one.size for one in checkpoints), default=0)
    if newest < size:
        walk.find("entries without a checkpoint", newest, "the newest signed one is older than the log")
