"""The network once more, in numpy and float32, written from the papers and not from our graph: what is right.

It reads the tensors by their published names, so that a mistake in our arrangement of them shows as well.
"""

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Array = NDArray[np.float32]

HEADS = 12

SENTENCES = (
    "Blood pressure is 120 over 70, and she denies chest pain.",
    "Start lisinopril 10 mg once a day and check potassium in two weeks.",
    "Pt. c/o SOB x3 days, worse lying flat; JVD present, 2+ pitting edema bilaterally.",
    "The MRI of the lumbar spine shows a herniated disc at L4-L5 without cord compression.",
    "No known drug allergies.",
    "Hemoglobin A1c fell from 9.1% to 7.4% after metformin was raised to 1000 mg twice daily.",
    "Discharged home with a walker; daughter Testa Musterfrau will help with the dressing changes.",
    "Fever",
    "He drinks two beers a week, has never smoked, and works as a welder.",
    "Follow up in clinic in six weeks, sooner if the wound reddens or drains.",
)
"""Of invented charts, of several lengths."""


def erf(x: Array) -> Array:
    """The error function, off by 1.5e-7 at most. Source: Abramowitz and Stegun, formula 7.1.26."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return (np.sign(x) * (1 - series * np.exp(-(x**2)))).astype(np.float32)


def norm(x: Array, tensors: dict[str, Array], name: str) -> Array:
    """Layer normalisation."""
    middle = x - x.mean(-1, keepdims=True)
    unit = middle / np.sqrt((middle**2).mean(-1, keepdims=True) + 1e-12)
    return unit * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]


def dense(x: Array, tensors: dict[str, Array], name: str) -> Array:
    """The published weights have shape (outputs, inputs)."""
    return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]


def attention(x: Array, tensors: dict[str, Array], name: str) -> Array:
    """Twelve heads, each token sees each."""
    tokens, width = x.shape
    query, key, value = (
        dense(x, tensors, f"{name}.{part}").reshape(tokens, HEADS, -1).transpose(1, 0, 2)
        for part in ("query", "key", "value")
    )
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(width // HEADS)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    seen: Array = ((weights / weights.sum(-1, keepdims=True)) @ value).transpose(1, 0, 2).reshape(tokens, width)
    return seen


def vectors(sentences: list[list[int]], tensors: dict[str, Array]) -> Array:
    """Of token ids, one row a sentence. On one thread: waiting for each other costs such small products the most."""
    with threadpool_limits(1):
        return np.stack([vector(ids, tensors) for ids in sentences])


def vector(ids: list[int], tensors: dict[str, Array]) -> Array:
    """One sentence's vector, of length 1."""
    x = tensors["embeddings.word_embeddings.weight"][ids]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + tensors["embeddings.token_type_embeddings.weight"][0], tensors, "embeddings.LayerNorm")
    for row in range(6):
        layer = f"encoder.layer.{row}"
        told = dense(attention(x, tensors, f"{layer}.attention.self"), tensors, f"{layer}.attention.output.dense")
        x = norm(x + told, tensors, f"{layer}.attention.output.LayerNorm")
        wide = dense(x, tensors, f"{layer}.intermediate.dense")
        bent = wide * 0.5 * (1 + erf(wide / np.sqrt(np.float32(2))))
        x = norm(x + dense(bent, tensors, f"{layer}.output.dense"), tensors, f"{layer}.output.LayerNorm")
    mean = x.mean(0)
    made: Array = mean / np.linalg.norm(mean)
    return made
