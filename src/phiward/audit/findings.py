"""What a verification says: a report, and findings that a security officer can act on.

docs/how-to/audit.md explains each kind, in this order.
"""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What does not hold."""

    GAP = "gap or disorder"  # an index is missing, or comes twice
    LEAF = "leaf not readable"
    ROW = "row differs from its leaf"
    ADDENDUM_ALTERED = "addendum altered"
    ADDENDUM_MISSING = "addendum missing"
    ADDENDUM_FOREIGN = "addendum not in the leaf"
    CHECKPOINT_INVALID = "checkpoint not valid"
    CHECKPOINT_DIFFERS = "checkpoint differs"
    ANCHOR_INVALID = "anchor not valid"
    ANCHOR_DIFFERS = "anchor differs"
    CUT = "log cut or rewound"
    FORK = "log forked"
    HEAD = "head differs"
    UNSIGNED = "entries without a checkpoint"
    INTENT_TWICE = "two intents for one interaction"
    OUTCOME_ALONE = "outcome without intent"
    SUCCESSION = "shard does not succeed the one before"
    DESTROYED = "shard destroyed without a record"
    LOST = "acknowledged entries are missing"


class NoticeKind(StrEnum):
    """What holds, and should be known."""

    RESTORED = "restored from backup"  # entries are gone; the loss was declared and signed
    DESTROYED = "shard destroyed on record"
    CLOCK = "a clock went back"
    SILENT = "a process was silent"
    UNANCHORED = "no anchor outside"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: what kind, in which shard at which index, and in words that hold no PHI.

    Where only a range is known (between two checkpoints), `index` is its first.
    """

    kind: FindingKind
    index: int | None
    detail: str
    shard: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that holds and should be known."""

    kind: NoticeKind
    index: int | None
    detail: str
    shard: str = ""


@dataclass(frozen=True, slots=True)
class ShardReport:
    """One shard: its entries (`size`), their root (hexadecimal), and how far anchors outside cover them.

    What came after `anchored_size`, or all where it is 0, could have been cut without a trace.
    """

    name: str
    size: int
    root: str
    checkpoints: int
    anchors: int
    anchored_size: int
    destroyed: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """`holds` only if nothing was found. `open_intents` are no findings.

    `shards` in their order; the last is the one that grows. `more` counts findings beyond those listed.
    """

    holds: bool
    entries: int
    waiting: int
    open_intents: tuple[str, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...] = ()
    shards: tuple[ShardReport, ...] = ()
    more: int = 0

    @property
    def first_bad(self) -> tuple[str, int] | None:
        """The first place that a finding names: a shard, and an index in it."""
        order = {one.name: at for at, one in enumerate(self.shards)}
        places = [(order.get(one.shard, 0), one.index, one.shard) for one in self.findings if one.index is not None]
        return next(((shard, index) for _, index, shard in sorted(places)), None)

    @property
    def first_bad_index(self) -> int | None:
        """The index of that place."""
        first = self.first_bad
        return first[1] if first else None

    @property
    def newest(self) -> ShardReport:
        """The shard that grows."""
        return self.shards[-1]
