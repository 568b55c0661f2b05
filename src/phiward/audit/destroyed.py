"""Which shards were destroyed with a record, and which in fact: for the verifier, who holds one against the other.

A destroyed shard leaves its leaf hashes (level-0 tiles) and its checkpoints. Its destruction stands on record in a
later shard, as an entry of kind `log`: action `log.shard_destroyed`, with the shard and its size. When that later shard
is destroyed in its turn, the entry about it carries on what it recorded (`earlier`): no record is lost with a shard.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from phiward.audit.leaf import decode_leaf
from phiward.audit.shards import rank
from phiward.domain.audit import EntryKind, Shard, StoredEntry
from phiward.domain.errors import AuditIntegrityError

SHARD_DESTROYED = "log.shard_destroyed"


@dataclass(frozen=True, slots=True)
class DestructionRecord:
    """What the log says of a destroyed shard: that it had `size` entries, in the entry `shard`/`index`."""

    destroyed: str
    size: int | None
    shard: str
    index: int


@dataclass(frozen=True, slots=True)
class Destructions:
    """`proper`: destroyed in fact and on record. `unrecorded`: gone without a record that counts.

    `unfinished`: on record and not destroyed yet, which is no fault: it is finished by running it again.
    `differing`: the record names another size than the one the shard was closed with.
    """

    proper: tuple[str, ...]
    unrecorded: tuple[str, ...]
    unfinished: tuple[str, ...]
    differing: tuple[str, ...]


def recorded(entries: Iterable[StoredEntry]) -> Mapping[str, DestructionRecord]:
    """By the shard destroyed: the first numbered entry in a later shard that says so. Others count for nothing."""
    found: dict[str, DestructionRecord] = {}
    for entry in entries:
        for said in _said(entry):
            found.setdefault(said.destroyed, said)
    return found


def compare(shards: Iterable[Shard], records: Mapping[str, DestructionRecord]) -> Destructions:
    """Hold the shards against the records; each list by succession."""
    known = sorted(shards, key=lambda one: rank(one.name))
    gone = [one for one in known if one.destroyed_at is not None]
    return Destructions(
        proper=tuple(one.name for one in gone if one.name in records),
        unrecorded=tuple(one.name for one in gone if one.name not in records),
        unfinished=tuple(one.name for one in known if one.destroyed_at is None and one.name in records),
        differing=tuple(one.name for one in gone if one.name in records and records[one.name].size != one.closed_size),
    )


def _said(entry: StoredEntry) -> list[DestructionRecord]:
    if entry.kind != EntryKind.LOG or entry.index is None or entry.shard is None:
        return []
    try:
        facts = decode_leaf(entry.leaf)["facts"]
        if facts["action"] != SHARD_DESTROYED:
            return []
        told = [(str(one["shard"]), one.get("size")) for one in (facts, *facts.get("earlier", ()))]
        return [
            DestructionRecord(name, size if isinstance(size, int) else None, entry.shard, entry.index)
            for name, size in told
            if rank(entry.shard) > rank(name)
        ]
    except (ValueError, TypeError, KeyError, AttributeError, AuditIntegrityError):
        return []
