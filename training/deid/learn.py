"""Training of the student."""

import time
from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.deid.encoding import Stretch
from training.deid.filler import LABELS
from training.deid.student import Student, Views, batches, collate, loss_of
from training.deid.teach import class_weights

HIDE = 0.12
"""Chance that the word's own row, or its lists, are hidden: names and terms that no list has must be found too."""


def train(
    student: Student,
    views: Views,
    stretches: Sequence[Stretch],
    soft: Sequence[NDArray[np.float16]],
    passes: int,
    seed: int,
    say: Callable[[str], None],
    rate: float = 2.5e-3,
) -> None:
    """`passes` over `stretches`; `soft` holds the teacher's distributions in the same order."""
    rng = Random(seed)
    torch.manual_seed(seed)
    plans = [batches(stretches, 6144, rng) for _ in range(passes)]
    total = sum(map(len, plans))
    weight = class_weights()
    optimiser = torch.optim.AdamW(student.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rate, total_steps=total, pct_start=0.05, anneal_strategy="cos", final_div_factor=300
    )
    student.train()
    begun, step, sums = time.monotonic(), 0, 0.0
    for plan in plans:
        for rows in plan:
            batch = collate(stretches, rows)
            local, seen = views.of(batch.forms, HIDE)
            loss = loss_of(student(local, batch.gaps, seen), batch.labels, _soft(soft, rows, batch.forms), weight)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(student.parameters(), 2.0)
            optimiser.step()
            schedule.step()
            step += 1
            sums = 0.99 * sums + 0.01 * loss.item() if step > 1 else loss.item()
            if step % 200 == 0:
                say(f"student {step}/{total} loss {sums:.4f} {time.monotonic() - begun:.0f} s")
    student.eval()


def _soft(soft: Sequence[NDArray[np.float16]], rows: Sequence[int], forms: Tensor) -> Tensor:
    made = np.zeros((*forms.shape, len(LABELS)), dtype=np.float32)
    for place, row in enumerate(rows):
        made[place, : len(soft[row])] = soft[row]
    return torch.from_numpy(made)
