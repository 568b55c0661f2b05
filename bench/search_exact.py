"""The search written a second time, plainly, chunk by chunk: what the packed search must find, all of it.

It shares the cutting of texts and the words that count, and nothing else: no segments, no packing, no digests of words.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from phiward.domain.documents import Document
from phiward.retrieval.chunks import cut
from phiward.retrieval.terms import content_words

K1, B, K = 1.2, 0.75, 60
Place = tuple[UUID, int]
"""A chunk: its document, and where it begins."""


def read_as(title: str, section: str, text: str) -> str:
    """What a chunk is searched as."""
    above = ", ".join(dict.fromkeys(one for one in (title, section) if one))
    return f"{above}\n{text}" if above else text


@dataclass(frozen=True, slots=True)
class Exact:
    """Every chunk of some documents: its words and its vector."""

    places: list[Place]
    words: list[Counter[str]] = field(repr=False)
    vectors: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of(cls, documents: Iterable[Document], vectors: Mapping[str, NDArray[np.float32]]) -> "Exact":
        """`vectors` of each text as it was embedded. Raises KeyError for a text that never was."""
        chunks = [
            ((one.id, chunk.start), read_as(one.title, chunk.section, one.text[chunk.start : chunk.end]))
            for one in documents
            for chunk in cut(one.text, one.sections)
        ]
        words = [Counter(content_words(text)) for _, text in chunks]
        return cls([place for place, _ in chunks], words, np.array([vectors[text] for _, text in chunks], np.float64))

    def __len__(self) -> int:
        return len(self.places)

    def best(self, question: str, vector: NDArray[np.float32], limit: int) -> set[Place]:
        """The first `limit` chunks by the sum of their reciprocal ranks, ties by document and place."""
        by_words, by_meaning = self._ranks(self._bm25(question)), self._ranks(self._cosines(vector))
        fused = {
            place: sum(1 / (K + ranks[place]) for ranks in (by_words, by_meaning) if place in ranks)
            for place in {*by_words, *by_meaning}
        }
        return set(sorted(fused, key=lambda place: (-fused[place], place))[:limit])

    def _bm25(self, question: str) -> list[float]:
        mean = sum(one.total() for one in self.words) / len(self)
        scores = [0.0] * len(self)
        for word in sorted(set(content_words(question))):
            holders = [number for number, words in enumerate(self.words) if word in words]
            rarity = math.log(1 + (len(self) - len(holders) + 0.5) / (len(holders) + 0.5))
            for number in holders:
                count, length = self.words[number][word], self.words[number].total()
                scores[number] += rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean))
        return scores

    def _cosines(self, vector: NDArray[np.float32]) -> list[float]:
        scores: list[float] = (self.vectors * vector.astype(np.float64)).sum(axis=1).tolist()
        return scores

    def _ranks(self, scores: list[float]) -> dict[Place, int]:
        """From 1, of those above zero, ties by document and place."""
        found = sorted((-score, place) for score, place in zip(scores, self.places, strict=True) if score > 0)
        return {place: rank for rank, (_, place) in enumerate(found, 1)}
