"""What comes back: every piece is checked and restored before it may go on.

Text and reasoning of a choice take a path of checks each, which holds back at most one passage. Tool-call arguments are
held until they are whole, then parsed, so that no cutting and no JSON escape changes what is checked. `Finished` and
usage are held until the outcome is on record: the caller learns that an answer is complete only when the log knows it
too.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from phiward.clinical.evidence import SentenceEvidence, SentenceKind
from phiward.domain.chat import (
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UpstreamEvent,
    Usage,
    UsageReport,
)
from phiward.domain.errors import UpstreamError
from phiward.domain.tools import RemovedTool
from phiward.flow.checks import Checks, TextPath

CALL_ID = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
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

    def __init__(self, checks: Checks) -> None:
        """What every text and every call of this answer goes by."""
        self._checks = checks
        self._paths: dict[tuple[int, type[TextDelta | ReasoningDelta]], TextPath] = {}
        self._calls: dict[tuple[int, int], _PendingCall] = {}
        self._passed_on: set[int] = set()
        self._characters = 0
        self._closing: list[UpstreamEvent] = []
        self._call_counts = Counts()
        self.received: list[str] = []
        self.removed_calls: list[RemovedTool] = []
        self.call_notes: list[str] = []
        self.usage: Usage | None = None

    def pass_on(self, event: UpstreamEvent) -> Iterator[UpstreamEvent]:
        """Yield what of this event may be released now. Raises UpstreamError for an endless answer."""
        match event:
            case TextDelta(choice, text) | ReasoningDelta(choice, text):
                self._remember(text)
                if released := self._path(choice, type(event)).feed(text):
                    yield type(event)(choice, released)
            case ToolCallDelta():
                self._collect(event)
            case Finished():
                yield from self._finish(event)
            case UsageReport():
                self.usage = event.usage
                self._closing.append(event)

    def closing(self) -> list[UpstreamEvent]:
        """What says that the answer is complete; released only after the outcome is on record."""
        return self._closing

    @property
    def counts(self) -> Counts:
        """Sums over all paths and calls so far; a passage that is withheld counts once."""
        total = Counts(self._call_counts.withheld, self._call_counts.masked, self._call_counts.resolved)
        for one in self._paths.values():
            total.withheld += one.filtered.withheld + one.rules.total()
            total.masked += one.filtered.masked
            total.resolved += one.filtered.resolved
        return total

    @property
    def withheld_by(self) -> Mapping[str, int]:
        """The rules by which something was withheld, and how often."""
        rules: Counter[str] = Counter()
        for one in self._paths.values():
            rules.update(one.rules)
            rules["known_identifier"] += one.filtered.withheld
        rules["known_identifier"] += self._call_counts.withheld
        return {str(rule): count for rule, count in sorted(rules.items()) if count}  # a JSON key is a plain str

    @property
    def inert(self) -> int:
        """How many images, links and other active parts were made inert."""
        return sum(one.release.inert for one in self._paths.values())

    @property
    def sentences(self) -> Mapping[int, list[SentenceEvidence]]:
        """By choice, what each sentence released so far rests on; empty where nothing was retrieved."""
        return {
            choice: path.sentences
            for (choice, kind), path in self._paths.items()
            if kind is TextDelta and path.evidence is not None
        }

    @property
    def evidence_counts(self) -> dict[str, int] | None:
        """Claims, those supported, and those left out, over all choices; None where nothing was retrieved."""
        if self._checks.evidence is None:
            return None
        claims = [one for found in self.sentences.values() for one in found if one.kind is not SentenceKind.NONE]
        return {
            "claims": len(claims),
            "supported": sum(one.supported for one in claims),
            "left_out": sum(path.evidence.left_out for path in self._paths.values() if path.evidence),
        }

    def _path(self, choice: int, kind: type[TextDelta | ReasoningDelta]) -> TextPath:
        found = self._paths.get((choice, kind))
        if found is None:
            found = self._paths[choice, kind] = self._checks.path(evident=kind is TextDelta)
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

    def _finish(self, event: Finished) -> Iterator[UpstreamEvent]:
        """The rest of the text, then the calls; a choice of whose calls none is passed on has merely stopped."""
        choice = event.choice
        for (owner, kind), path in self._paths.items():
            if owner == choice and (rest := path.finish()):
                yield kind(choice, rest)
        called = 0
        for (owner, index), call in sorted(self._calls.items()):
            if owner == choice:
                called += 1
                yield from self._whole_call(choice, index, call)
        self._calls = {key: call for key, call in self._calls.items() if key[0] != choice}
        stopped = called and choice not in self._passed_on
        self._closing.append(Finished(choice, "stop") if stopped else event)

    def _whole_call(self, choice: int, index: int, call: _PendingCall) -> Iterator[UpstreamEvent]:
        checked = self._checks.call(call.name or "", "".join(call.fragments))
        if (removed := checked.removed) is not None:
            self.removed_calls.append(removed)
            return
        self._call_counts.withheld += checked.arguments.withheld
        self._call_counts.masked += checked.arguments.masked
        self._call_counts.resolved += checked.arguments.resolved
        self.call_notes += checked.decision.notes
        self._passed_on.add(choice)
        yield ToolCallDelta(choice, index, self._safe_id(index, call.id), checked.decision.name, checked.arguments.text)

    def _safe_id(self, index: int, given: str | None) -> str:
        """The id of a call is the model's own text: one that is no id, or holds an identifier, is replaced."""
        if given is None or CALL_ID.fullmatch(given) is None:
            return f"call_{index}"
        path = self._checks.path(evident=False)
        return given if path.feed(given) + path.finish() == given else f"call_{index}"
