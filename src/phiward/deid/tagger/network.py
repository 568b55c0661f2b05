"""The forward pass of the tagger in numpy: the same sums as `training/deid/student.py`, no framework.

The view of a word does not depend on its neighbours, so the words of the vocabulary are computed once
and kept. Words that only requests hold are never kept: they may be names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phiward.deid.tagger.features import BITS, Lexicon, features

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """All tables and maps; `gram` has scaled bytes, `layers` are (3·width × width) with their biases."""

    word: Floats
    gram: Floats
    shape: Floats
    gap: Floats
    inner: Floats
    inner_bias: Floats
    layers: tuple[tuple[Floats, Floats], ...]
    dilations: tuple[int, ...]
    outer: Floats
    outer_bias: Floats


class Network:
    """Safe to use from several threads at once."""

    def __init__(self, weights: Weights, lexicon: Lexicon) -> None:
        self._weights = weights
        self._lexicon = lexicon
        self._kept: dict[str, Floats] = {}

    @property
    def reach(self) -> int:
        """How many tokens on either side can change the judgement of one."""
        return sum(self._weights.dilations)

    def chances(self, words: Sequence[str], gaps: Sequence[int]) -> Floats:
        """The distribution over the labels for every token (tokens × labels). Empty texts give no rows."""
        if not words:
            return np.zeros((0, self._weights.outer.shape[1]), dtype=np.float32)
        value = self._rows(words)
        value += self._weights.gap[np.asarray(gaps)]
        for (matrix, bias), step in zip(self._weights.layers, self._weights.dilations, strict=True):
            value += _convolved(value, matrix, bias, step)
        logits = value @ self._weights.outer
        logits += self._weights.outer_bias
        logits -= logits.max(1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(1, keepdims=True)
        return logits

    def _rows(self, words: Sequence[str]) -> Floats:
        kept = self._kept
        seen: dict[str, Floats] = {}
        rows: list[Floats] = []
        for word in words:
            row = kept.get(word)
            if row is None:
                row = seen.get(word)
                if row is None:
                    row = seen[word] = self._row(word)
                    if self._lexicon.number(word.lower()):
                        kept[word] = row
            rows.append(row)
        return np.array(rows)

    def _row(self, word: str) -> Floats:
        found, tables = features(word, self._lexicon), self._weights
        grams = tables.gram[list(found.grams)].sum(0) / np.sqrt(np.float32(max(len(found.grams), 1)))
        flags = ((found.bits >> np.arange(BITS)) & 1).astype(np.float32)
        view = np.concatenate((tables.word[found.word], grams, tables.shape[found.shape], flags))
        made: Floats = np.maximum(view @ tables.inner + tables.inner_bias, 0)
        return made


def _convolved(value: Floats, matrix: Floats, bias: Floats, step: int) -> Floats:
    """A convolution of width three as one matrix product, with the tokens `step` before and behind."""
    size, width = value.shape
    wide = np.zeros((size, 3 * width), dtype=np.float32)
    if size > step:
        wide[step:, :width] = value[:-step]
        wide[:-step, 2 * width :] = value[step:]
    wide[:, width : 2 * width] = value
    made: Floats = wide @ matrix
    made += bias
    return np.maximum(made, 0, out=made)
