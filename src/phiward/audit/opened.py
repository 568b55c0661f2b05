"""Signed checkpoints, opened and sorted by the shard that they are of."""

from collections.abc import Iterable, Mapping

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.note import Verifier
from phiward.audit.shards import shard_of
from phiward.domain.errors import AuditIntegrityError


def open_checkpoint(verifier: Verifier, note: bytes) -> Checkpoint:
    """What a note of any shard of the log says. Raises AuditIntegrityError unless the key signed it."""
    origin = note.split(b"\n", 1)[0].decode("utf-8", "replace")
    shard_of(verifier.name, origin)
    checkpoint = parse_checkpoint(verifier.named(origin).open(note))
    if checkpoint.origin != origin:
        raise AuditIntegrityError("It is of another log.")
    return checkpoint


class Opened:
    """The valid ones of some notes, each once, and why each of the others is not. A known note costs nothing."""

    def __init__(self, notes: Iterable[bytes], verifier: Verifier, known: Mapping[bytes, Checkpoint] | None = None):
        """`verifier` is under the log's name; `known` are notes that were opened before."""
        self.valid: dict[bytes, Checkpoint] = {}
        self.broken: list[str] = []
        self._name = verifier.name
        for number, note in enumerate(notes, start=1):
            try:
                self.valid[note] = (known or {}).get(note) or open_checkpoint(verifier, note)
            except AuditIntegrityError as error:
                self.broken.append(f"number {number}: {error}")

    def of(self, shard: str) -> list[Checkpoint]:
        """Those of a shard, the smallest first."""
        found = [one for one in self.valid.values() if shard_of(self._name, one.origin) == shard]
        return sorted(found, key=lambda one: one.size)

    def shards(self) -> set[str]:
        """Every shard that one of them is of."""
        return {shard_of(self._name, one.origin) for one in self.valid.values()}
