"""The forward pass, against plain loops."""

import math

import numpy as np
import pytest

from phiward.deid.tagger.features import BITS, GRAM_BUCKETS, SHAPES, Lexicon, features
from phiward.deid.tagger.network import Network, Weights

WIDTH, LABELS = 5, 3
DILATIONS = (1, 2)


def a_network(seed: int = 1) -> tuple[Network, Weights, Lexicon]:
    """A small network with random weights."""
    rng = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    weights = Weights(
        word=some(4, 3),
        gram=some(GRAM_BUCKETS + 1, 2),
        shape=some(SHAPES, 2),
        gap=some(6, WIDTH),
        inner=some(3 + 2 + 2 + BITS, WIDTH),
        inner_bias=some(WIDTH),
        layers=tuple((some(3 * WIDTH, WIDTH), some(WIDTH)) for _ in DILATIONS),
        dilations=DILATIONS,
        outer=some(WIDTH, LABELS),
        outer_bias=some(LABELS),
    )
    lexicon = Lexicon({"pain": 1, "in": 2}, np.array([], dtype=np.uint32), np.array([], dtype=np.uint16))
    return Network(weights, lexicon), weights, lexicon


def by_loops(weights: Weights, lexicon: Lexicon, words: list[str], gaps: list[int]) -> list[list[float]]:
    """The same sums, number by number."""
    rows = []
    for word, gap in zip(words, gaps, strict=True):
        found = features(word, lexicon)
        grams = [sum(weights.gram[g][i] for g in found.grams) / math.sqrt(max(len(found.grams), 1)) for i in range(2)]
        flags = [float(found.bits >> bit & 1) for bit in range(BITS)]
        view = [*weights.word[found.word], *grams, *weights.shape[found.shape], *flags]
        inner = [
            max(0.0, sum(v * weights.inner[i][o] for i, v in enumerate(view)) + weights.inner_bias[o])
            for o in range(WIDTH)
        ]
        rows.append([value + weights.gap[gap][o] for o, value in enumerate(inner)])
    for (matrix, bias), step in zip(weights.layers, weights.dilations, strict=True):
        old = rows
        rows = []
        for place in range(len(old)):
            near = []
            for at in (place - step, place, place + step):
                near += old[at] if 0 <= at < len(old) else [0.0] * WIDTH
            made = [max(0.0, sum(n * matrix[i][o] for i, n in enumerate(near)) + bias[o]) for o in range(WIDTH)]
            rows.append([a + b for a, b in zip(old[place], made, strict=True)])
    chances = []
    for row in rows:
        logits = [
            sum(v * weights.outer[i][o] for i, v in enumerate(row)) + weights.outer_bias[o] for o in range(LABELS)
        ]
        top = max(logits)
        powers = [math.exp(logit - top) for logit in logits]
        chances.append([power / sum(powers) for power in powers])
    return chances


def test_no_words_give_no_rows():
    """An empty text is fine."""
    assert a_network()[0].chances([], []).shape == (0, LABELS)


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_the_sums_are_those_of_the_plain_loops(count):
    """Also for texts shorter than the convolutions reach."""
    network, weights, lexicon = a_network()
    words = ["Okafor", "pain", "in", "7", "-", "Okafor", "PAIN", "x", "1945"][:count]
    gaps = [4, 1, 1, 0, 2, 1, 3, 5, 1][:count]
    assert np.allclose(network.chances(words, gaps), by_loops(weights, lexicon, words, gaps), atol=1e-4)


def test_what_lies_beyond_the_reach_changes_nothing():
    """So that windows may overlap by the reach alone."""
    network, _, _ = a_network()
    words = ["pain"] * 20
    changed = ["pain"] * (20 - network.reach - 1) + ["Okafor"] * (network.reach + 1)
    place = 20 - network.reach - 2 - network.reach
    assert np.allclose(network.chances(words, [1] * 20)[place], network.chances(changed, [1] * 20)[place], atol=1e-6)


def test_words_of_requests_are_not_kept():
    """They may be names; only words of the vocabulary stay in memory."""
    network, _, _ = a_network()
    network.chances(["Okafor", "pain"], [1, 1])
    assert "Okafor" not in network._kept
    assert "pain" in network._kept
