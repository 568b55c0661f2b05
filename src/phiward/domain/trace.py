"""The trace of a request: which stage it passed, by which rule, and when, in milliseconds from its start.

Codes and numbers only, so that it may stand in clear in the log; the names of the stages are those of the flow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter


class Stage(StrEnum):
    """The stages of a request, in their order."""

    AUTHENTICATE = "authenticate"  # who asks, and whether the patient named is there for her
    PURPOSE = "purpose"
    DESTINATION = "destination"
    AUTHORISE = "authorise"  # the policies
    AGREEMENT = "agreement"  # may this text go there: the gate of agreements and accepted risks
    RETRIEVE = "retrieve"
    TOOLS = "tools"  # who wrote the texts, what they risk, which tools stay
    TRANSFORM = "transform"  # Safe Harbor
    TRIPWIRE = "tripwire"
    CHECKS = "checks"  # what the answer will go by is made ready
    CALL = "call"  # until the model's server answered anything
    ANSWER = "answer"  # every piece of the answer, checked and restored
    CALLS = "calls"  # of tools
    EVIDENCE = "evidence"


class Did(StrEnum):
    """What a stage did."""

    PASSED = "passed"
    CHANGED = "changed"  # something was replaced, removed, withheld or marked
    SKIPPED = "skipped"  # not asked for
    REFUSED = "refused"
    FAILED = "failed"  # the other side did


@dataclass(frozen=True, slots=True)
class Step:
    """A stage that ended `at` milliseconds after the start, and the rule that decided, if one did."""

    stage: Stage
    did: Did
    rule: str | None
    at: int

    def told(self) -> list[str | int | None]:
        """As the log has it."""
        return [str(self.stage), str(self.did), self.rule, self.at]


class Trace:
    """Of one request; starts when it is made. `ticks` counts seconds and never goes back."""

    def __init__(self, ticks: Callable[[], float] = perf_counter) -> None:
        """The first stage begins now."""
        self._ticks = ticks
        self._began = ticks()
        self._stage: Stage | None = None
        self.steps: list[Step] = []

    def begin(self, stage: Stage) -> None:
        """The next stage; the one before it passed, unless it was said otherwise."""
        self.end()
        self._stage = stage

    def end(self, did: Did = Did.PASSED, rule: str | None = None) -> None:
        """The present stage is over, if there is one."""
        if self._stage is not None:
            self.add(self._stage, did, rule)
            self._stage = None

    def next(self, before: Stage, after: Stage) -> None:
        """From one stage into the next, if the present one is `before`: cheap enough for every event of a stream."""
        if self._stage is before:
            self.begin(after)

    def add(self, stage: Stage, did: Did, rule: str | None = None) -> None:
        """A stage that ends now."""
        self.steps.append(Step(stage, did, rule, self.milliseconds()))

    def milliseconds(self) -> int:
        """From the start until now."""
        return int((self._ticks() - self._began) * 1000)

    def take(self) -> list[list[str | int | None]]:
        """What was traced since this was last asked, as the log has it."""
        told = [step.told() for step in self.steps]
        self.steps = []
        return told
