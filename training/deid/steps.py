"""The steps of a training that take long. Each leaves its result in a folder and is not done twice.

A result is kept under the SHA-256 of what it was made from: another seed, template or list makes another file.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from phiward.deid.tagger.features import Lexicon
from training.deid import carriers, teach
from training.deid.encoding import Forms, Stretch, encode
from training.deid.filler import LABELS, Piece
from training.deid.generator import Document, Generator
from training.deid.teacher import LAYERS, Teacher

Say = Callable[[str], None]
Judged = list[NDArray[np.float16]]


@dataclass(frozen=True)
class Plan:
    """How much is drawn, and where results are kept."""

    work: Path
    seed: int
    documents: int
    teacher_stretches: int
    judged: int


def taught(
    plan: Plan,
    tensors: dict[str, NDArray[np.float32]],
    pieces: dict[str, int],
    forms: Forms,
    stretches: Sequence[Stretch],
    say: Say,
) -> Teacher:
    """The teacher, fine-tuned on the last `teacher_stretches` of `stretches`, which are generated."""
    lessons = stretches[-plan.teacher_stretches :]
    teacher = Teacher(tensors)
    kept = plan.work / f"teacher-{LAYERS}-{digest(forms, lessons)}.pt"
    if kept.exists():
        teacher.load_state_dict(torch.load(kept, weights_only=True))
        say(f"teacher read from {kept.name}")
        return teacher
    teach.train(teacher, teach.Texts(forms, pieces), lessons, plan.seed, say)
    plan.work.mkdir(parents=True, exist_ok=True)
    torch.save(teacher.state_dict(), kept)
    return teacher


def material(plan: Plan, generator: Generator, data: Path, lexicon: Lexicon) -> tuple[list[Stretch], Forms]:
    """What the student reads: generated documents, then raw prose whose labels only the teacher knows."""
    forms = Forms(lexicon)
    stretches = encode(generator.documents(plan.seed, plan.documents), forms)
    prose = sorted(set(carriers.texts(data)))
    raw = encode((Document("raw", [Piece(text)]) for text in prose), forms)
    for one in raw:
        one.labels[:] = -100
    return [*raw, *stretches], forms


def judgement(
    plan: Plan, teacher: Teacher, pieces: dict[str, int], forms: Forms, stretches: Sequence[Stretch], say: Say
) -> Judged:
    """What the teacher says of the first `judged` stretches (tokens × labels); zeros for the others."""
    first, others = stretches[: plan.judged], stretches[plan.judged :]
    kept = plan.work / f"judged-{LAYERS}-{digest(forms, first)}.npy"
    if kept.exists():
        rows = np.load(kept)
        ends = np.cumsum([len(one.forms) for one in first])
        judged = np.split(rows, ends[:-1])
        say(f"judgement read from {kept.name}")
    else:
        judged = teach.judge(teacher, teach.Texts(forms, pieces), first, say)
        np.save(kept, np.concatenate(judged))
    return [*judged, *(np.zeros((len(one.forms), len(LABELS)), dtype=np.float16) for one in others)]


def digest(forms: Forms, stretches: Sequence[Stretch]) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of words, gaps and labels."""
    made = hashlib.sha256("\n".join(forms.numbers).encode())
    for one in stretches:
        for array in (one.forms, one.gaps, one.labels):
            made.update(array.tobytes())
    return made.hexdigest()[:16]
