"""A chat request and its answer, free of any framework: parsed once, then trusted.

Texts stay plain strings here because the whole request is one `IdentifiedText` in spirit; the only
way out is `flow`, which turns it into the bytes of an `IdentifiedText` or a `DeidentifiedText`.
No type of this module prints its texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from phiward.domain.passages import RetrievalAsk

MessageRole = Literal["system", "developer", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function call. `arguments` is JSON text, as the model wrote it."""

    id: str
    name: str
    arguments: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. Content parts of type text are joined at the boundary; other parts are refused."""

    role: MessageRole
    content: str | None = field(default=None, repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What the caller asked. `options` holds only checked scalars and short enumerations.

    `retrieval` None: nothing is looked up; the caller brings what the model should know.

    `canary` is a mark that the application put into its own system message: what repeats it is withheld.

    `tools` and `response_format` carry free text in descriptions; flow transforms those as well.
    """

    model: str
    messages: tuple[Message, ...]
    stream: bool = False
    include_usage: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    tools: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    response_format: Mapping[str, Any] | None = field(default=None, repr=False)
    patient: str | None = field(default=None, repr=False)
    purpose: str | None = None
    retrieval: RetrievalAsk | None = None
    canary: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the upstream reported them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer of one choice, as it came from upstream or as it is released."""

    choice: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's visible reasoning of one choice; checked and restored like the answer."""

    choice: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call: id and name come once, arguments in fragments."""

    choice: int
    index: int
    id: str | None
    name: str | None
    arguments: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """One choice ended, with the upstream's reason: stop, length, tool_calls or content_filter."""

    choice: int
    reason: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Token counts of the whole answer."""

    usage: Usage


UpstreamEvent = TextDelta | ReasoningDelta | ToolCallDelta | Finished | UsageReport
"""What a model client yields, streaming or not: one path for both. A client raises UpstreamError
when the answer breaks off before every choice finished."""
