"""Texts with marked identifiers, all invented, for the tests of the evaluation."""

from collections.abc import Sequence
from datetime import date

from phiward.deid.evaluation.examples import Example, Marked
from phiward.deid.evaluation.run import Run, evaluate
from phiward.deid.evaluation.scores import Removed

TODAY = date(2026, 3, 1)
NOTE = Example("note-1", "Zelda Quux came on 03/04/2024.", (Marked(0, 10, "NAME"), Marked(19, 29, "DATE")), "west")
CLEAN = Example("clean-1", "Potassium is 4.9 today.", ())


class Scripted:
    """A system that removes what the test says, whatever the text."""

    name = "scripted"

    def __init__(self, *removed: Sequence[Removed]) -> None:
        """`removed`: for the first text, for the second, …"""
        self._removed = list(removed)

    def remove(self, text: str) -> Sequence[Removed]:
        """The next of the list."""
        return self._removed.pop(0)


def scripted(examples: Sequence[Example], *removed: Sequence[Removed]) -> Run:
    """The run of a system that removes `removed` from `examples`."""
    return evaluate(Scripted(*removed), examples)


def gone(start: int, end: int, label: str = "NAME") -> Removed:
    """Something removed."""
    return Removed(start, end, label)
