"""What a probe of a locked bucket saw, step by step."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a step showed."""

    HOLDS = "holds"
    BROKEN = "broken"  # the store allowed what the lock forbids
    UNTOLD = "untold"  # no answer, or one that proves nothing
    NOTED = "noted"  # says nothing of the lock


@dataclass(frozen=True, slots=True)
class Step:
    """One act: its code, in words, what a locked bucket does, what this one did."""

    code: str
    act: str
    expected: str
    happened: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Remains:
    """A version that nobody can remove before `until`, if the lock holds."""

    key: str
    version: str
    until: datetime


@dataclass(slots=True)
class Probe:
    """What was tried and seen. `warnings`: what could not be put back as it was."""

    steps: list[Step] = field(default_factory=list)
    remains: list[Remains] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def note(self, code: str, act: str, expected: str, happened: str, verdict: Verdict) -> None:
        """Add a step."""
        self.steps.append(Step(code, act, expected, happened, verdict))

    @property
    def holds(self) -> bool | None:
        """Whether every forbidden act was refused and the canary stands; None where that cannot be told."""
        verdicts = {step.verdict for step in self.steps}
        if Verdict.BROKEN in verdicts:
            return False
        return None if Verdict.UNTOLD in verdicts or not verdicts else True

    @property
    def allowed(self) -> tuple[str, ...]:
        """The acts that the store allowed against the lock."""
        return tuple(step.act for step in self.steps if step.verdict is Verdict.BROKEN)
