"""Parsing `POST /v1/chat/completions` once, into a frozen `ChatRequest`.

An allow-list: what is not named here is refused by name, because an unknown field may carry text
past every check (DESIGN promise 6). Errors name the place and never repeat a value.
Accepted but never forwarded: `user`, `safety_identifier`, `prompt_cache_key`, `metadata`, `name`.
Source: the OpenAI API reference, chat completions.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from phiward.domain.chat import ChatRequest, Message, ToolCall
from phiward.domain.errors import InvalidRequestError
from phiward.domain.passages import RetrievalAsk
from phiward.gateway.asked import corpora_named, moment

SAFE_NAME = re.compile(r"[a-z][a-z_]{0,39}")
"""What a field name must look like to be printed in an error; anything else might be PHI."""

ELSEWHERE = {"api_base", "base_url", "api_key", "api_version", "provider", "extra_headers", "custom_llm_provider"}
CHART_SUFFIX = ":chart"
"""After a model's name: the same model, with what the patient's chart says of the question."""
OPTIONS = [
    "temperature",
    "top_p",
    "n",
    "max_tokens",
    "max_completion_tokens",
    "presence_penalty",
    "frequency_penalty",
    "seed",
    "stop",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning_effort",
    "verbosity",
    "top_k",
    "min_p",
    "repetition_penalty",
]

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
CallId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
Nothing = Annotated[list[Any], Field(max_length=0)] | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _TextPart(_Strict):
    type: Literal["text"]
    text: str


class _Function(_Strict):
    name: Name
    arguments: str = ""


class _ToolCall(_Strict):
    id: CallId
    type: Literal["function"] = "function"
    function: _Function


class _Message(_Strict):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_TextPart] | None = None
    name: Name | None = None
    tool_calls: list[_ToolCall] | None = None
    tool_call_id: CallId | None = None
    refusal: str | None = None
    audio: None = None
    function_call: None = None
    annotations: Nothing = None
    reasoning_content: str | None = None


class _FunctionDefinition(_Strict):
    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class _Tool(_Strict):
    type: Literal["function"]
    function: _FunctionDefinition


class _ChosenFunction(_Strict):
    name: Name


class _ToolChoice(_Strict):
    type: Literal["function"]
    function: _ChosenFunction


class _JsonSchema(_Strict):
    name: Name
    description: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class _ResponseFormat(_Strict):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: _JsonSchema | None = None


class _StreamOptions(_Strict):
    include_usage: bool | None = None
    include_obfuscation: Literal[False] | None = None


class _Metadata(_Strict):
    patient: str | None = None
    purpose: str | None = None
    retrieve: bool | Literal["true", "false"] | None = None
    corpora: Annotated[str, StringConstraints(max_length=400)] | None = None
    since: Annotated[str, StringConstraints(max_length=40)] | None = None
    until: Annotated[str, StringConstraints(max_length=40)] | None = None
    section: Annotated[str, StringConstraints(max_length=100)] | None = None
    passages: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?$")] | None = None
    canary: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9](?:[ _-]?[A-Za-z0-9]){11,99}$")] | None = None


Number = int | float


class _Chat(_Strict):
    model: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    messages: Annotated[list[_Message], Field(min_length=1, max_length=2000)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    temperature: Number | None = None
    top_p: Number | None = None
    n: Annotated[int, Field(ge=1, le=16)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    presence_penalty: Number | None = None
    frequency_penalty: Number | None = None
    repetition_penalty: Number | None = None
    top_k: Annotated[int, Field(ge=-1, le=100_000)] | None = None
    min_p: Number | None = None
    seed: Annotated[int, Field(ge=0, le=2**31)] | None = None
    stop: str | Annotated[list[str], Field(max_length=8)] | None = None
    tools: Annotated[list[_Tool], Field(max_length=256)] | None = None
    tool_choice: Literal["none", "auto", "required"] | _ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: _ResponseFormat | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    metadata: _Metadata | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    store: Literal[False] | None = None
    logprobs: Literal[False] | None = None


def parse_chat(body: bytes, patient_header: str | None, purpose_header: str | None) -> ChatRequest:
    """Parse a body and the two headers. Raises InvalidRequestError naming the place."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError("The body is not JSON.") from error
    if not isinstance(value, dict):
        raise InvalidRequestError("The body is not a JSON object.")
    try:
        chat = _Chat.model_validate(value)
    except ValidationError as error:
        raise refusal(error) from None
    except RecursionError as error:
        raise InvalidRequestError("The body is nested too deeply.") from error
    metadata = chat.metadata or _Metadata()
    model, charted = chat.model.removesuffix(CHART_SUFFIX), chat.model.endswith(CHART_SUFFIX)
    return ChatRequest(
        model=model,
        messages=tuple(_message(message) for message in chat.messages),
        stream=bool(chat.stream),
        include_usage=bool(chat.stream_options and chat.stream_options.include_usage),
        options=_options(chat),
        tools=tuple(tool.model_dump(exclude_none=True) for tool in chat.tools or ()),
        response_format=(
            chat.response_format.model_dump(exclude_none=True, by_alias=True) if chat.response_format else None
        ),
        patient=_one(patient_header, metadata.patient, "patient"),
        purpose=_one(purpose_header, metadata.purpose, "purpose"),
        retrieval=_retrieval(metadata, charted),
        canary=metadata.canary,
    )


