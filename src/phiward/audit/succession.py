"""Each shard begins with the last checkpoint of the one before; a restore says there what was lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.findings import FindingKind, Notice, NoticeKind
from phiward.audit.note import Verifier
from phiward.audit.opened import open_checkpoint
from phiward.audit.sayings import OPENED
from phiward.audit.shards import origin_of, rank, shard_of
from phiward.audit.walk import Walk
from phiward.domain.errors import AuditIntegrityError

_ABSENT = Checkpoint("", 0, b"")


@dataclass(frozen=True, slots=True)
class Loss:
    """Entries that were signed once and are gone, by a declared restore: after `kept`, up to `lost`."""

    opened: str
    kept_shard: str
    kept_size: int
    lost: Checkpoint
    lost_shard: str

    def covers(self, shard: str, size: int) -> bool:
        """Whether a checkpoint of this shard and size speaks of entries that were declared lost."""
        after = (rank(self.kept_shard), self.kept_size) < (rank(shard), size)
        return after and (rank(shard), size) <= (rank(self.lost_shard), self.lost.size)

    def notice(self) -> Notice:
        """For the report."""
        detail = (
            f"the log went on from a backup with {self.kept_size} entries of {self.kept_shard or 'its first part'}; "
            f"what was signed up to entry {self.lost.size} of {self.lost_shard or 'its first part'} is lost"
        )
        return Notice(NoticeKind.RESTORED, 0, detail, self.opened)


def losses_of(walks: Sequence[Walk], verifier: Verifier) -> list[Loss]:
    """Check that each shard succeeds the one before; what is wrong becomes a finding of its walk, at index 0.

    `walks` in the order of the shards. Returns the losses that were declared.
    """
    losses = []
    before: Walk | None = None
    for walk in walks:
        if not walk.destroyed and walk.frontier.size:
            try:
                loss = _succeeds(walk, before, verifier)
            except (AuditIntegrityError, KeyError, AttributeError, TypeError):
                walk.find(FindingKind.SUCCESSION, 0, "its first entry does not carry the last checkpoint before it")
            else:
                losses += [loss] if loss else []
        before = walk if walk.frontier.size else before  # one that only anchors know has nothing to succeed
    return losses


def _succeeds(walk: Walk, before: Walk | None, verifier: Verifier) -> Loss | None:
    """What the opening declares lost. Raises for what is no opening of this shard after `before`."""
    opening = walk.opening
    if walk.shard == "" and before is None:
        return None  # the log as it was before there were shards
    if opening is None:
        raise AuditIntegrityError("A shard has no opening.")
    previous = _note(opening["previous"], verifier)
    due = _ABSENT
    if before is not None and before.frontier.size:
        due = Checkpoint(origin_of(verifier.name, before.shard), before.frontier.size, before.frontier.root())
    if (opening["action"], opening["shard"], previous) != (OPENED, walk.shard, due):
        raise AuditIntegrityError("A shard succeeds another one.")
    lost = _note(opening["lost"], verifier)
    if lost is _ABSENT:
        return None
    return Loss(walk.shard, before.shard if before else "", due.size, lost, shard_of(verifier.name, lost.origin))


def _note(text: str | None, verifier: Verifier) -> Checkpoint:
    return _ABSENT if text is None else open_checkpoint(verifier, text.encode())
