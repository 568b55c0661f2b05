"""Exact search by words and by meaning, over the chunks that this person may read and over nothing else.

1. What is live: chunks of the given versions of the given documents, in the sections asked for, put into one order
   (document, start), whatever segments they come from.
2. By words: BM25 with document frequency, number and mean length of the live chunks alone.
3. By meaning: the cosine with each live chunk that has a vector of the same model; a row at a time, since the
   result of a matrix product for one row depends on which rows stand beside it.
4. Fusion by reciprocal rank; ties in the order of 1.

So the result is a function of the live chunks and the question. Chunks of other documents, or of other versions,
change nothing, not even a tie, and nobody can probe for them (promise 3).

Source: Robertson and Zaragoza 2009 (BM25); Cormack, Clarke and Büttcher 2009 (reciprocal rank fusion).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from phiward.retrieval.entries import Vector
from phiward.retrieval.segments import Segment
from phiward.retrieval.terms import Terms

SATURATION = 1.2
"""BM25 k1: how soon more of the same word stops counting."""

LENGTH_WEIGHT = 0.75
"""BM25 b: how far a chunk longer than the mean counts less."""

RANK_OFFSET = 60
"""k of reciprocal rank fusion."""

_Numbers = NDArray[np.int64]
_Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is looked for: counted content words, and a vector of length 1, or None, with the name of its model."""

    terms: Terms = field(repr=False)
    vector: Vector | None = field(default=None, repr=False)
    model: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Text [start:end] of one version of a document, in code points.

    `number` counts the live chunks of the document from 0, in order: hits with consecutive numbers are neighbours.
    `score` is the sum of reciprocal ranks; the ranks count from 1, None where the list does not hold this chunk.
    """

    document: UUID
    version: int
    start: int
    end: int
    section: str = field(repr=False)
    number: int
    score: float
    by_words_rank: int | None
    by_meaning_rank: int | None


def search(
    segments: Sequence[Segment], live: Mapping[UUID, int], question: Question, *, limit: int, section: str = ""
) -> list[Hit]:
    """At most `limit` hits, best first: live chunks with a word of the question, or with a positive cosine.

    `live` has the documents that this person may read and the one version of each that is current; whoever asks
    for notes between two dates leaves out the others. `section` keeps the chunks whose section's title holds it, in
    whatever case. Each live chunk must stand in one segment only.
    """
    found = _live(segments, live)
    if section:
        found = _within(found, segments, section.casefold())
    if not len(found.flat):
        return []
    word_ranks = _ranks(_by_words(found, segments, question.terms))
    meaning_ranks = _ranks(_by_meaning(found, segments, question))
    scores = _reciprocal(word_ranks) + _reciprocal(meaning_ranks)
    best = np.argsort(-scores, kind="stable")[: min(max(limit, 0), np.count_nonzero(scores))]
    return [
        _hit(found, segments, place, float(scores[place]), int(word_ranks[place]), int(meaning_ranks[place]))
        for place in best.tolist()
    ]


@dataclass(frozen=True, slots=True)
class _Live:
    """The live chunks in canonical order.

    `flat` is where each stands, counted through all segments; `number` counts within its document.
    """

    flat: _Numbers
    number: _Numbers

    def of(self, columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """From one array a segment, one value a chunk, the values of the live ones."""
        return np.concatenate(columns)[self.flat]


def _live(segments: Sequence[Segment], live: Mapping[UUID, int]) -> _Live:
    """All chunks of these documents in these versions."""
    order = {document: n for n, document in enumerate(sorted((key.bytes, version) for key, version in live.items()))}
    documents = [np.zeros(0, dtype=np.int64)]
    starts = [np.zeros(0, dtype=np.int64)]
    for segment in segments:
        places = [order.get(one, -1) for one in zip(segment.documents, segment.versions.tolist(), strict=True)]
        documents.append(np.array(places, dtype=np.int64)[segment.chunks[0]])
        starts.append(segment.chunks[2].astype(np.int64))
    document, start = np.concatenate(documents), np.concatenate(starts)
    flat = np.flatnonzero(document >= 0)
    flat = flat[np.argsort(document[flat] << 32 | start[flat])]
    document = document[flat]
    return _Live(flat, np.arange(len(flat)) - np.searchsorted(document, document))


def _within(found: _Live, segments: Sequence[Segment], wanted: str) -> _Live:
    """Those in a section whose title holds these words, given in small letters."""
    holds = [
        np.array([wanted in title.casefold() for title in one.titles], dtype=bool)[one.chunks[1]] for one in segments
    ]
    mask = found.of(holds) if segments else slice(None)
    return _Live(found.flat[mask], found.number[mask])


def _by_words(found: _Live, segments: Sequence[Segment], terms: Terms) -> _Scores:
    """BM25 of each live chunk; 0 without a word in common. A word counts once, however often the question has it."""
    chunks = len(found.flat)
    lengths = found.of([segment.chunks[4] for segment in segments]).astype(np.int64)
    word, flat, count = _postings(segments, np.array(sorted(terms), dtype=np.uint64))
    place = np.full(sum(map(len, segments)), -1)
    place[found.flat] = np.arange(chunks)
    holder = place[flat]
    word, holder, count = word[holder >= 0], holder[holder >= 0], count[holder >= 0]
    frequency = np.bincount(word, minlength=len(terms))
    rarity = np.log(1 + (chunks - frequency + 0.5) / (frequency + 0.5))
    length = lengths[holder] * (chunks / max(int(lengths.sum()), 1))
    damped = count + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length)
    weights = rarity[word] * count * (SATURATION + 1) / damped
    return np.bincount(holder, weights=weights, minlength=chunks).astype(np.float64)


def _postings(segments: Sequence[Segment], wanted: NDArray[np.uint64]) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Word by number, chunk counted through all segments, and how often; words ascending within a segment."""
    nothing = np.zeros(0, dtype=np.int64)
    words, chunks, counts, passed = [nothing], [nothing], [nothing], 0
    for segment in segments:
        if len(segment.words):
            place = np.minimum(np.searchsorted(segment.words, wanted), len(segment.words) - 1)
            known = np.flatnonzero(segment.words[place] == wanted)
            first = segment.begins[place[known]].astype(np.int64)
            many = segment.begins[place[known] + 1] - first
            posting = np.repeat(first - np.cumsum(many) + many, many) + np.arange(int(many.sum()))
            words.append(np.repeat(known, many))
            chunks.append(segment.postings[posting] + np.int64(passed))
            counts.append(segment.counts[posting].astype(np.int64))
        passed += len(segment)
    return np.concatenate(words), np.concatenate(chunks), np.concatenate(counts)


