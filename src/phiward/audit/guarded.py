"""A signer that remembers what it signed last, and signs only what extends it.

The log's database can be rewound or forked by its administrator; who signs must not go along. This rule keeps one
head, that of its last checkpoint, stored before the checkpoint is given out. It signs a growth only if the tree
passes through that head on its way, or if it opens a later shard whose first entry names that very checkpoint.
A caller that died after the signature may therefore ask the same again, alone or with more behind it, and gets the
same bytes: Ed25519 is deterministic. Source: https://c2sp.org/tlog-checkpoint, section Signatures

It sees hashes and the one leaf that opens a shard, never another entry.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.leaf import decode_leaf
from phiward.audit.merkle import Frontier
from phiward.audit.note import Verifier
from phiward.audit.ports import Growth
from phiward.audit.shards import rank, shard_of
from phiward.audit.signer import Signer, frontier_before
from phiward.domain.audit import EntryKind
from phiward.domain.errors import AuditIntegrityError

OPENED = "log.opened"


class Why(StrEnum):
    """Why nothing is signed. `message` is what a person reads."""

    BROKEN = "broken"
    BEHIND = "behind"
    FORK = "fork"
    EARLIER = "earlier"
    NOT_NAMED = "not_named"
    NOT_FIRST = "not_first"
    REMEMBERS = "remembers"

    @property
    def message(self) -> str:
        """Without any content."""
        return _MESSAGES[self]


_MESSAGES = {
    Why.BROKEN: "What is to be signed does not fit together.",
    Why.BEHIND: "The log is behind the checkpoint that was signed last: it was cut or rewound.",
    Why.FORK: "The log is not the one that was signed last: it was forked or rewritten.",
    Why.EARLIER: "A later part of the log was signed already.",
    Why.NOT_NAMED: "A part of the log opens without naming the checkpoint that was signed last.",
    Why.NOT_FIRST: "Nothing was signed yet, and this is not the beginning of a log.",
    Why.REMEMBERS: "Something was signed already; the memory of that is not replaced.",
}


class RefusedToSignError(AuditIntegrityError):
    """It does not extend what was signed last; `why` says how."""

    def __init__(self, why: Why) -> None:
        """Its message is that of `why`."""
        super().__init__(why.message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Signed:
    """The head that was signed last."""

    shard: str
    size: int
    root: bytes


class Memory(Protocol):
    """Where the last head is kept: one place, of one signer."""

    def last(self) -> Signed | None:
        """None where nothing was signed yet."""

    def keep(self, head: Signed) -> None:
        """On disk when this returns. Raises SignerUnavailableError; the head may then be kept or not."""


class GuardedSigner:
    """A key with its memory. One caller at a time."""

    def __init__(self, signer: Signer, memory: Memory) -> None:
        """`memory` must be no other signer's with the same key."""
        self._signer, self._memory = signer, memory

    def sign(self, growth: Growth) -> bytes:
        """The signed checkpoint after `growth`. Blocks while the head is stored.

        Raises RefusedToSignError; SignerUnavailableError when the head cannot be stored: nothing is signed then.
        """
        head = judge(self._memory.last(), growth, self._signer.verifier)
        self._memory.keep(head)
        return self._signer.checkpoint(head.size, head.root, head.shard)

    def last(self) -> bytes | None:
        """The checkpoint that was signed last: what an entry that opens a shard after a restore names as lost."""
        head = self._memory.last()
        return None if head is None else self._signer.checkpoint(head.size, head.root, head.shard)


def opened(note: bytes, verifier: Verifier) -> Signed:
    """What a signed checkpoint of this log says, whichever shard it is of. Raises AuditIntegrityError."""
    origin = note.split(b"\n", 1)[0].decode("utf-8", "replace")
    shard = shard_of(verifier.name, origin)
    checkpoint: Checkpoint = parse_checkpoint(verifier.named(origin).open(note))
    return Signed(shard, checkpoint.size, checkpoint.root)


def judge(last: Signed | None, growth: Growth, verifier: Verifier) -> Signed:
    """The head after `growth`, if it may be signed after `last`. Raises RefusedToSignError."""
    try:
        tree = frontier_before(growth)
        earlier = last is not None and rank(growth.shard) < rank(last.shard)
    except AuditIntegrityError as error:
        raise RefusedToSignError(Why.BROKEN) from error
    if earlier:
        raise RefusedToSignError(Why.EARLIER)
    if last is None or growth.shard != last.shard:
        _refuse_unless_it_opens(last, growth, verifier)
        tree.extend(growth.hashes)
    else:
        _pass_through(last, tree, growth.hashes)
    return Signed(growth.shard, tree.size, tree.root())


def _pass_through(last: Signed, tree: Frontier, hashes: tuple[bytes, ...]) -> None:
    """Let the tree grow; at the size that was signed last its root must be the one that was signed."""
    if tree.size > last.size:
        raise RefusedToSignError(Why.FORK)  # what lies between was never signed
    if tree.size + len(hashes) < last.size:
        raise RefusedToSignError(Why.BEHIND)
    known = last.size - tree.size
    tree.extend(hashes[:known])
    if tree.root() != last.root:
        raise RefusedToSignError(Why.FORK)
    tree.extend(hashes[known:])


def _refuse_unless_it_opens(last: Signed | None, growth: Growth, verifier: Verifier) -> None:
    if last is None and growth.shard == "" and growth.before.size == 0 and growth.first_leaf is None:
        return  # a log without shards begins with any entry
    said = _opening(growth)
    named = [_named(said[name], verifier) for name in ("previous", "lost")]
    if last is None and (named != [None, None] or growth.before.size):
        raise RefusedToSignError(Why.NOT_FIRST)
    if last is not None and last not in named:
        raise RefusedToSignError(Why.NOT_NAMED)


def _opening(growth: Growth) -> dict[str, Any]:
    """The facts of the entry that opens the shard."""
    if growth.first_leaf is None:
        raise RefusedToSignError(Why.NOT_NAMED)
    try:
        leaf = decode_leaf(growth.first_leaf)
        facts: dict[str, Any] = leaf["facts"]
        if (leaf["kind"], facts["action"], facts["shard"]) == (EntryKind.LOG, OPENED, growth.shard):
            return {"previous": facts["previous"], "lost": facts["lost"]}
    except (ValueError, TypeError, KeyError):
        pass
    raise RefusedToSignError(Why.NOT_NAMED)


def _named(note: Any, verifier: Verifier) -> Signed | None:
    """The checkpoint that an opening entry names; each must be one that this key signed."""
    if note is None:
        return None
    try:
        return opened(str(note).encode(), verifier)
    except (AuditIntegrityError, UnicodeEncodeError) as error:
        raise RefusedToSignError(Why.NOT_NAMED) from error
