"""One pass over the entries in order: the tree grows, and each row is held against its own leaf."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from phiward.audit.findings import Finding, FindingKind
from phiward.audit.leaf import FORMATS, decode_leaf
from phiward.audit.merkle import EMPTY_ROOT, Frontier, leaf_hash
from phiward.domain.audit import EntryKind, StoredEntry

MAX_FINDINGS = 100
_INTENT, _OUTCOME = str(EntryKind.INTENT), str(EntryKind.OUTCOME)


class Walk:
    """What is gathered while the entries pass by. Memory: the open intents and the wanted roots."""

    def __init__(self, wanted: Iterable[int]) -> None:
        """`wanted`: the sizes at which the root must be known."""
        self.frontier = Frontier()
        self.roots = {0: EMPTY_ROOT}
        self.findings: list[Finding] = []
        self.more = 0
        self.next_index = 0
        self.unbroken = True
        self.open: dict[str, int] = {}
        self._outcomes: dict[str, int] = {}
        self._wanted = sorted({size for size in wanted if size > 0}, reverse=True)

    def find(self, kind: FindingKind, index: int | None, detail: str) -> None:
        """Note a finding, or count it beyond the limit."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(kind, index, detail))
        else:
            self.more += 1

    def entry(self, entry: StoredEntry) -> None:
        """The next one, as the store has it. Never raises for what stands in it."""
        index = self.next_index if entry.index is None else entry.index
        if index != self.next_index:
            self.unbroken = False
            self.find(FindingKind.GAP, self.next_index, f"index {index} stands where {self.next_index} is due")
        self.next_index = index + 1
        self.frontier.append(leaf_hash(entry.leaf))
        size = self.frontier.size
        if self.unbroken and self._wanted and self._wanted[-1] == size:
            self.roots[self._wanted.pop()] = self.frontier.root()
        try:
            said = decode_leaf(entry.leaf)
            self._row(entry, index, said)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.find(FindingKind.LEAF, index, "not the JSON object that an entry gives")

    def finish(self) -> None:
        """After the last entry: outcomes whose intent never came, or which were second."""
        for index in self._outcomes.values():
            self.find(FindingKind.OUTCOME_ALONE, index, "no intent is open for it: a second outcome, or a lost intent")

    def _row(self, entry: StoredEntry, index: int, said: dict[str, Any]) -> None:
        if said["format"] not in FORMATS or not isinstance(said["facts"], dict):
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
        self._interaction(said["interaction"], said["kind"], index)
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

    def _interaction(self, interaction: str, kind: str, index: int) -> None:
        """An outcome may stand before its intent when the clocks of two processes differ."""
        if kind == _INTENT:
            if interaction in self.open:
                self.find(FindingKind.INTENT_TWICE, index, f"the first stands at index {self.open[interaction]}")
            elif self._outcomes.pop(interaction, None) is None:
                self.open[interaction] = index
        elif kind == _OUTCOME and self.open.pop(interaction, None) is None:
            if interaction in self._outcomes:
                self.find(FindingKind.OUTCOME_ALONE, index, "the interaction has another outcome already")
            else:
                self._outcomes[interaction] = index
