"""What is answered, and how it looks on the wire: an object, or server-sent events.

A tool is called where the question says `use NAME` of an offered tool, or the request demands it. Its
text arguments quote placeholders of the question: for each text property of the tool's schema those
whose category stands in the property's name (`patient` gets `[PATIENT_1]`), else the whole question;
without a schema `about` is the first placeholder and `question` the question. Source of the shapes:
the OpenAI API reference, chat completions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from phiward.domain.placeholders import PATTERN
from phiward.model.asked import Asked
from phiward.model.extract import quote

MODEL = "phiward-extractive"
_PIECE = re.compile(r"\S+\s*")
_USE = re.compile(r"\buse ([A-Za-z0-9_-]{1,64})")
_FRAGMENT = 12  # characters of a tool call's arguments in one event


@dataclass(frozen=True, slots=True)
class Reply:
    """Either `content`, or the name and arguments (JSON text) of one tool call."""

    content: str = field(default="", repr=False)
    tool: str | None = None
    arguments: str = field(default="", repr=False)

    @property
    def reason(self) -> str:
        """Why it ends."""
        return "stop" if self.tool is None else "tool_calls"

    @property
    def words(self) -> int:
        """This server has no tokens; it counts words."""
        return len((self.content or self.arguments).split())


def reply(asked: Asked) -> Reply:
    """A tool call, or quotations."""
    named = asked.forced or next((one[1] for one in _USE.finditer(asked.question) if one[1] in asked.tools), None)
    if named in asked.tools:
        return Reply(tool=named, arguments=orjson.dumps(_arguments(asked.tools[named], asked.question)).decode())
    return Reply(content=quote(asked.question, asked.material))


def completion(head: dict[str, Any], asked: Asked, made: Reply) -> dict[str, Any]:
    """The whole answer. `head` is what every chunk repeats: id, created, model."""
    message: dict[str, Any] = {"role": "assistant", "content": made.content or None, "refusal": None}
    if made.tool is not None:
        function = {"name": made.tool, "arguments": made.arguments}
        message["tool_calls"] = [{"id": _call_id(head), "type": "function", "function": function}]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": made.reason}
    return {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(asked, made)}


def events(head: dict[str, Any], asked: Asked, made: Reply) -> Iterator[bytes]:
    """The same as server-sent events: a word at a time, so that placeholders are cut as models cut them."""
    head = {**head, "object": "chat.completion.chunk"}

    def event(delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return _data({**head, "choices": [choice]})

    yield event({"role": "assistant", "content": ""})
    if made.tool is not None:
        function = {"name": made.tool, "arguments": ""}
        yield event({"tool_calls": [{"index": 0, "id": _call_id(head), "type": "function", "function": function}]})
        for start in range(0, len(made.arguments), _FRAGMENT):
            piece = made.arguments[start : start + _FRAGMENT]
            yield event({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    for piece in _PIECE.findall(made.content):
        yield event({"content": piece})
    yield event({}, made.reason)
    if asked.include_usage:
        yield _data({**head, "choices": [], "usage": _usage(asked, made)})
    yield b"data: [DONE]\n\n"


def _data(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


def _call_id(head: dict[str, Any]) -> str:
    return f"call_{str(head['id'])[-12:]}"


def _usage(asked: Asked, made: Reply) -> dict[str, int]:
    total = asked.prompt_words + made.words
    return {"prompt_tokens": asked.prompt_words, "completion_tokens": made.words, "total_tokens": total}


def _arguments(schema: dict[str, Any], question: str) -> dict[str, str]:
    found = list(PATTERN.finditer(question))
    properties = schema.get("properties")
    texts = [name for name, one in properties.items() if _is_text(one)] if isinstance(properties, dict) else []
    if not texts:
        return {"about": found[0][0] if found else "", "question": question}
    fitting = {name: [one[0] for one in found if one[1] in name.upper()] for name in texts}
    return {name: ", ".join(fitting[name]) or question for name in texts}


def _is_text(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "string"
