"""What a detector says, and how contradicting detectors are settled."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from phiward.domain.placeholders import Category


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: `start` and `end` in code points, `end` exclusive. `detector` names the rule.

    Of two spans of one length the higher `priority` decides the category.
    """

    start: int
    end: int
    category: Category
    detector: str
    priority: int = 50


class Detector(Protocol):
    """Finds identifiers. Must be pure and safe to call from several threads at once."""

    def find(self, text: str) -> Iterable[Span]:
        """Every span of `text` that must not leave. Overlaps are allowed. May raise: then nothing leaves."""


def resolve(spans: Iterable[Span], text: str) -> list[Span]:
    """Settle overlaps: the longest wins, then priority, then the order of categories and names.

    What a loser covers beyond the winner is kept as a span of its own where it holds a letter or a
    digit, so that settling never uncovers anything. The result is sorted and free of overlaps.
    """
    ordered = sorted(set(spans), key=_by_place)
    settled: list[Span] = []
    cluster: list[Span] = []
    reach = -1
    for span in ordered:
        if span.start >= reach and cluster:
            settled.extend(_settle(cluster, text))
            cluster = []
        cluster.append(span)
        reach = max(reach, span.end)
    settled.extend(_settle(cluster, text))
    return settled


def _by_place(span: Span) -> tuple[int, int, int, str, str]:
    return span.start, -span.end, -span.priority, span.category, span.detector


def _by_strength(span: Span) -> tuple[int, int, int, str, str]:
    return span.start - span.end, -span.priority, span.start, span.category, span.detector


def _settle(cluster: list[Span], text: str) -> list[Span]:
    if len(cluster) < 2:
        return cluster
    kept: list[Span] = []  # sorted by place, free of overlaps
    for span in sorted(cluster, key=_by_strength):
        for start, end in _uncovered(span, kept):
            if (start, end) == (span.start, span.end):
                insort(kept, span, key=_start)
            elif trimmed := _trim(start, end, text):
                insort(kept, Span(*trimmed, span.category, span.detector, span.priority), key=_start)
    return kept


def _start(span: Span) -> int:
    return span.start


def _uncovered(span: Span, kept: list[Span]) -> list[tuple[int, int]]:
    """The pieces of `span` that no span of `kept` covers; a look-up, so that long chains stay cheap."""
    pieces: list[tuple[int, int]] = []
    start = span.start
    index = max(0, bisect_right(kept, start, key=_start) - 1)
    while index < len(kept) and kept[index].start < span.end:
        winner = kept[index]
        if start < winner.start:
            pieces.append((start, winner.start))
        start = max(start, winner.end)
        index += 1
    if start < span.end:
        pieces.append((start, span.end))
    return pieces


def _trim(start: int, end: int, text: str) -> tuple[int, int] | None:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return (start, end) if start < end else None
