"""Documents → arrays: word forms by number, gaps and labels, cut into stretches that fit in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from phiward.deid.canonical import canonicalise
from phiward.deid.tagger.features import BITS, MAX_GRAMS, Lexicon, features
from phiward.deid.tagger.tokens import tokenise
from training.deid.filler import LABELS, Piece
from training.deid.generator import Document

STRETCH = 160
"""Tokens of one training example at most."""


@dataclass
class Forms:
    """Every distinct word form met, with its features."""

    lexicon: Lexicon
    numbers: dict[str, int] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)
    grams: list[tuple[int, ...]] = field(default_factory=list)
    shapes: list[int] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)

    def number(self, form: str) -> int:
        """The number of a form; a new one is entered."""
        number = self.numbers.get(form)
        if number is None:
            number = self.numbers[form] = len(self.words)
            found = features(form, self.lexicon)
            self.words.append(found.word)
            self.grams.append(found.grams)
            self.shapes.append(found.shape)
            self.bits.append(found.bits)
        return number

    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int16], NDArray[np.float32]]:
        """Words (n), groups (n × MAX_GRAMS, 0 where none), shapes (n), flags (n × BITS)."""
        grams = np.zeros((len(self.grams), MAX_GRAMS), dtype=np.int32)
        for row, found in enumerate(self.grams):
            grams[row, : len(found)] = found
        bits = np.array(self.bits, dtype=np.uint16)
        flags = ((bits[:, None] >> np.arange(BITS, dtype=np.uint16)) & 1).astype(np.float32)
        return np.array(self.words, dtype=np.int32), grams, np.array(self.shapes, dtype=np.int16), flags


@dataclass(frozen=True)
class Stretch:
    """At most STRETCH tokens of one document: forms, gaps and labels by number."""

    forms: NDArray[np.int32]
    gaps: NDArray[np.int8]
    labels: NDArray[np.int8]


def encode(documents: Iterable[Document], forms: Forms) -> list[Stretch]:
    """The stretches of all documents in order."""
    stretches: list[Stretch] = []
    for document in documents:
        stretches += _stretches(document.pieces, forms)
    return stretches


def _stretches(pieces: Iterable[Piece], forms: Forms) -> list[Stretch]:
    text, marks = "", []
    for piece in pieces:
        copy = canonicalise(piece.text)[0]
        text += copy
        marks += [LABELS.index(piece.label)] * len(copy)
    tokens = tokenise(text)
    numbers = np.array([forms.number(word) for word in tokens.words], dtype=np.int32)
    gaps = np.array(tokens.gaps, dtype=np.int8)
    labels = np.array([marks[start] for start in tokens.starts], dtype=np.int8)
    return [
        Stretch(numbers[at : at + STRETCH], gaps[at : at + STRETCH], labels[at : at + STRETCH])
        for at in range(0, len(numbers), STRETCH)
    ]
