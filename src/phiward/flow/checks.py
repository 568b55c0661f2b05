"""What every text of an answer passes before it may go on, and what every call of a tool.

Text and reasoning: placeholders restored and identifiers of others withheld (`guard.output`), then passage by passage
read in every encoding and made inert (`guard.release`), then, where the answer rests on passages, each sentence held
against them (`clinical.gate`). A call: of a tool that was offered, with the session's patient, names only where the
tool was registered for them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from phiward.clinical.evidence import SentenceEvidence
from phiward.clinical.gate import EvidenceGate
from phiward.domain.patients import PatientRef
from phiward.domain.tools import RemovedTool
from phiward.guard.arguments import Restored, restore_arguments
from phiward.guard.index import KnownIndex
from phiward.guard.output import WITHHELD, OutputFilter
from phiward.guard.release import ReleaseGate
from phiward.guard.tools import NOT_OFFERED, UNKNOWN_TOOL, CallDecision


def none_offered(name: str, arguments: str) -> CallDecision:
    """Where no tool was offered, no call is passed on."""
    return CallDecision(False, UNKNOWN_TOOL, NOT_OFFERED)


@dataclass(frozen=True, slots=True)
class Checks:
    """What the checks of one answer go by.

    `placeholders` were issued in this conversation, and all but the `foreign` ones are restored; identifiers of
    `granted` patients may stand in the answer. `seen` says whether a number stood in the conversation; `canaries` stand
    in system prompts alone; `hosts` are those that
    links may lead to. `evidence` makes a gate for each choice where the answer rests on passages; `admit` decides on
    a call by its name and arguments.
    """

    placeholders: Mapping[str, str] = field(repr=False)
    index: KnownIndex
    granted: frozenset[PatientRef]
    foreign: frozenset[str] = frozenset()
    evidence: Callable[[], EvidenceGate] | None = None
    seen: Callable[[str], bool] | None = None
    canaries: tuple[str, ...] = field(default=(), repr=False)
    hosts: frozenset[str] = frozenset()
    admit: Callable[[str, str], CallDecision] = none_offered

    @property
    def _restored(self) -> dict[str, str]:
        return {name: value for name, value in self.placeholders.items() if name not in self.foreign}

    def path(self, *, evident: bool) -> "TextPath":
        """A way for the text of one choice; reasoning needs no evidence."""
        release = ReleaseGate(
            self.index,
            self.granted,
            own=self._restored.values(),
            seen=self.seen,
            canaries=self.canaries,
            hosts=self.hosts,
        )
        issued = {**self.placeholders, **dict.fromkeys(self.foreign, WITHHELD)}
        filtered = OutputFilter(issued, self.index, self.granted)
        return TextPath(filtered, release, self.evidence() if self.evidence is not None and evident else None)

    def call(self, name: str, arguments: str) -> "CheckedCall":
        """Decide on a call, and check its arguments."""
        decision = self.admit(name, arguments)
        if not decision.allowed:
            return CheckedCall(decision, Restored(""))
        placeholders = self._restored if decision.identified else {}
        checks = (placeholders, self.index, self.granted, self.canaries)
        return CheckedCall(decision, restore_arguments(decision.arguments, *checks))


@dataclass(frozen=True, slots=True)
class CheckedCall:
    """What was decided of a call, and the arguments that may be released."""

    decision: CallDecision
    arguments: Restored

    @property
    def removed(self) -> RemovedTool | None:
        """What to tell where it is not passed on."""
        return self.decision.removed


class TextPath:
    """One for each choice and field of an answer. Holds PHI while it waits: never print it."""

    def __init__(self, filtered: OutputFilter, release: ReleaseGate, evidence: EvidenceGate | None) -> None:
        """In the order in which a text passes them."""
        self.filtered, self.release, self.evidence = filtered, release, evidence

    def feed(self, text: str) -> str:
        """Take a piece; return what may be released now. Raises UnsafeContentError where a check fails."""
        passed = self.release.feed(self.filtered.feed(text))
        return passed if self.evidence is None else self.evidence.feed(passed)

    def finish(self) -> str:
        """No more will come; return the rest."""
        passed = self.release.feed(self.filtered.finish()) + self.release.finish()
        return passed if self.evidence is None else self.evidence.feed(passed) + self.evidence.finish()

    @property
    def sentences(self) -> list[SentenceEvidence]:
        """What each sentence released so far rests on."""
        return self.evidence.sentences if self.evidence else []

    @property
    def rules(self) -> Counter[str]:
        """Rules by which passages were withheld."""
        return self.release.withheld
