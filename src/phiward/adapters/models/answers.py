"""From an upstream's JSON to the events of `domain.chat`, reading only what is known.

Unknown fields are dropped, so that nothing passes unchecked. A content that is no text is a fault.
The text of an upstream's own error is never repeated: it may quote the prompt.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from phiward.domain.chat import Finished, ReasoningDelta, TextDelta, ToolCallDelta, UpstreamEvent, Usage, UsageReport
from phiward.domain.errors import UpstreamError

REASONS = frozenset({"stop", "length", "tool_calls", "content_filter"})
UNREADABLE = "The model's server answered something unreadable."


class Answer:
    """Reads one answer, streamed or whole, and knows whether every choice has finished."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._open: set[int] = set()
        self._finished: set[int] = set()

    @property
    def complete(self) -> bool:
        """At least one choice came, and every one has finished."""
        return bool(self._finished) and not self._open

    def chunk(self, data: bytes) -> Iterator[UpstreamEvent]:
        """The events of one chunk object. Raises UpstreamError."""
        return self._events(_object(data), "delta")

    def whole(self, data: bytes) -> Iterator[UpstreamEvent]:
        """The events of one completion object. Raises UpstreamError."""
        value = _object(data)
        if not value.get("choices"):
            raise UpstreamError(UNREADABLE)
        return self._events(value, "message")

    def _events(self, value: dict[str, Any], field: str) -> Iterator[UpstreamEvent]:
        choices = value.get("choices")
        if not isinstance(choices, list):
            if "usage" not in value:
                raise UpstreamError(UNREADABLE)
            choices = []
        for choice in choices:
            yield from self._choice(choice, field)
        if isinstance(value.get("usage"), dict):
            yield UsageReport(_usage(value["usage"]))

    def _choice(self, choice: Any, field: str) -> Iterator[UpstreamEvent]:
        if not isinstance(choice, dict):
            raise UpstreamError(UNREADABLE)
        number = choice.get("index", 0)
        message = choice.get(field) or {}
        if not isinstance(number, int) or not isinstance(message, dict):
            raise UpstreamError(UNREADABLE)
        if number in self._finished:
            if any(message.get(name) for name in ("content", "refusal", "tool_calls")):
                raise UpstreamError(UNREADABLE)
            return
        self._open.add(number)
        reasoning = _text(message.get("reasoning_content") or message.get("reasoning"))
        if reasoning:
            yield ReasoningDelta(number, reasoning)
        for name in ("content", "refusal"):
            if text := _text(message.get(name)):
                yield TextDelta(number, text)
        yield from _calls(number, message.get("tool_calls"))
        reason = choice.get("finish_reason") or ("stop" if field == "message" else None)
        if reason is not None:
            self._open.discard(number)
            self._finished.add(number)
            yield Finished(number, reason if reason in REASONS else "stop")


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise UpstreamError(UNREADABLE) from None
    if not isinstance(value, dict):
        raise UpstreamError(UNREADABLE)
    if value.get("error"):
        raise UpstreamError("The model's server reported an error.")
    return value


def _text(value: Any) -> str:
    """Text, or the text parts of a list; anything else cannot be checked and is a fault."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in value):
        return "".join(_text(part.get("text")) for part in value)
    raise UpstreamError(UNREADABLE)


def _calls(choice: int, calls: Any) -> Iterator[ToolCallDelta]:
    if not calls:
        return
    if not isinstance(calls, list):
        raise UpstreamError(UNREADABLE)
    for place, call in enumerate(calls):
        if not isinstance(call, dict) or not isinstance(call.get("function") or {}, dict):
            raise UpstreamError(UNREADABLE)
        function = call.get("function") or {}
        index = call.get("index", place)
        arguments = function.get("arguments") or ""
        if not isinstance(index, int) or not isinstance(arguments, str):
            raise UpstreamError(UNREADABLE)
        yield ToolCallDelta(choice, index, _name(call.get("id")), _name(function.get("name")), arguments)


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _usage(value: dict[str, Any]) -> Usage:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    return Usage(*(number if isinstance(number := value.get(name), int) else 0 for name in names))
