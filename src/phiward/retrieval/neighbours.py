"""Neighbouring hits become one passage: what belongs together is read together."""

from collections.abc import Sequence
from dataclasses import replace

from phiward.retrieval.search import Hit


def join(hits: Sequence[Hit]) -> list[Hit]:
    """The hits of one search, best first, those merged that follow each other in one section of one document.

    Between neighbours there is only white space, so a merged hit is one run of the text. It has the best score and
    the best ranks of its parts, and stands where the best of them stood.
    """
    runs: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.document, hit.version, hit.number)):
        if runs and _touch(runs[-1], hit):
            hit = _merged(runs.pop(), hit)
        runs.append(hit)
    return sorted(runs, key=lambda hit: (-hit.score, hit.document, hit.start))


def _touch(one: Hit, other: Hit) -> bool:
    return (one.document, one.version, one.section, one.number + 1) == (
        other.document,
        other.version,
        other.section,
        other.number,
    )


def _merged(one: Hit, other: Hit) -> Hit:
    """`number` is that of the last part, so that the next one may follow."""
    return replace(
        other,
        start=one.start,
        score=max(one.score, other.score),
        by_words_rank=_better(one.by_words_rank, other.by_words_rank),
        by_meaning_rank=_better(one.by_meaning_rank, other.by_meaning_rank),
    )


def _better(one: int | None, other: int | None) -> int | None:
    return min((rank for rank in (one, other) if rank is not None), default=None)
