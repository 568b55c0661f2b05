"""One pass over the entries of a shard in order: the tree grows, and each row is held against its own leaf."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from phiward.audit.findings import Finding, FindingKind
from phiward.audit.leaf import FORMATS, decode_leaf
from phiward.audit.merkle import EMPTY_ROOT, Frontier, leaf_hash
from phiward.audit.threads import Threads
from phiward.domain.audit import EntryKind, StoredEntry

MAX_FINDINGS = 100
_LOG = str(EntryKind.LOG)


class Found:
    """The findings of a verification; beyond MAX_FINDINGS they are only counted."""

    def __init__(self) -> None:
        """Nothing found yet."""
        self.findings: list[Finding] = []
        self.more = 0

    def find(self, kind: FindingKind, index: int | None, detail: str, shard: str = "") -> None:
        """Note a finding, or count it beyond the limit."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(kind, index, detail, shard))
        else:
            self.more += 1


class Walk:
    """What is gathered while the entries of one shard pass by. Memory: the wanted roots, and `threads`."""

    def __init__(self, shard: str, wanted: Iterable[int], found: Found, threads: Threads) -> None:
        """`wanted`: the sizes at which the root must be known. `found` and `threads` go on over all shards."""
        self.shard = shard
        self.frontier = Frontier()
        self.roots = {0: EMPTY_ROOT}
        self.next_index = 0
        self.unbroken = True
        self.opening: Mapping[str, Any] | None = None
        self.destroyed = False
        self.times: dict[int, str] = {}
        """By wanted size, the latest time that an entry before it gives (RFC 3339, so that texts sort as times)."""
        self._found, self._threads = found, threads
        self._latest = ""
        self._wanted = sorted({size for size in wanted if size > 0}, reverse=True)

    def find(self, kind: FindingKind, index: int | None, detail: str) -> None:
        """Note a finding in this shard."""
        self._found.find(kind, index, detail, self.shard)

    def entry(self, entry: StoredEntry) -> None:
        """The next one, as the store has it. Never raises for what stands in it."""
        index = self.next_index if entry.index is None else entry.index
        if index != self.next_index:
            self.unbroken = False
            self.find(FindingKind.GAP, self.next_index, f"index {index} stands where {self.next_index} is due")
        self.next_index = index + 1
        said: dict[str, Any] = {}
        with contextlib.suppress(ValueError, TypeError, KeyError):
            said = decode_leaf(entry.leaf)
            self._latest = max(self._latest, said["at"])
        self.hashed(leaf_hash(entry.leaf))
        try:
            self._row(entry, index, said)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.find(FindingKind.LEAF, index, "not the JSON object that an entry gives")

    def hashed(self, leaf: bytes) -> None:
        """Grow the tree by one leaf hash."""
        frontier = self.frontier
        frontier.append(leaf)
        if self.unbroken and self._wanted and self._wanted[-1] == frontier.size:
            size = self._wanted.pop()
            self.roots[size], self.times[size] = frontier.root(), self._latest

    def kept(self, leaf: bytes) -> None:
        """The next leaf hash of a shard whose entries were destroyed."""
        self.destroyed = True
        self.hashed(leaf)
        self.next_index += 1

    def _row(self, entry: StoredEntry, index: int, said: dict[str, Any]) -> None:
        facts = said["facts"]
        if said["format"] not in FORMATS or not isinstance(facts, dict):
            raise ValueError
        same = (said["id"], said["interaction"], said["kind"]) == (str(entry.id), str(entry.interaction), entry.kind)
        if entry.worker is not None and "worker" in said:
            same = same and said["worker"] == str(entry.worker)
        if entry.tenant is not None:
            same = same and said["tenant"] == str(entry.tenant)
        if entry.recorded_at is not None:
            same = same and datetime.fromisoformat(said["at"]) == entry.recorded_at
        if not same:
            self.find(FindingKind.ROW, index, "a column says something else than the signed leaf")
        if index == 0 and said["kind"] == _LOG:
            self.opening = facts
        self._threads.follow(self.shard, index, said, self._found)
        if entry.addenda or said["addenda"]:
            self._addenda(entry, index, {one["name"]: one["sha256"] for one in said["addenda"]})

    def _addenda(self, entry: StoredEntry, index: int, recorded: dict[str, str]) -> None:
        for addendum in entry.addenda:
            digest = recorded.pop(addendum.name, None)
            if digest is None:
                self.find(FindingKind.ADDENDUM_FOREIGN, index, "the leaf does not know it")
            elif digest != sha256(addendum.ciphertext).hexdigest():
                self.find(FindingKind.ADDENDUM_ALTERED, index, "its digest is not the one in the leaf")
        for _ in recorded:
            self.find(FindingKind.ADDENDUM_MISSING, index, "the leaf names one that is gone")
