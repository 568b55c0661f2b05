"""Reads the shipped model and refuses one that is not the model of its card."""

import hashlib
import io
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiward.deid.tagger.features import Lexicon
from phiward.deid.tagger.network import Floats, Network, Weights
from phiward.domain.errors import UnsafeContentError

MODEL = "tagger.npz"
CARD = "tagger.card.json"


@dataclass(frozen=True)
class Model:
    """A network with its lexicon and labels, and the card that describes it."""

    network: Network
    lexicon: Lexicon
    labels: tuple[str, ...]
    card: dict[str, Any]


def read_card() -> dict[str, Any]:
    """The model card: seed, hashes of the data, measured figures, SHA-256 of the model file."""
    card: dict[str, Any] = json.loads(_folder().joinpath(CARD).read_text(encoding="utf-8"))
    return card


def residual_risk(card: dict[str, Any]) -> str:
    """What was measured, in a sentence for the person who accepts what may be missed."""
    rows = [
        f"{name}: {row['recall']:.2%} of identifier characters removed, "
        f"{row['span_recall']:.2%} of identifiers removed whole, "
        f"{row['documents_leaking']} of {row['documents_with_identifiers']} texts with a leak"
        for name, row in sorted(card.get("measured", {}).items())
        if row.get("recall") is not None
    ]
    return f"Measured for tagger {card['sha256'][:12]}: " + ("; ".join(rows) or "nothing yet") + "."


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model of this package, read once a process. Raises UnsafeContentError where it is missing or altered."""
    try:
        blob, card = _folder().joinpath(MODEL).read_bytes(), read_card()
    except (OSError, ValueError):
        raise UnsafeContentError("The name tagger is missing, so nothing may be sent.", rule="tagger") from None
    return read_model(blob, card)


def read_model(blob: bytes, card: dict[str, Any]) -> Model:
    """Parse a model file. Raises UnsafeContentError where its SHA-256 is not the card's."""
    if hashlib.sha256(blob).hexdigest() != card.get("sha256"):
        raise UnsafeContentError(
            "The name tagger is not the one of its model card, so nothing may be sent.", rule="tagger"
        )
    with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
        vocabulary = {word: row for row, word in enumerate(_lines(arrays["vocabulary"])) if row}
        lexicon = Lexicon(vocabulary, arrays["codes"], arrays["bits"])
        return Model(Network(_weights(dict(arrays)), lexicon), lexicon, tuple(_lines(arrays["labels"])), card)


def _weights(arrays: dict[str, NDArray[Any]]) -> Weights:
    def floats(name: str) -> Floats:
        return np.ascontiguousarray(arrays[name], dtype=np.float32)

    def table(name: str) -> Floats:
        return floats(name) * floats(f"{name}_scale")[:, None]

    dilations = tuple(int(step) for step in arrays["dilations"])
    return Weights(
        word=table("word"),
        gram=table("gram"),
        shape=floats("shape"),
        gap=floats("gap"),
        inner=floats("inner"),
        inner_bias=floats("inner_bias"),
        layers=tuple((floats(f"layer_{row}"), floats(f"layer_{row}_bias")) for row in range(len(dilations))),
        dilations=dilations,
        outer=floats("outer"),
        outer_bias=floats("outer_bias"),
    )


def _lines(array: NDArray[Any]) -> list[str]:
    return array.tobytes().decode().split("\n")


def _folder() -> Path:
    return Path(str(resources.files("phiward.deid.tagger")))
