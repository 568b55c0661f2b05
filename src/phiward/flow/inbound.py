"""What comes back: every piece is checked and restored before it may go on.

Text and reasoning of a choice pass a filter each, which holds back only what could still become a
placeholder or an identifier. Where the answer is to rest on passages, its text then passes the evidence
gate, sentence by sentence. Tool-call arguments are held until they are whole, then parsed, so
that no cutting and no JSON escape changes what is checked. `Finished` and usage are held until the
outcome is on record: the caller learns that an answer is complete only when the log knows it too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from phiward.clinical.evidence import SentenceEvidence, SentenceKind
from phiward.clinical.gate import EvidenceGate
from phiward.domain.chat import (
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UpstreamEvent,
    UsageReport,
)
from phiward.domain.errors import UpstreamError
from phiward.domain.patients import PatientRef
from phiward.guard.arguments import restore_arguments
from phiward.guard.index import KnownIndex
from phiward.guard.output import OutputFilter

MAX_ANSWER_CHARACTERS = 4_000_000
"""An answer longer than this, in characters over all choices, is a fault of the upstream."""


@dataclass(slots=True)
class _PendingCall:
    id: str | None = None
    name: str | None = None
    fragments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Counts:
    """What the output check did, over all choices."""

    withheld: int = 0
    masked: int = 0
    resolved: int = 0


class Inbound:
    """The checks of one answer. `received` is the model's own text, before anything was restored."""

    def __init__(
        self,
        placeholders: Mapping[str, str],
        index: KnownIndex,
        granted: frozenset[PatientRef],
        gate: Callable[[], EvidenceGate] | None = None,
    ) -> None:
        """The placeholders issued in this conversation, and the patients whom the caller may see.

        `gate` makes one for each choice where the answer is to rest on passages.
        """
        self._gate = gate
        self._gates: dict[int, EvidenceGate] = {}
        self._placeholders = placeholders
        self._index = index
        self._granted = granted
        self._filters: dict[tuple[int, type[TextDelta | ReasoningDelta]], OutputFilter] = {}
        self._calls: dict[tuple[int, int], _PendingCall] = {}
        self._characters = 0
        self._closing: list[UpstreamEvent] = []
        self._call_counts = Counts()
        self.received: list[str] = []

    def pass_on(self, event: UpstreamEvent) -> Iterator[UpstreamEvent]:
        """Yield what of this event may be released now. Raises UpstreamError for an endless answer."""
        match event:
            case TextDelta(choice, text) | ReasoningDelta(choice, text):
                self._remember(text)
                released = self._filter(choice, type(event)).feed(text)
                if isinstance(event, TextDelta):
                    released = self._evident(choice, released)
                if released:
                    yield type(event)(choice, released)
            case ToolCallDelta():
                self._collect(event)
            case Finished(choice):
                yield from self._finish(choice)
                self._closing.append(event)
            case UsageReport():
                self._closing.append(event)

    def closing(self) -> list[UpstreamEvent]:
        """What says that the answer is complete; released only after the outcome is on record."""
        return self._closing

    @property
    def counts(self) -> Counts:
        """Sums over all filters so far."""
        total = Counts(self._call_counts.withheld, self._call_counts.masked, self._call_counts.resolved)
        for one in self._filters.values():
            total.withheld += one.withheld
            total.masked += one.masked
            total.resolved += one.resolved
        return total

    @property
    def sentences(self) -> Mapping[int, list[SentenceEvidence]]:
        """By choice, what each sentence released so far rests on; empty where nothing was retrieved."""
        return {choice: gate.sentences for choice, gate in self._gates.items()}

    @property
    def evidence_counts(self) -> dict[str, int] | None:
        """Claims, those supported, and those left out, over all choices; None where nothing was retrieved."""
        if self._gate is None:
            return None
        claims = [one for gate in self._gates.values() for one in gate.sentences if one.kind is not SentenceKind.NONE]
        return {
            "claims": len(claims),
            "supported": sum(one.supported for one in claims),
            "left_out": sum(gate.left_out for gate in self._gates.values()),
        }

    def _evident(self, choice: int, text: str, *, last: bool = False) -> str:
        """What of a choice's text may go on after the evidence gate."""
        if self._gate is None:
            return text
        gate = self._gates.get(choice)
        if gate is None:
            gate = self._gates[choice] = self._gate()
        released = gate.feed(text) if text else ""
        return released + gate.finish() if last else released

    def _filter(self, choice: int, kind: type[TextDelta | ReasoningDelta]) -> OutputFilter:
        found = self._filters.get((choice, kind))
        if found is None:
            found = OutputFilter(self._placeholders, self._index, self._granted)
            self._filters[choice, kind] = found
        return found

    def _remember(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > MAX_ANSWER_CHARACTERS:
            raise UpstreamError("The model's answer is longer than the gateway accepts.")
        self.received.append(text)

    def _collect(self, event: ToolCallDelta) -> None:
        call = self._calls.setdefault((event.choice, event.index), _PendingCall())
        call.id = event.id or call.id
        call.name = event.name or call.name
        self._remember(event.arguments)
        call.fragments.append(event.arguments)

    def _finish(self, choice: int) -> Iterator[UpstreamEvent]:
        for (owner, kind), one in self._filters.items():
            if owner == choice:
                rest = one.finish()
                if kind is TextDelta:
                    rest = self._evident(choice, rest, last=True)
                if rest:
                    yield kind(choice, rest)
        for (owner, index), call in sorted(self._calls.items()):
            if owner == choice:
                yield self._whole_call(choice, index, call)
        self._calls = {key: call for key, call in self._calls.items() if key[0] != choice}

    def _whole_call(self, choice: int, index: int, call: _PendingCall) -> ToolCallDelta:
        restored = restore_arguments("".join(call.fragments), self._placeholders, self._index, self._granted)
        self._call_counts.withheld += restored.withheld
        self._call_counts.masked += restored.masked
        self._call_counts.resolved += restored.resolved
        name = OutputFilter({}, self._index, self._granted)
        safe_name = name.feed(call.name or "") + name.finish()
        self._call_counts.withheld += name.withheld
        return ToolCallDelta(choice, index, call.id, safe_name, restored.text)