def _by_meaning(found: _Live, segments: Sequence[Segment], question: Question) -> _Scores:
    """The cosine of each live chunk; 0 where it is not positive or cannot be known."""
    if question.vector is None:
        return np.zeros(len(found.flat))
    vector = np.ascontiguousarray(question.vector, dtype=np.float32)
    comparable = [segment.model == question.model and bool(segment.meant.any()) for segment in segments]
    cosines = [
        np.vecdot(segment.vectors, vector) if can else np.zeros(len(segment), dtype=np.float32)
        for segment, can in zip(segments, comparable, strict=True)
    ]
    positive: _Scores = np.maximum(found.of(cosines), 0).astype(np.float64)
    return positive


def _ranks(scores: _Scores) -> _Numbers:
    """The rank of each positive score from 1, the highest first, ties in order; 0 for the others."""
    ranks = np.zeros(len(scores), dtype=np.int64)
    order = np.argsort(-scores, kind="stable")[: np.count_nonzero(scores > 0)]
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks


def _reciprocal(ranks: _Numbers) -> _Scores:
    return np.where(ranks > 0, 1.0 / (RANK_OFFSET + ranks), 0.0).astype(np.float64)


def _hit(found: _Live, segments: Sequence[Segment], place: int, score: float, by_words: int, by_meaning: int) -> Hit:
    row = int(found.flat[place])
    for segment in segments:
        if row < len(segment):
            break
        row -= len(segment)
    document, section, start, end, _ = segment.chunks[:, row].tolist()
    return Hit(
        UUID(bytes=segment.documents[document]),
        int(segment.versions[document]),
        start,
        end,
        segment.titles[section],
        int(found.number[place]),
        score,
        by_words or None,
        by_meaning or None,
    )
