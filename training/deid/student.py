"""The small network that is shipped: word views → six convolutions → a label for each token.

It learns from the marks of the generator and from what the teacher says, on generated text and on raw
prose. Word rows begin as MiniLM's static vectors, reduced to WORD columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiward.deid.tagger.features import BITS, GRAM_BUCKETS, SHAPES
from phiward.deid.tagger.tokens import GAPS
from training.deid.encoding import Forms, Stretch
from training.deid.filler import LABELS
from training.deid.teacher import word_pieces

WORD, GRAM, SHAPE, WIDTH = 96, 48, 24, 224
DILATIONS = (1, 2, 4, 8, 4, 1)


class Student(nn.Module):
    """The forward pass is written again in numpy in `phiward.deid.tagger.network`; a test compares both."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.word = nn.Embedding(words, WORD)
        self.gram = nn.EmbeddingBag(GRAM_BUCKETS + 1, GRAM, mode="sum", padding_idx=0)
        self.shape = nn.Embedding(SHAPES, SHAPE)
        self.gap = nn.Embedding(GAPS, WIDTH)
        self.inner = nn.Linear(WORD + GRAM + SHAPE + BITS, WIDTH)
        self.layers = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=step, dilation=step) for step in DILATIONS)
        self.drop = nn.Dropout(0.1)
        self.outer = nn.Linear(WIDTH, len(LABELS))
        for table, spread in ((self.word, 0.3), (self.gram, 0.2), (self.shape, 0.3), (self.gap, 0.2)):
            nn.init.normal_(table.weight, std=spread)

    def forward(self, forms: Tensor, gaps: Tensor, views: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
        """Logits (batch × tokens × labels). `forms` index the rows of `views`, -1 where the stretch has ended."""
        word, grams, shape, bits = views
        count = (grams > 0).sum(1, keepdim=True).clamp(min=1).sqrt()
        row = torch.cat((self.word(word), self.gram(grams) / count, self.shape(shape), bits), 1)
        row = torch.relu(self.inner(row))
        there = (forms >= 0).unsqueeze(2)
        value = (row[forms.clamp(min=0)] + self.gap(gaps)) * there
        value = value.transpose(1, 2)
        mask = there.transpose(1, 2)
        for layer in self.layers:
            value = (value + self.drop(torch.relu(layer(value)))) * mask
        return self.outer(value.transpose(1, 2))


@dataclass(frozen=True)
class Batch:
    """Stretches of like length, padded with -1."""

    forms: Tensor
    gaps: Tensor
    labels: Tensor
    rows: NDArray[np.int64]


def batches(stretches: Sequence[Stretch], tokens: int, rng: Random) -> list[list[int]]:
    """Rows of stretches by like length, at most `tokens` tokens with the padding, in random order."""
    order = sorted(range(len(stretches)), key=lambda row: len(stretches[row].forms) + rng.random())
    made: list[list[int]] = []
    current: list[int] = []
    for row in order:
        if current and (len(current) + 1) * len(stretches[row].forms) > tokens:
            made.append(current)
            current = []
        current.append(row)
    if current:
        made.append(current)
    rng.shuffle(made)
    return made


def collate(stretches: Sequence[Stretch], rows: list[int]) -> Batch:
    """One padded batch."""
    width = max(len(stretches[row].forms) for row in rows)
    forms = np.full((len(rows), width), -1, dtype=np.int64)
    gaps = np.zeros((len(rows), width), dtype=np.int64)
    labels = np.full((len(rows), width), -100, dtype=np.int64)
    for place, row in enumerate(rows):
        size = len(stretches[row].forms)
        forms[place, :size] = stretches[row].forms
        gaps[place, :size] = stretches[row].gaps
        labels[place, :size] = stretches[row].labels
    return Batch(torch.from_numpy(forms), torch.from_numpy(gaps), torch.from_numpy(labels), np.array(rows))


class Views:
    """The features of all forms; hands out those of a batch, with views hidden at random in training."""

    def __init__(self, forms: Forms) -> None:
        words, grams, shapes, bits = forms.arrays()
        self._all = tuple(
            torch.from_numpy(array)
            for array in (words.astype(np.int64), grams.astype(np.int64), shapes.astype(np.int64), bits)
        )

    def of(self, forms: Tensor, hide: float = 0.0) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, Tensor]]:
        """The batch's own numbering of forms (-1 kept), and their views. `hide`: chance that a view is missing."""
        distinct, local = torch.unique(forms.clamp(min=0), return_inverse=True)
        local = torch.where(forms >= 0, local, torch.tensor(-1))
        word, grams, shape, bits = (array[distinct] for array in self._all)
        if hide:
            size = len(distinct)
            word = torch.where(torch.rand(size) < hide, 0, word)
            bits = bits * (torch.rand(size, 1) > hide)
            bits = bits * (torch.rand_like(bits) > hide / 2)
        return local, (word, grams, shape, bits)


def loss_of(logits: Tensor, labels: Tensor, soft: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy with the marks where there are any, and with the teacher's distribution where there is one."""
    hard = nn.functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), weight=weight, ignore_index=-100, label_smoothing=0.01
    )
    there = soft.sum(2) > 0
    if not there.any():
        return hard
    distilled = -(soft[there] * torch.log_softmax(logits[there], 1)).sum(1).mean()
    return distilled if not (labels >= 0).any() else 0.5 * hard + 0.5 * distilled


def static_vectors(
    vocabulary: Sequence[str], vectors: NDArray[np.float32], pieces: dict[str, int]
) -> NDArray[np.float32]:
    """A first row for each word: the mean of MiniLM's vectors of its pieces, its main WORD directions."""
    rows = np.stack([vectors[word_pieces(word or "[UNK]", pieces)].mean(0) for word in vocabulary])
    rows -= rows.mean(0)
    _, _, directions = np.linalg.svd(rows, full_matrices=False)
    reduced = rows @ directions[:WORD].T
    reduced *= 0.3 / reduced.std()
    reduced[0] = 0
    return reduced.astype(np.float32)
