"""Runs a system over marked texts, each text a conversation of its own, and times nothing but the system."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.evaluation.examples import Example
from phiward.deid.evaluation.scores import Removed, Scores


class System(Protocol):
    """Whatever removes identifiers: ours, or a peer beside us."""

    name: str

    def remove(self, text: str) -> Sequence[Removed]:
        """What it would take out of `text`, in code points."""


class Phiward:
    """The transformation as it is shipped, without a known patient."""

    name = "phiward"

    def __init__(self, deidentifier: Deidentifier, today: date) -> None:
        """`today` decides ages by birth year."""
        self._deidentifier, self._today = deidentifier, today

    def remove(self, text: str) -> Sequence[Removed]:
        """Spans with their categories."""
        conversation = self._deidentifier.conversation(None, self._today)
        conversation.hide(text)
        return [Removed(span.start, span.end, str(span.category)) for span in conversation.spans]


@dataclass(frozen=True)
class Run:
    """The figures of one system. `found`: what it removed from each text, in order."""

    name: str
    scores: Scores
    cpu_seconds: float
    found: tuple[tuple[Removed, ...], ...]

    @property
    def characters_per_second(self) -> float | None:
        """Characters of text per second of processor time."""
        return self.scores.characters / self.cpu_seconds if self.cpu_seconds > 0 else None


def evaluate(system: System, examples: Sequence[Example], told: Callable[[], None] | None = None) -> Run:
    """Score `system` on `examples`; `told` is called after each. Raises what the system raises."""
    scores, seconds, found = Scores(), 0.0, []
    for example in examples:
        begun = time.process_time()
        removed = tuple(system.remove(example.text))
        seconds += time.process_time() - begun
        scores.add(example, removed)
        found.append(removed)
        if told:
            told()
    return Run(system.name, scores, seconds, tuple(found))
