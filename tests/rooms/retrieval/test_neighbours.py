"""Joining: what follows each other is one passage; nothing else is."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.retrieval.neighbours import join
from phiward.retrieval.search import Hit
from tests.rooms.retrieval.indexed import document


def _hit(number: int, *, of: int = 1, section: str = "", score: float = 0.5) -> Hit:
    return Hit(document(of), 1, number * 10, number * 10 + 9, section, number, score, number + 1, None)


_HITS = st.lists(
    st.builds(
        _hit,
        st.integers(0, 8),
        of=st.integers(1, 2),
        section=st.sampled_from(["", "Plan"]),
        score=st.sampled_from([0.1, 0.2, 0.3]),
    ),
    max_size=10,
    unique_by=lambda hit: (hit.document, hit.start),
)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (_hit(2), "there is a chunk between"),
        (_hit(1, of=2), "another document"),
        (replace(_hit(1), version=2), "another version"),
        (_hit(1, section="Plan"), "another section"),
    ],
)
def test_what_does_not_touch_stays_apart(other: Hit, reason: str) -> None:
    """A passage is one run of one text under one heading."""
    assert len(join([_hit(0), other])) == 2, reason


def test_neighbours_become_one_with_the_best_score_and_ranks() -> None:
    """From the first one's start to the last one's end."""
    hits = [replace(_hit(1, score=0.9), by_meaning_rank=4), _hit(0, score=0.2), _hit(2, score=0.3)]
    (joined,) = join(hits)
    assert (joined.start, joined.end, joined.score) == (0, 29, 0.9)
    assert (joined.by_words_rank, joined.by_meaning_rank) == (1, 4)


@given(_HITS, st.randoms(use_true_random=False))
def test_every_chosen_piece_is_in_one_joined_hit_and_nothing_else_is(hits: list[Hit], order: random.Random) -> None:
    """Whatever order they come in; the best first."""
    joined = join(hits)
    shuffled = list(hits)
    order.shuffle(shuffled)
    assert join(shuffled) == joined
    assert [hit.score for hit in joined] == sorted((hit.score for hit in joined), reverse=True)
    for hit in hits:
        assert sum(h.document == hit.document and h.start <= hit.start and hit.end <= h.end for h in joined) == 1
    assert sum((hit.end - hit.start + 1) // 10 for hit in joined) == len(hits)


@given(_HITS)
def test_joined_once_nothing_touches(hits: list[Hit]) -> None:
    """Applying it again changes nothing."""
    joined = join(hits)
    assert join(joined) == joined
