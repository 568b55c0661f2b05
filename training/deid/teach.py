"""Training of the teacher and its judgement of every stretch."""

import time
from collections.abc import Callable, Iterator, Sequence
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiward.deid.tagger.features import BITS
from training.deid.encoding import Forms, Stretch
from training.deid.filler import LABELS
from training.deid.student import batches
from training.deid.teacher import Pieces, Teacher

Say = Callable[[str], None]


class Texts:
    """Stretches as the teacher reads them."""

    def __init__(self, forms: Forms, pieces: dict[str, int]) -> None:
        self._words = list(forms.numbers)
        self._shapes = forms.shapes
        self._flags = [bits | (bool(word) << BITS) for bits, word in zip(forms.bits, forms.words, strict=True)]
        self._pieces = pieces

    def of(self, stretches: Sequence[Stretch]) -> Pieces:
        """One padded batch."""
        return Pieces(
            [
                (
                    [self._words[form] for form in one.forms],
                    [self._shapes[form] for form in one.forms],
                    [int(gap) for gap in one.gaps],
                    [self._flags[form] for form in one.forms],
                )
                for one in stretches
            ],
            self._pieces,
        )


def train(
    teacher: Teacher, texts: Texts, stretches: Sequence[Stretch], seed: int, say: Say, rate: float = 1.5e-4
) -> None:
    """One pass over `stretches`, warm-up then linear decay."""
    rng = Random(seed)
    plan = batches(stretches, 1536, rng)
    weight = class_weights()
    slow = [parameter for name, parameter in teacher.named_parameters() if name.startswith(("piece", "place"))]
    fast = [parameter for name, parameter in teacher.named_parameters() if not name.startswith(("piece", "place"))]
    optimiser = torch.optim.AdamW([{"params": slow, "lr": rate / 3}, {"params": fast, "lr": rate}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [rate / 3, rate], total_steps=len(plan), pct_start=0.06, anneal_strategy="linear"
    )
    teacher.train()
    begun, sums = time.monotonic(), 0.0
    for step, rows in enumerate(plan, 1):
        some = [stretches[row] for row in rows]
        batch = texts.of(some)
        labels = _labels(some, batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = teacher(batch)
        loss = nn.functional.cross_entropy(logits.float(), labels, weight=weight, label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        sums = 0.98 * sums + 0.02 * loss.item() if step > 1 else loss.item()
        if step % 50 == 0:
            say(f"teacher {step}/{len(plan)} loss {sums:.4f} {time.monotonic() - begun:.0f} s")


def class_weights() -> Tensor:
    """What may stay counts a little less than what must go: a leak is worse than damage."""
    return torch.tensor([0.8] + [1.0] * (len(LABELS) - 1))


def _labels(stretches: Sequence[Stretch], batch: Pieces) -> Tensor:
    return torch.from_numpy(
        np.concatenate([one.labels[:kept] for one, kept in zip(stretches, batch.kept, strict=True)]).astype(np.int64)
    )


def judge(teacher: Teacher, texts: Texts, stretches: Sequence[Stretch], say: Say) -> list[NDArray[np.float16]]:
    """The teacher's distribution for every token (tokens × labels; zero where it did not read on)."""
    teacher.eval()
    made: list[NDArray[np.float16]] = [np.zeros((len(one.forms), len(LABELS)), dtype=np.float16) for one in stretches]
    begun = time.monotonic()
    plan = batches(stretches, 8192, Random(0))
    with torch.inference_mode():
        for step, rows in enumerate(plan, 1):
            batch = texts.of([stretches[row] for row in rows])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = teacher(batch)
            chances = torch.softmax(logits.float(), 1).numpy().astype(np.float16)
            for row, part in zip(rows, _split(chances, batch.kept), strict=True):
                made[row][: len(part)] = part
            if step % 100 == 0:
                say(f"judged {step}/{len(plan)} {time.monotonic() - begun:.0f} s")
    return made


def _split(chances: NDArray[np.float16], sizes: Sequence[int]) -> Iterator[NDArray[np.float16]]:
    at = 0
    for size in sizes:
        yield chances[at : at + size]
        at += size
