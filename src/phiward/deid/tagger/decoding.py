"""Chances → spans: where the network is sure a span begins, and how far its neighbours join in.

Two lines of defence meet here. A word of ordinary or clinical language needs a likely judgement to go; a
word that is neither is suspect, and goes on a slight one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from phiward.deid.tagger.network import Floats
from phiward.deid.tagger.tokens import BLANK_LINE, Tokens

SURE = 0.9
"""A span whose surest token reaches this teaches its name to the rest of the conversation."""


@dataclass(frozen=True, slots=True)
class Found:
    """A run of tokens with one label; `chance` is that of its surest token. `last` is inclusive."""

    first: int
    last: int
    label: str
    chance: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`seed`: a token this likely to be an identifier begins a span.

    A suspect word needs only `suspect`, a plain one needs `plain`.

    `join`: the neighbours of a seed need only this.
    """

    seed: float = 0.1
    join: float = 0.06
    suspect: float = 0.03
    plain: float = 0.4


class Words(Protocol):
    """The safe-word line: what is known of words in lower case."""

    def is_suspect(self, low: str) -> bool:
        """Neither ordinary nor clinical."""

    def is_plain(self, low: str) -> bool:
        """Ordinary or clinical, and no name besides."""


def decode(
    chances: Floats,
    tokens: Tokens,
    labels: Sequence[str],
    thresholds: Thresholds,
    known: Words,
) -> list[Found]:
    """Runs of likely tokens that hold a seed, parted where the label changes. `labels[0]` is what may stay.

    `known` judges the words that are neither clear nor out of the question.
    """
    likely = 1.0 - chances[:, 0]
    seeds = likely >= thresholds.seed
    for place in np.flatnonzero((likely >= thresholds.suspect) & (likely < thresholds.plain)).tolist():
        low = tokens.words[place].lower()
        seeds[place] = not known.is_plain(low) if seeds[place] else known.is_suspect(low)
    if not seeds.any():
        return []
    joins = (likely >= thresholds.join) | seeds
    kinds = chances[:, 1:].argmax(1) + 1
    found: list[Found] = []
    place, size = 0, len(likely)
    while place < size:
        if not joins[place]:
            place += 1
            continue
        end = place + 1
        while end < size and joins[end] and tokens.gaps[end] != BLANK_LINE:
            end += 1
        if seeds[place:end].any():
            found.extend(_parted(place, end, likely, seeds, kinds, labels))
        place = end
    return found


def _parted(
    begin: int, end: int, likely: Floats, seeds: NDArray[np.bool_], kinds: NDArray[np.intp], labels: Sequence[str]
) -> list[Found]:
    parts: list[Found] = []
    at = begin
    while at < end:
        stop = at + 1
        while stop < end and kinds[stop] == kinds[at]:
            stop += 1
        chance = float(likely[at:stop].max())
        if seeds[at:stop].any() or stop - at < end - begin:
            parts.append(Found(at, stop - 1, labels[int(kinds[at])], chance))
        at = stop
    return parts
