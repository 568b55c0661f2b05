"""Writes the shipped model: one npz with the tables in bytes or half floats, and the model card beside it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from phiward.deid.tagger.features import Lexicon
from phiward.deid.tagger.tokens import tokenise
from training.deid.encoding import Forms
from training.deid.student import DILATIONS, Student, Views

PROBE = (
    "Mrs. Zelda Quuxley (MRN 4471-22) of Port Nowhere was seen by Dr. Imagina Testov on 3 March 2024 for "
    "Graves disease; TSH 0.01, methimazole 20 mg. LIVES WITH HER SON fergus, works at Mockton Paper Mill."
)


def write_model(
    path: Path, student: Student, vocabulary: list[str], bits: Mapping[int, int], labels: tuple[str, ...]
) -> str:
    """Write the npz; the same weights give the same bytes. Returns its SHA-256.

    `student` is left with the weights as they were written, rounded to bytes and half floats.
    """
    state = {name: tensor.detach().numpy().astype(np.float32) for name, tensor in student.state_dict().items()}
    codes = np.array(sorted(bits), dtype=np.uint32)
    arrays: dict[str, NDArray[Any]] = {
        "labels": np.frombuffer("\n".join(labels).encode(), dtype=np.uint8),
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8),
        "codes": codes,
        "bits": np.array([bits[int(code)] for code in codes], dtype=np.uint16),
        "dilations": np.array(DILATIONS, dtype=np.int16),
    }
    for name in ("word", "gram"):
        arrays[name], arrays[f"{name}_scale"] = _bytes(state[f"{name}.weight"])
    for name in ("shape", "gap"):
        arrays[name] = state[f"{name}.weight"].astype(np.float16)
    for name in ("inner", "outer"):
        arrays[name] = state[f"{name}.weight"].T.astype(np.float16)
        arrays[f"{name}_bias"] = state[f"{name}.bias"]
    for row in range(len(DILATIONS)):
        kernel = state[f"layers.{row}.weight"]  # out × in × 3
        arrays[f"layer_{row}"] = kernel.transpose(2, 1, 0).reshape(-1, kernel.shape[0]).astype(np.float16)
        arrays[f"layer_{row}_bias"] = state[f"layers.{row}.bias"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)
    _load_back(student, arrays)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _load_back(student: Student, arrays: Mapping[str, NDArray[Any]]) -> None:
    state = student.state_dict()
    for name in ("word", "gram"):
        table = arrays[name].astype(np.float32) * arrays[f"{name}_scale"][:, None]
        state[f"{name}.weight"] = torch.from_numpy(table)
    for name, value in state.items():
        if not name.endswith("bias") and name not in ("word.weight", "gram.weight"):
            state[name] = value.half().float()
    student.load_state_dict(state)


def probe(student: Student, lexicon: Lexicon) -> dict[str, Any]:
    """What torch says of one text, four decimals a token: serving in numpy must say the same."""
    tokens = tokenise(PROBE)
    forms = Forms(lexicon)
    numbers = torch.tensor([[forms.number(word) for word in tokens.words]])
    student.eval()
    with torch.inference_mode():
        local, views = Views(forms).of(numbers)
        chances = torch.softmax(student(local, torch.tensor([tokens.gaps]), views), 2)[0]
    return {"text": PROBE, "likely": [round(1 - float(row[0]), 4) for row in chances]}


def write_card(path: Path, card: Mapping[str, Any]) -> None:
    """Write the model card as readable JSON."""
    path.write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _bytes(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Signed bytes with one scale a row."""
    scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / 127
    return np.round(table / scale).astype(np.int8), scale[:, 0].astype(np.float32)
