"""What is tried: a gateway at a base URL, and what one request to it released."""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .attempts import CANARY, Attempt, offered
from .kinds import Field
from .models import texts
from .people import Person

REQUEST_SECONDS = 60
_READ = frozenset({"content", "reasoning_content", "reasoning", "tool_calls"})


@dataclass(frozen=True)
class Target:
    """One gateway. `url` ends in /v1; `key` asks; `other_keys` are of those who treat the others, by patient's number.

    `models` has one name for each lane. `charts` says whether it knows patients: then a request names one, and a note
    is retrieved by it rather than pasted. `budgeted` says whether leaks make the run fail.
    """

    name: str
    url: str
    key: str = field(repr=False)
    models: tuple[str, ...]
    other_keys: Mapping[int, str] = field(default_factory=dict, repr=False)
    charts: bool = False
    budgeted: bool = False


class NotStartedError(RuntimeError):
    """A gateway that never answered; the text is the end of its log."""


@dataclass
class Released:
    """What came back. `text` and `reasoning` put together, `calls` by name and arguments.

    `rest` is every other string of the answer, once; an answer that cannot be read stands there whole. `status` is 0
    where the connection failed; `error` is whether the gateway said so, at once or in mid-stream.
    """

    status: int = 0
    text: str = ""
    reasoning: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)
    rest: dict[str, None] = field(default_factory=dict)
    error: bool = False

    @property
    def everything(self) -> str:
        """All of it, pieces put together."""
        called = [f"{name} {arguments}" for name, arguments in self.calls]
        return "\n".join((self.text, self.reasoning, *called, *self.rest))


def request_of(target: Target, attempt: Attempt, model: str) -> dict[str, Any]:
    """The body of an attempt's request to a target."""
    body: dict[str, Any] = {
        "model": model,
        "messages": attempt.messages(retrieves=target.charts),
        "stream": attempt.streamed,
    }
    if attempt.with_tools:
        body["tools"] = offered()
    if target.charts:
        body["metadata"] = _metadata(attempt.patient) | {"canary": CANARY}
        if attempt.injection is not None and attempt.placement.name == "NOTE":
            body["metadata"] |= {"retrieve": "true", "passages": "2"}
    return body


def about(target: Target, person: Person, model: str, text: str) -> dict[str, Any]:
    """The body of somebody else's plain request about another patient."""
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": text}]}
    return body | ({"metadata": _metadata(person)} if target.charts else {})


def _metadata(person: Person) -> dict[str, str]:
    return {"patient": person.usual[Field.MRN], "purpose": "TREAT"}


class Line:
    """One connection to a target, kept open."""

    def __init__(self, target: Target) -> None:
        where = urlsplit(target.url)
        self._host, self._path = where.netloc, where.path.rstrip("/") + "/chat/completions"
        self._secure = where.scheme == "https"
        self._connection: http.client.HTTPConnection | None = None

    def post(self, body: dict[str, Any], key: str, conversation: str) -> Released:
        """Send and read to the end. Never raises for what the gateway does: then the status is 0."""
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {key}",
            "x-session-id": conversation,
        }
        released = Released()
        try:
            connection = self._open()
            connection.request("POST", self._path, json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            released.status = answer.status
            kind = answer.headers.get("content-type", "")
            raw = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            released.error = True
            return released
        released.error = released.status >= 400
        try:
            for message in _messages(raw, kind):
                _take(released, message)
        except (ValueError, KeyError, TypeError, AttributeError):
            released.error = True
            released.rest[raw.decode("utf-8", "replace")] = None
        return released

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None:
            made = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = made(self._host, timeout=REQUEST_SECONDS)
        return self._connection

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _messages(raw: bytes, kind: str) -> Iterator[dict[str, Any]]:
    """Each JSON value of the answer: one, or those of its events."""
    if not kind.startswith("text/event-stream"):
        yield json.loads(raw)
        return
    for line in raw.decode("utf-8", "replace").splitlines():
        if line.startswith("data:") and line[5:].strip() != "[DONE]":
            yield json.loads(line[5:])


def _take(released: Released, value: dict[str, Any]) -> None:
    if value.get("error"):
        released.error = True
    released.rest.update(dict.fromkeys(texts({name: one for name, one in value.items() if name != "choices"})))
    for choice in value.get("choices", []):
        said = choice.get("message") or choice.get("delta") or {}
        released.rest.update(dict.fromkeys(texts({name: one for name, one in said.items() if name not in _READ})))
        released.text += said.get("content") or ""
        released.reasoning += said.get("reasoning_content") or said.get("reasoning") or ""
        for call in said.get("tool_calls") or []:
            _take_call(released, call)


def _take_call(released: Released, call: dict[str, Any]) -> None:
    """A piece of a call belongs to the last one unless it has a name."""
    function = call.get("function") or {}
    if function.get("name") or not released.calls:
        released.calls.append((function.get("name") or "", function.get("arguments") or ""))
    else:
        name, arguments = released.calls[-1]
        released.calls[-1] = (name, arguments + (function.get("arguments") or ""))
