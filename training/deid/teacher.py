"""The teacher: MiniLM's first layers, told about case, gaps and lists, fine-tuned on the same documents.

MiniLM-L6 (Wang et al. 2020, "MiniLM: Deep Self-Attention Distillation") knows far more words than any
generator can write; what it makes of raw prose is what the student cannot learn from marks alone.
"""

import json
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiward.deid.tagger.features import BITS, SHAPES
from phiward.deid.tagger.tokens import GAPS
from training.deid import public
from training.deid.filler import LABELS

HIDDEN, HEADS, LAYERS = 384, 12, 6
MAX_PIECES = 256
HIDE = 0.12
"""Chance that a piece is told nothing of the lists."""


def read_tensors(inputs: public.Inputs) -> tuple[dict[str, NDArray[np.float32]], dict[str, int]]:
    """MiniLM's tensors by name (safetensors format), and its word pieces. Raises ModuleNotFoundError."""
    blob = (inputs.minilm / "model.safetensors").read_bytes()
    pieces = (inputs.minilm / "vocab.txt").read_text(encoding="utf-8").split("\n")
    size = int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8 : 8 + size])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(blob[begin:end], dtype="<f4").reshape(entry["shape"])
    return tensors, {piece: row for row, piece in enumerate(pieces) if piece}


def word_pieces(word: str, pieces: dict[str, int]) -> list[int]:
    """WordPiece, greedily from the left; [UNK] where nothing fits."""
    return list(_word_pieces(word, _Hold(pieces)))


class _Hold:
    """Makes a dictionary hashable by identity, for the cache."""

    def __init__(self, pieces: dict[str, int]) -> None:
        self.pieces = pieces

    def __hash__(self) -> int:
        return id(self.pieces)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hold) and other.pieces is self.pieces


@lru_cache(maxsize=500_000)
def _word_pieces(word: str, hold: _Hold) -> tuple[int, ...]:
    pieces = hold.pieces
    if word == "[UNK]":
        return (pieces["[UNK]"],)
    low = "".join(
        letter for letter in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(letter) != "Mn"
    )
    found: list[int] = []
    at = 0
    while at < len(low):
        end = len(low)
        while end > at:
            piece = pieces.get(low[at:end] if at == 0 else "##" + low[at:end])
            if piece is not None:
                break
            end -= 1
        else:
            return (pieces["[UNK]"],)
        found.append(piece)
        at = end
    return tuple(found[:8]) or (pieces["[UNK]"],)