def _retrieval(metadata: _Metadata, charted: bool) -> RetrievalAsk | None:
    """The chart where it is asked for, by `retrieve` or by the model's name; corpora by theirs."""
    chart = charted or metadata.retrieve in (True, "true")
    corpora = corpora_named(metadata.corpora)
    if not chart and not corpora:
        return None
    since, until = moment(metadata.since, "metadata.since"), moment(metadata.until, "metadata.until")
    limit = int(metadata.passages) if metadata.passages else None
    return RetrievalAsk(chart, corpora, since, until, metadata.section or "", limit)


def _options(chat: _Chat) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name in OPTIONS:
        value = getattr(chat, name)
        if value is not None:
            options[name] = value.model_dump() if isinstance(value, BaseModel) else value
    if isinstance(options.get("stop"), str):
        options["stop"] = [options["stop"]]
    return options


def _message(message: _Message) -> Message:
    content = message.content
    if isinstance(content, list):
        content = "\n".join(part.text for part in content)
    if content is None:
        content = message.refusal
    calls = tuple(ToolCall(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ())
    return Message(message.role, content, calls, message.tool_call_id)


def _one(header: str | None, metadata: str | None, name: str) -> str | None:
    """The header or the metadata; both may be given only if they agree."""
    if header is not None and metadata is not None and header != metadata:
        raise InvalidRequestError(f"The header and the metadata name a different {name}.", param=f"metadata.{name}")
    return header if header is not None else metadata


def refusal(error: ValidationError) -> InvalidRequestError:
    """The first problem, by place and kind; never a value, never a name that might be PHI."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = _place(first["loc"])
    if first["type"] == "extra_forbidden":
        if first["loc"][-1] in ELSEWHERE:
            message = f"`{place}` is refused: destinations and their keys are registered with phiward, not sent to it."
        else:
            message = f"`{place}` is not a field that phiward knows, so it is refused."
        return InvalidRequestError(message, param=place)
    return InvalidRequestError(f"`{place}` cannot be read: {first['type'].replace('_', ' ')}.", param=place)


def _place(location: Sequence[str | int]) -> str:
    """`messages[0].content`, with names that do not look like a field left out."""
    place = ""
    for part in location:
        if isinstance(part, int):
            place += f"[{part}]"
        elif SAFE_NAME.fullmatch(part):
            place += f".{part}" if place else part
        elif not part.startswith(("_", "list[", "literal", "str", "bool", "int", "float", "none", "constrained")):
            place += ".(a name that is not repeated)" if place else "(a name that is not repeated)"
    return place or "body"
