"""The figures: recall by character and by span, precision, leaks, damage, by category and by name group.

White space does not count. A marked span is *fully removed* when every letter and digit of it is gone;
a document *leaks* when one is not. A *clean* text holds no marked identifier; it is *touched* when
anything is removed from it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from phiward.deid.evaluation.examples import Example, Marked


class Removed(NamedTuple):
    """What a system removed: offsets in code points, `end` exclusive, and its own word for it."""

    start: int
    end: int
    label: str


_NAMES = re.compile(r"name|person|patient|doctor|clinician|relative", re.IGNORECASE)
"""Labels of names in the files of one house or another: recall by name group is that of names."""


@dataclass
class Tally:
    """Sums of one slice of the corpus."""

    characters: int = 0
    removed: int = 0
    spans: int = 0
    spans_removed: int = 0

    @property
    def recall(self) -> float | None:
        """Share of the marked characters that went; None where nothing is marked."""
        return self.removed / self.characters if self.characters else None

    @property
    def span_recall(self) -> float | None:
        """Share of the marked spans of which nothing stayed."""
        return self.spans_removed / self.spans if self.spans else None


@dataclass(frozen=True, slots=True)
class Miss:
    """A marked span of which something stayed."""

    example: Example
    span: Marked
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Damage:
    """Something removed of which nothing was marked."""

    example: Example
    span: Removed


@dataclass
class Scores:
    """All figures of one run. Fill with `add`."""

    all: Tally = field(default_factory=Tally)
    by_label: dict[str, Tally] = field(default_factory=dict)
    by_group: dict[str, Tally] = field(default_factory=dict)
    documents: int = 0
    documents_with_identifiers: int = 0
    documents_leaking: int = 0
    clean: int = 0
    clean_touched: int = 0
    taken: int = 0
    taken_rightly: int = 0
    characters: int = 0
    misses: list[Miss] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """Share of the removed characters that were marked; None where nothing was removed."""
        return self.taken_rightly / self.taken if self.taken else None

    @property
    def touched(self) -> float | None:
        """Share of the clean texts from which anything was removed; None where no text is clean."""
        return self.clean_touched / self.clean if self.clean else None

    @property
    def group_spread(self) -> float | None:
        """Highest less lowest recall between name groups; None where fewer than two are marked."""
        recalls = [tally.recall for tally in self.by_group.values() if tally.recall is not None]
        return max(recalls) - min(recalls) if len(recalls) > 1 else None

    def add(self, example: Example, removed: Sequence[Removed]) -> None:
        """Score one text."""
        gone = _mask(len(example.text), ((span.start, span.end) for span in removed))
        marked = _mask(len(example.text), ((span.start, span.end) for span in example.spans))
        counts = [not letter.isspace() for letter in example.text]
        self.documents += 1
        self.characters += len(example.text)
        self.taken += sum(1 for here, seen in zip(gone, counts, strict=True) if here and seen)
        self.taken_rightly += sum(
            1 for here, there, seen in zip(gone, marked, counts, strict=True) if here and there and seen
        )
        leaks = [self._add_span(example, span, gone, counts) for span in example.spans]
        self.documents_with_identifiers += bool(leaks)
        self.documents_leaking += any(leaks)
        if not example.spans:
            self.clean += 1
            self.clean_touched += bool(removed)
        self.damages += [Damage(example, span) for span in removed if not any(marked[span.start : span.end])]

    def _add_span(self, example: Example, span: Marked, gone: Sequence[bool], counts: Sequence[bool]) -> bool:
        places = [place for place in range(span.start, span.end) if counts[place]]
        left = [place for place in places if not gone[place]]
        leaks = any(example.text[place].isalnum() for place in left)
        tallies = [self.all, self.by_label.setdefault(span.label, Tally())]
        if example.group and _NAMES.search(span.label):
            tallies.append(self.by_group.setdefault(example.group, Tally()))
        for tally in tallies:
            tally.characters += len(places)
            tally.removed += len(places) - len(left)
            tally.spans += 1
            tally.spans_removed += not leaks
        if leaks:
            self.misses.append(Miss(example, span, tuple(left)))
        return leaks


def _mask(size: int, spans: Iterable[tuple[int, int]]) -> list[bool]:
    change: Counter[int] = Counter()
    for start, end in spans:
        change[start] += 1
        change[end] -= 1
    return [depth > 0 for depth in accumulate(change.get(place, 0) for place in range(size))]