class Layer(nn.Module):
    """One block of BERT: attention, then two dense maps, each with its sum and norm."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.up = nn.Linear(HIDDEN, 4 * HIDDEN)
        self.down = nn.Linear(4 * HIDDEN, HIDDEN)
        self.norm_1 = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.norm_2 = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, value: Tensor, mask: Tensor) -> Tensor:
        """`value` (batch × pieces × HIDDEN), `mask` (batch × 1 × 1 × pieces) true where there is a piece."""
        batch, length, _ = value.shape
        query, key, content = self.qkv(value).view(batch, length, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(query, key, content, attn_mask=mask)
        value = self.norm_1(value + self.out(mixed.transpose(1, 2).reshape(batch, length, HIDDEN)))
        return self.norm_2(value + self.down(nn.functional.gelu(self.up(value))))


class Teacher(nn.Module):
    """Logits for each word from the pieces of the text."""

    def __init__(self, tensors: dict[str, NDArray[np.float32]]) -> None:
        super().__init__()
        pieces = tensors["embeddings.word_embeddings.weight"]
        self.piece = nn.Embedding(len(pieces), HIDDEN)
        self.place = nn.Embedding(512, HIDDEN)
        self.shape = nn.Embedding(SHAPES, HIDDEN)
        self.gap = nn.Embedding(GAPS, HIDDEN)
        self.lists = nn.Linear(BITS + 1, HIDDEN, bias=False)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop = nn.Dropout(0.1)
        self.outer = nn.Linear(HIDDEN, len(LABELS))
        nn.init.normal_(self.shape.weight, std=0.02)
        nn.init.normal_(self.gap.weight, std=0.02)
        nn.init.normal_(self.lists.weight, std=0.02)
        self._load(tensors)

    def _load(self, tensors: dict[str, NDArray[np.float32]]) -> None:
        def put(parameter: Tensor, *names: str) -> None:
            with torch.no_grad():
                parameter.copy_(torch.from_numpy(np.concatenate([tensors[name] for name in names])))

        put(self.piece.weight, "embeddings.word_embeddings.weight")
        put(self.place.weight, "embeddings.position_embeddings.weight")
        with torch.no_grad():
            self.place.weight += torch.from_numpy(tensors["embeddings.token_type_embeddings.weight"][0].copy())
        put(self.norm.weight, "embeddings.LayerNorm.weight")
        put(self.norm.bias, "embeddings.LayerNorm.bias")
        for row, layer in enumerate(self.layers):
            base = f"encoder.layer.{row}."
            for kind in ("weight", "bias"):
                put(
                    getattr(layer.qkv, kind),
                    *(f"{base}attention.self.{part}.{kind}" for part in ("query", "key", "value")),
                )
                put(getattr(layer.out, kind), f"{base}attention.output.dense.{kind}")
                put(getattr(layer.up, kind), f"{base}intermediate.dense.{kind}")
                put(getattr(layer.down, kind), f"{base}output.dense.{kind}")
                put(getattr(layer.norm_1, kind), f"{base}attention.output.LayerNorm.{kind}")
                put(getattr(layer.norm_2, kind), f"{base}output.LayerNorm.{kind}")

    def forward(self, batch: "Pieces") -> Tensor:
        """Logits (words of all texts × labels): the first piece speaks for its word."""
        places = torch.arange(batch.pieces.shape[1])
        value = self.piece(batch.pieces) + self.place(places) + self.shape(batch.shapes) + self.gap(batch.gaps)
        value = self.drop(self.norm(value + self.lists(self._flags(batch.flags))))
        mask = (batch.pieces != 0)[:, None, None, :]
        for layer in self.layers:
            value = layer(value, mask)
        return self.outer(self.drop(value)[batch.texts, batch.firsts])


    def _flags(self, flags: Tensor) -> Tensor:
        """One number a list; in training the lists of some pieces are hidden, so that none is trusted blindly."""
        spread = ((flags.unsqueeze(2) >> torch.arange(BITS + 1)) & 1).float()
        return spread * (torch.rand(flags.shape).unsqueeze(2) > HIDE) if self.training else spread


class Pieces:
    """A padded batch of texts as word pieces; `texts` and `firsts` say where each word begins."""

    def __init__(
        self, texts: Sequence[tuple[Sequence[str], Sequence[int], Sequence[int], Sequence[int]]], pieces: dict[str, int]
    ) -> None:
        """`texts`: words, shapes, gaps and list flags of each. Words beyond MAX_PIECES pieces are left out and never judged."""
        rows, self.kept = [], []
        where_text: list[int] = []
        where_first: list[int] = []
        for row, (words, shapes, gaps, flags) in enumerate(texts):
            line: list[tuple[int, int, int, int]] = [(pieces["[CLS]"], 0, 0, 0)]
            kept = 0
            for word, shape, gap, flag in zip(words, shapes, gaps, flags, strict=True):
                found = word_pieces(word, pieces)
                if len(line) + len(found) >= MAX_PIECES:
                    break
                where_text.append(row)
                where_first.append(len(line))
                line += [(piece, shape, gap if not place else 0, flag) for place, piece in enumerate(found)]
                kept += 1
            rows.append(line)
            self.kept.append(kept)
        width = max(map(len, rows))
        table = np.zeros((len(rows), width, 4), dtype=np.int64)
        for row, line in enumerate(rows):
            table[row, : len(line)] = line
        self.pieces, self.shapes, self.gaps, self.flags = (
            torch.from_numpy(table[:, :, column].copy()) for column in range(4)
        )
        self.texts, self.firsts = torch.tensor(where_text), torch.tensor(where_first)
