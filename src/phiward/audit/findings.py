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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: what kind, at which index, and in words that hold no PHI.

    Where only a range is known (between two checkpoints), `index` is its first.
    """

    kind: FindingKind
    index: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """`holds` only if nothing was found. `root` is hexadecimal; `open_intents` are no findings.

    `anchored_size` is how many entries the largest valid anchor covers: what came after it, or all
    where it is 0, could have been cut without a trace. `more` counts findings beyond those listed.
    """

    holds: bool
    entries: int
    size: int
    root: str
    waiting: int
    open_intents: tuple[str, ...]
    findings: tuple[Finding, ...]
    checkpoints: int = 0
    anchors: int = 0
    anchored_size: int = 0
    more: int = 0

    @property
    def first_bad_index(self) -> int | None:
        """The lowest index named by a finding."""
        return min((one.index for one in self.findings if one.index is not None), default=None)
