"""Which shards were destroyed with a record: the verifier holds it against which are gone.

A destroyed shard leaves its leaf hashes (level-0 tiles) and its checkpoints. Its destruction stands on record in a
later shard, as an entry of kind `log`: action `log.shard_destroyed`, with the shard and its size. When that later shard
is destroyed in its turn, the entry about it carries on what it recorded (`earlier`): no record is lost with a shard.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phiward.audit.leaf import decode_leaf
from phiward.audit.sayings import SHARD_DESTROYED
from phiward.audit.shards import rank
from phiward.domain.audit import EntryKind, StoredEntry
from phiward.domain.errors import AuditIntegrityError


@dataclass(frozen=True, slots=True)
class DestructionRecord:
    """What the log says of a destroyed shard: that it had `size` entries, in the entry `shard`/`index`."""

    destroyed: str
    size: int | None
    shard: str
    index: int


def recorded(entries: Iterable[StoredEntry]) -> Mapping[str, DestructionRecord]:
    """By the shard destroyed: the first numbered entry in a later shard that says so. Others count for nothing."""
    found: dict[str, DestructionRecord] = {}
    for entry in entries:
        for said in _said(entry):
            found.setdefault(said.destroyed, said)
    return found


def records_in(facts: Mapping[str, Any], shard: str, index: int) -> list[DestructionRecord]:
    """What the facts of an entry of kind `log` say about earlier shards. Raises KeyError, TypeError, AttributeError."""
    if facts["action"] != SHARD_DESTROYED:
        return []
    told = [(str(one["shard"]), one.get("size")) for one in (facts, *facts.get("earlier", ()))]
    return [
        DestructionRecord(name, size if isinstance(size, int) else None, shard, index)
        for name, size in told
        if _precedes(name, shard)
    ]


def _precedes(name: str, shard: str) -> bool:
    try:
        return rank(name) < rank(shard)
    except AuditIntegrityError:
        return False


def _said(entry: StoredEntry) -> list[DestructionRecord]:
    if entry.kind != EntryKind.LOG or entry.index is None or entry.shard is None:
        return []
    try:
        return records_in(decode_leaf(entry.leaf)["facts"], entry.shard, entry.index)
    except (ValueError, TypeError, KeyError, AttributeError):
        return []
