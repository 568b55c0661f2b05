"""From an upstream's JSON to the events of `domain.chat`, reading only what is known.

Unknown fields are dropped, so that nothing passes unchecked: content, refusal, reasoning_content or
reasoning, and tool_calls are read. A content that is no text is a fault, and so is a part of it: an
answer that is shown without one of its parts would look whole. The text of an upstream's own error is
never repeated, nor chained to an exception: it may quote the prompt.
"""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from phiward.domain.chat import Finished, ReasoningDelta, TextDelta, ToolCallDelta, UpstreamEvent, Usage, UsageReport
from phiward.domain.errors import UpstreamError

REASONS: Final = frozenset({"stop", "length", "tool_calls", "content_filter"})
UNREADABLE: Final = "The model's server answered something unreadable."
MAX_INDEX: Final = 127
"""The highest number of a choice, and of a tool call in it, that is believed."""

_SPOKEN: Final = ("content", "refusal", "reasoning_content", "reasoning", "tool_calls")


class Answer:
    """Reads one answer, streamed or whole, and knows whether every choice has finished."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._open: set[int] = set()
        self._finished: set[int] = set()
        self._calls: dict[tuple[int, int], str] = {}

    @property
    def complete(self) -> bool:
        """At least one choice came, and every one has finished."""
        return bool(self._finished) and not self._open

    def chunk(self, data: bytes) -> Iterator[UpstreamEvent]:
        """The events of one chunk object. Raises UpstreamError."""
        value = _object(data)
        choices = value.get("choices")
        if choices is None and isinstance(value.get("usage"), dict):
            choices = []
        yield from self._events(value, choices, "delta")

    def whole(self, data: bytes) -> Iterator[UpstreamEvent]:
        """The events of one completion object, which must have a choice. Raises UpstreamError."""
        value = _object(data)
        yield from self._events(value, value.get("choices") or None, "message")

    def _events(self, value: dict[str, Any], choices: Any, field: str) -> Iterator[UpstreamEvent]:
        if not isinstance(choices, list):
            raise UpstreamError(UNREADABLE)
        for choice in choices:
            yield from self._choice(choice, field)
        if isinstance(value.get("usage"), dict):
            yield UsageReport(_usage(value["usage"]))

    def _choice(self, choice: Any, field: str) -> Iterator[UpstreamEvent]:
        if not isinstance(choice, dict):
            raise UpstreamError(UNREADABLE)
        number = _index(choice.get("index", 0))
        message = choice.get(field)
        if message is None and field == "delta":
            message = {}
        if not isinstance(message, dict):
            raise UpstreamError(UNREADABLE)
        if number in self._finished:
            if any(message.get(name) for name in _SPOKEN):
                raise UpstreamError(UNREADABLE)
            return
        self._open.add(number)
        yield from self._message(number, message)
        reason = choice.get("finish_reason") or ("stop" if field == "message" else None)
        if reason is not None:
            self._open.discard(number)
            self._finished.add(number)
            yield Finished(number, reason if isinstance(reason, str) and reason in REASONS else "stop")

    def _message(self, number: int, message: dict[str, Any]) -> Iterator[UpstreamEvent]:
        if reasoning := _text(message.get("reasoning_content") or message.get("reasoning")):
            yield ReasoningDelta(number, reasoning)
        for name in ("content", "refusal"):
            if text := _text(message.get(name)):
                yield TextDelta(number, text)
        calls = message.get("tool_calls")
        if not calls:
            return
        if not isinstance(calls, list):
            raise UpstreamError(UNREADABLE)
        for place, call in enumerate(calls):
            yield self._call(number, place, call)

    def _call(self, choice: int, place: int, call: Any) -> ToolCallDelta:
        """One piece of a call. A second id under one index would mix two calls, and is a fault."""
        function = (call.get("function") or {}) if isinstance(call, dict) else None
        if not isinstance(function, dict):
            raise UpstreamError(UNREADABLE)
        index = _index(call.get("index", place))
        arguments = function.get("arguments") or ""
        known = _name(call.get("id"))
        if not isinstance(arguments, str) or (known and self._calls.setdefault((choice, index), known) != known):
            raise UpstreamError(UNREADABLE)
        return ToolCallDelta(choice, index, known, _name(function.get("name")), arguments)


def _object(data: bytes) -> dict[str, Any]:
    value = _parsed(data)
    if not isinstance(value, dict):
        raise UpstreamError(UNREADABLE)
    if value.get("error"):
        raise UpstreamError("The model's server reported an error.")
    return value


def _parsed(data: bytes) -> Any:
    """None where it is no JSON; the parser's own error holds the whole text, so it ends here."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _index(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_INDEX:
        raise UpstreamError(UNREADABLE)
    return value


def _text(value: Any) -> str:
    """Text, or the text parts of a list; anything else cannot be checked and is a fault."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_part(part) for part in value)
    raise UpstreamError(UNREADABLE)


def _part(value: Any) -> str:
    text = value.get("text") if isinstance(value, dict) and value.get("type") == "text" else None
    if not isinstance(text, str):
        raise UpstreamError(UNREADABLE)
    return text


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _usage(value: dict[str, Any]) -> Usage:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    counts = [value.get(name) for name in names]
    return Usage(*(count if type(count) is int and count >= 0 else 0 for count in counts))
