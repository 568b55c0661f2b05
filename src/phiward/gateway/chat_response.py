"""Rendering an answer in the OpenAI shapes, anew from what was checked: nothing of the upstream's
own JSON is passed through. What phiward adds stands under the key `phiward`.
Source: the OpenAI API reference, chat completion object and chunk object.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from phiward.clinical.answer import LABEL
from phiward.deid.manifest import NOT_DETECTED
from phiward.domain.access import Relation
from phiward.domain.chat import Finished, ReasoningDelta, TextDelta, ToolCallDelta, UpstreamEvent, Usage, UsageReport
from phiward.domain.vendors import DestinationClass
from phiward.flow.journey import Answer
from phiward.gateway.evidence_response import evidence_note

DONE = b"data: [DONE]\n\n"


BANNER = "Emergency access to one patient. Everything seen is on record and reviewed."


def break_glass(emergency: Relation | None, now: datetime) -> dict[str, Any] | None:
    """Banner and countdown of an emergency grant, in whole seconds; None without one."""
    if emergency is None or emergency.ends_at is None:
        return None
    left = max(0, int((emergency.ends_at - now).total_seconds()))
    return {
        "grant": str(emergency.grant),
        "ends_at": emergency.ends_at.isoformat(),
        "seconds_left": left,
        "banner": BANNER,
    }


def note(answer: Answer, now: datetime) -> dict[str, Any]:
    """The `phiward` object: opaque ids, counts and honest words; of PHI only what a citation shows of its source."""
    one, counts = answer.interaction, answer.inbound.counts
    route, sent = one.route, one.outbound
    return {
        "interaction": str(one.id),
        "transformation": "Safe Harbor transformation applied",
        "not_detected": NOT_DETECTED,
        "placeholders": {str(name): number for name, number in sorted(sent.counts.items())} if sent else {},
        "destination_class": route.destination_class if route else None,
        "admitted_by": one.admission,
        "baa": str(route.baa.id) if route and route.baa else None,
        "residual_risk_accepted": (
            str(route.acceptance.id)
            if route and route.acceptance and route.destination_class is DestinationClass.NO_BAA
            else None
        ),
        "label": LABEL,
        **evidence_note(answer),
        "break_glass": break_glass(one.emergency, now),
        "resolved": counts.resolved,
        "withheld": counts.withheld,
        "withheld_by": dict(answer.inbound.withheld_by),
        "made_inert": answer.inbound.inert,
        **labels_note(answer),
        "masked": counts.masked,
    }


def labels_note(answer: Answer) -> dict[str, Any]:
    """Why a tool was taken away or a call not passed on, and what raised the risk: rules and places, no text."""
    labels = answer.interaction.labels
    removed = [*labels.removed, *answer.inbound.removed_calls]
    return {
        "context_trust": labels.trust,
        "risk": {
            "score": labels.risk.score,
            "review": labels.risk.review,
            "findings": [{"rule": one.rule, "place": one.place} for one in labels.risk.findings],
        },
        "tools_removed": [{"name": one.name, "rule": one.rule} for one in removed],
        "call_notes": sorted(set(answer.inbound.call_notes)),
    }


@dataclass(slots=True)
class _Choice:
    content: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    reason: str = "stop"


class Completion:
    """Collects the events of a non-streamed answer."""

    def __init__(self, identity: str, created: int, model: str) -> None:
        """`identity` is the completion id, `created` seconds since the epoch."""
        self._head = {"id": identity, "object": "chat.completion", "created": created, "model": model}
        self._choices: dict[int, _Choice] = {}
        self._usage = Usage()

    def add(self, event: UpstreamEvent) -> None:
        """Take one checked event."""
        match event:
            case TextDelta(choice, text):
                self._choice(choice).content.append(text)
            case ReasoningDelta(choice, text):
                self._choice(choice).reasoning.append(text)
            case ToolCallDelta(choice):
                self._choice(choice).calls.append(_call(event))
            case Finished(choice, reason):
                self._choice(choice).reason = reason
            case UsageReport(usage):
                self._usage = usage

    def render(self, phiward: dict[str, Any]) -> bytes:
        """The JSON body."""
        choices = [_whole(number, choice) for number, choice in sorted(self._choices.items())]
        return orjson.dumps({**self._head, "choices": choices, "usage": _usage(self._usage), "phiward": phiward})

    def _choice(self, number: int) -> _Choice:
        return self._choices.setdefault(number, _Choice())


def _whole(number: int, choice: _Choice) -> dict[str, Any]:
    content = "".join(choice.content)
    message: dict[str, Any] = {"role": "assistant", "content": content if content or not choice.calls else None}
    if choice.reasoning:
        message["reasoning_content"] = "".join(choice.reasoning)
    if choice.calls:
        message["tool_calls"] = choice.calls
    return {"index": number, "message": message, "finish_reason": choice.reason, "logprobs": None}


class Chunks:
    """Renders checked events as SSE, one chunk each."""

    def __init__(
        self, identity: str, created: int, model: str, include_usage: bool, opening: dict[str, Any] | None = None
    ) -> None:
        """As for Completion; the usage chunk is sent only where the caller asked for it.

        `opening` stands under `phiward` in the first chunk: what must be seen before the answer.
        """
        self._head = {"id": identity, "object": "chat.completion.chunk", "created": created, "model": model}
        self._opening = opening
        self._include_usage = include_usage
        self._opened: set[int] = set()

    def render(self, event: UpstreamEvent) -> bytes:
        """The bytes of one event, or nothing."""
        match event:
            case TextDelta(choice, text):
                return self._delta(choice, {"content": text})
            case ReasoningDelta(choice, text):
                return self._delta(choice, {"reasoning_content": text})
            case ToolCallDelta(choice, index):
                return self._delta(choice, {"tool_calls": [{"index": index, **_call(event)}]})
            case Finished(choice, reason):
                return self._delta(choice, {}, reason)
            case UsageReport(usage):
                return self._sse({"choices": [], "usage": _usage(usage)}) if self._include_usage else b""

    def closing(self, events: Iterable[UpstreamEvent], phiward: dict[str, Any]) -> bytes:
        """What ends a stream: the note on the first finished choice, usage, `[DONE]`."""
        rendered = []
        for event in events:
            if isinstance(event, Finished):
                rendered.append(self._delta(event.choice, {}, event.reason, phiward))
                phiward = {}
            else:
                rendered.append(self.render(event))
        return b"".join(rendered) + DONE

    def _delta(
        self, choice: int, delta: dict[str, Any], reason: str | None = None, phiward: dict[str, Any] | None = None
    ) -> bytes:
        if choice not in self._opened:
            self._opened.add(choice)
            delta = {"role": "assistant", **delta}
        chunk: dict[str, Any] = {"choices": [{"index": choice, "delta": delta, "finish_reason": reason}]}
        if self._opening or phiward:
            chunk["phiward"] = {**(self._opening or {}), **(phiward or {})}
            self._opening = None
        return self._sse(chunk)

    def _sse(self, chunk: dict[str, Any]) -> bytes:
        return b"data: " + orjson.dumps({**self._head, **chunk}) + b"\n\n"


def _call(event: ToolCallDelta) -> dict[str, Any]:
    return {
        "id": event.id or f"call_{event.index}",
        "type": "function",
        "function": {"name": event.name or "", "arguments": event.arguments},
    }


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }
