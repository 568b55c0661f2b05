"""Search: a function of what this person may read and of the question, and of nothing else."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.retrieval.entries import Entry
from phiward.retrieval.search import LENGTH_WEIGHT, RANK_OFFSET, SATURATION, Question, search
from phiward.retrieval.segments import Segment
from tests.rooms.retrieval.indexed import (
    MODEL,
    TERMS,
    VECTORS,
    document,
    entry_lists,
    segment,
    segments,
    vector,
)

_OURS, _THEIRS = range(4), range(4, 8)
_LIVE = {document(n): 1 for n in _OURS}
_QUESTIONS = st.builds(Question, TERMS, VECTORS, st.sampled_from([MODEL, "other 2"]))


def _partition(entries: Sequence[Entry], order: random.Random) -> list[Segment]:
    """The entries in any order, in segments of any size."""
    shuffled = list(entries)
    order.shuffle(shuffled)
    cuts = sorted(order.randint(0, len(shuffled)) for _ in range(3))
    return [segment(shuffled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]


@given(entry_lists(_OURS), entry_lists(_THEIRS), entry_lists(_OURS), _QUESTIONS, st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_what_is_not_granted_changes_nothing(
    ours: list[Entry], theirs: list[Entry], old: list[Entry], question: Question, order: random.Random
) -> None:
    """Two runs: with and without closed documents, old versions, whole segments of both. Scores and ties are equal."""
    dead = [replace(entry, version=2) for entry in old]
    alone = search(segments(ours), _LIVE, question, limit=50)
    among = search(_partition([*ours, *theirs, *dead], order) + segments(theirs), _LIVE, question, limit=50)
    assert among == alone


@given(entry_lists(_OURS), _QUESTIONS, st.randoms(use_true_random=False), st.sampled_from(["", "plan"]))
@settings(max_examples=200)
def test_how_chunks_are_packed_changes_nothing(
    entries: list[Entry], question: Question, order: random.Random, section: str
) -> None:
    """Any order, any partition: the same hits, with the same scores to the last bit."""
    expected = search(segments(entries), _LIVE, question, limit=50, section=section)
    assert search(_partition(entries, order), _LIVE, question, limit=50, section=section) == expected


@pytest.mark.parametrize("dimensions", [1, 3, 31, 384, 1024])
def test_a_cosine_does_not_depend_on_the_rows_beside_it(dimensions: int) -> None:
    """A matrix product's does, in its last bits; ranks would change with the packing."""
    drawn = np.random.default_rng(1).normal(size=(65, dimensions)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    entries = [Entry(document(1), 1, n, n + 1, "", {}, row) for n, row in enumerate(drawn[:64])]
    question = Question({}, drawn[64], MODEL)
    expected = search(segments(entries), _LIVE, question, limit=64)
    for size in (1, 2, 3, 7, 33):
        assert search(segments(entries, size), _LIVE, question, limit=64) == expected


@given(entry_lists(_OURS), _QUESTIONS)
@settings(max_examples=200)
def test_the_hits_are_those_of_the_definition(entries: list[Entry], question: Question) -> None:
    """BM25, cosine and reciprocal rank, written out chunk by chunk."""
    hits = search(segments(entries, 3), _LIVE, question, limit=50)
    expected = _by_definition(entries, question)
    assert [(h.document, h.start, h.by_words_rank, h.by_meaning_rank) for h in hits] == [row[:4] for row in expected]
    assert [h.score for h in hits] == pytest.approx([row[4] for row in expected])


def _by_definition(entries: list[Entry], question: Question) -> list[tuple[object, ...]]:
    ordered = sorted(entries, key=lambda e: (e.document, e.start))
    mean = sum(sum(e.terms.values()) for e in ordered) / max(len(ordered), 1)
    words, meaning = {}, {}
    for n, entry in enumerate(ordered):
        score = 0.0
        for word in sorted(question.terms.keys() & entry.terms.keys()):
            holders = sum(word in other.terms for other in ordered)
            length = sum(entry.terms.values()) / mean
            damped = entry.terms[word] + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length)
            rarity = math.log(1 + (len(ordered) - holders + 0.5) / (holders + 0.5))
            score += rarity * entry.terms[word] * (SATURATION + 1) / damped
        words[n] = round(score, 9)
        same = question.model == MODEL and question.vector is not None and entry.vector is not None
        meaning[n] = round(float(np.dot(entry.vector, question.vector)), 6) if same else 0.0  # type: ignore[arg-type]
    ranks = [
        {n: rank for rank, n in enumerate(sorted((n for n in s if s[n] > 0), key=lambda n: (-s[n], n)), 1)}
        for s in (words, meaning)
    ]
    rows = [
        (e.document, e.start, *(r.get(n) for r in ranks), sum(1 / (RANK_OFFSET + r[n]) for r in ranks if n in r))
        for n, e in enumerate(ordered)
    ]
    return sorted((row for row in rows if row[4] > 0), key=lambda row: -row[4])  # type: ignore[arg-type, return-value]


