"""Reading a chat completion request as far as this server understands it; the rest is passed over."""

from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from phiward.model.sentences import Sentence, pieces, sentences


class BadRequestError(Exception):
    """The body cannot be read; `param` names the place. Never repeats a value."""

    def __init__(self, message: str, param: str | None = None) -> None:
        """A message for the caller."""
        super().__init__(message)
        self.param = param


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Part(_Loose):
    type: Literal["text"]
    text: str


class _Message(_Loose):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        parts = self.content or ""
        return parts if isinstance(parts, str) else "\n".join(part.text for part in parts)


class _Function(_Loose):
    name: str
    parameters: dict[str, Any] | None = None


class _Tool(_Loose):
    type: Literal["function"] = "function"
    function: _Function


class _StreamOptions(_Loose):
    include_usage: bool | None = None


class _Body(_Loose):
    messages: list[_Message]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    n: Literal[1] | None = None
    tools: list[_Tool] | None = None
    tool_choice: Literal["none", "auto", "required"] | _Tool | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the question, the sentences that may answer it, and the tools that may be called.

    `tools` maps names to the JSON Schema of their arguments; `forced` is the tool that must be called.
    """

    question: str = field(repr=False)
    material: tuple[Sentence, ...] = field(repr=False)
    tools: dict[str, dict[str, Any]] = field(repr=False)
    forced: str | None
    stream: bool
    include_usage: bool
    prompt_words: int


def read(body: bytes) -> Asked:
    """Raises BadRequestError."""
    parsed, param = _parsed(body)
    if parsed is None:
        raise BadRequestError("The body is not a chat completion request that this server understands.", param)
    question, pasted = _question(parsed.messages)
    callable_now = parsed.tool_choice != "none" and not _answered_by_a_tool(parsed.messages)
    offered = {one.function.name: one.function.parameters or {} for one in parsed.tools or ()}
    forced = parsed.tool_choice.function.name if isinstance(parsed.tool_choice, _Tool) else None
    return Asked(
        question=question,
        material=tuple(_material(parsed.messages) + pasted),
        tools=offered if callable_now else {},
        forced=forced,
        stream=bool(parsed.stream),
        include_usage=bool(parsed.stream_options and parsed.stream_options.include_usage),
        prompt_words=sum(len(message.text.split()) for message in parsed.messages),
    )


def _parsed(body: bytes) -> tuple[_Body | None, str | None]:
    try:
        return _Body.model_validate_json(body), None
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False)[0]["loc"]
    return None, str(place[0]) if place and place[0] in _Body.model_fields else None


def _answered_by_a_tool(messages: list[_Message]) -> bool:
    """A tool has answered since the last question; calling it again would never end."""
    for message in reversed(messages):
        if message.role in ("user", "tool"):
            return message.role == "tool"
    return False


def _question(messages: list[_Message]) -> tuple[str, list[Sentence]]:
    """The last question, and what else the same message says: people paste a note and ask below it."""
    text = next((message.text for message in reversed(messages) if message.role == "user"), "")
    parts = [part for line in text.splitlines() for part in pieces(line.strip())]
    asking = [part for part in parts if part.endswith("?")] or parts[-1:]
    return " ".join(asking), [one for one in sentences(text) if one.text not in asking]


def _material(messages: list[_Message]) -> list[Sentence]:
    """Numbered notes, or else all that the system says; what tools and earlier messages say."""
    told = [one for m in messages if m.role in ("system", "developer") for one in sentences(m.text)]
    noted = [one for one in told if one.note is not None]
    users = [message for message in messages if message.role == "user"][:-1]
    said = [one for message in users for one in sentences(message.text) if not one.text.endswith("?")]
    tools = [one for message in messages if message.role == "tool" for one in sentences(message.text)]
    return (noted or told) + said + tools