def test_only_the_current_version_of_a_granted_document_is_found() -> None:
    """Neither another document nor another version."""
    entries = [
        Entry(document(1), 1, 0, 9, "", {1: 1}),
        Entry(document(1), 2, 0, 9, "", {1: 1}),
        Entry(document(5), 1, 0, 9, "", {1: 1}),
    ]
    found = search(segments(entries), {document(1): 2}, Question({1: 1}), limit=9)
    assert [(hit.document, hit.version) for hit in found] == [(document(1), 2)]


def test_what_shares_no_word_and_no_direction_is_no_hit() -> None:
    """A cosine of zero or below is none."""
    away = Entry(document(1), 1, 0, 9, "", {1: 1}, -vector(1))
    assert search(segments([away]), _LIVE, Question({2: 1}, vector(1), MODEL), limit=9) == []


def test_vectors_of_another_model_are_not_compared() -> None:
    """Words still are."""
    entry = Entry(document(1), 1, 0, 9, "", {1: 1}, vector(1))
    (hit,) = search(segments([entry]), _LIVE, Question({1: 1}, vector(1), "other 2"), limit=9)
    assert (hit.by_words_rank, hit.by_meaning_rank) == (1, None)


def test_a_chunk_without_a_vector_takes_part_by_its_words() -> None:
    """And one without the words by its meaning."""
    entries = [Entry(document(1), 1, 0, 9, "", {1: 1}), Entry(document(2), 1, 0, 9, "", {2: 1}, vector(1))]
    found = search(segments(entries), _LIVE, Question({1: 1}, vector(1), MODEL), limit=9)
    assert {(h.document, h.by_words_rank, h.by_meaning_rank) for h in found} == {
        (document(1), 1, None),
        (document(2), None, 1),
    }


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    """And a short chunk more than a long one."""
    entries = [
        Entry(document(1), 1, 0, 9, "", {1: 1, 2: 1}),
        Entry(document(1), 1, 10, 19, "", {1: 1, 3: 1}),
        Entry(document(1), 1, 20, 29, "", {1: 1, 4: 9}),
    ]
    found = search(segments(entries), _LIVE, Question({1: 1, 3: 1}), limit=9)
    assert [hit.start for hit in found] == [10, 0, 20]


def test_a_section_is_found_by_part_of_its_title_in_any_case() -> None:
    """The numbers of neighbours stay those of the whole document."""
    entries = [Entry(document(1), 1, n * 10, n * 10 + 9, title, {1: 1}) for n, title in enumerate(["", "PLAN of care"])]
    (hit,) = search(segments(entries), _LIVE, Question({1: 1}), limit=9, section="Plan")
    assert (hit.section, hit.start, hit.number) == ("PLAN of care", 10, 1)


@pytest.mark.parametrize("limit", [-1, 0, 1, 2])
def test_there_are_never_more_hits_than_asked_for(limit: int) -> None:
    """The best ones."""
    entries = [Entry(document(1), 1, n * 10, n * 10 + 9, "", {1: n + 1}) for n in range(3)]
    everything = search(segments(entries), _LIVE, Question({1: 1}), limit=9)
    assert search(segments(entries), _LIVE, Question({1: 1}), limit=limit) == everything[: max(limit, 0)]


def test_nothing_to_look_in_or_for_gives_nothing() -> None:
    """No segments, no documents, no words."""
    entry = Entry(document(1), 1, 0, 9, "Plan", {1: 1}, vector(1))
    for question in (Question({}), Question({1: 1}, vector(1), MODEL)):
        assert search([], _LIVE, question, limit=9, section="x") == []
        assert search(segments([entry]), {}, question, limit=9) == []
    assert search([segment([]), *segments([entry])], _LIVE, Question({}), limit=9) == []


def test_a_question_and_a_hit_print_no_content() -> None:
    """Words and vectors of a question are PHI too."""
    (hit,) = search(
        segments([Entry(document(1), 1, 0, 9, "Testperson", {777777: 1})]), _LIVE, Question({777777: 1}), limit=1
    )
    assert "Testperson" not in repr(hit)
    assert "777777" not in repr(Question({777777: 1}, vector(1), MODEL))
