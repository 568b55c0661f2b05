"""The models' server: OpenAI-compatible, in threads, on loopback. It keeps the bytes that it received.

Requests of different attempts may run at once; the model's name in the body says to which lane one belongs.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from .attempts import Attempt
from .models import Memory, Reply, reply

HOST = "127.0.0.1"
_BYTES_AT_ONCE = 37
"""A slow stream is written in pieces that respect neither events nor characters."""


@dataclass
class Lane:
    """What goes on in one lane now."""

    attempt: Attempt | None = None
    received: list[bytes] = field(default_factory=list)


class Models:
    """Enter it, and it listens. A gateway asks for a model named `lane-N`; with one lane any name will do."""

    def __init__(self, lanes: int, port: int = 0) -> None:
        """`port` 0 takes a free one."""
        self.lanes = {f"lane-{n}": Lane() for n in range(lanes)}
        self.memory = Memory()
        self._lock = threading.Lock()
        models = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                models._answer(self)

            def do_GET(self) -> None:
                listed = [{"id": name, "object": "model", "created": 1, "owned_by": "suite"} for name in models.lanes]
                _send(self, json.dumps({"object": "list", "data": listed}).encode())

            def log_message(self, format: str, *args: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server((HOST, port), Handler)
        self.url = f"http://{HOST}:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def forget(self) -> None:
        """Start anew, for another gateway: nothing is remembered, and a plain question gets a plain answer."""
        self.memory.placeholders.clear()
        for lane in self.lanes.values():
            lane.attempt = None
            lane.received.clear()

    def _lane(self, body: dict[str, Any]) -> Lane:
        asked = str(body.get("model", "")).rpartition("/")[2]
        return self.lanes[asked] if len(self.lanes) > 1 else next(iter(self.lanes.values()))

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        raw = request.rfile.read(int(request.headers["content-length"]))
        body = json.loads(raw)
        lane = self._lane(body)
        lane.received.append(raw)
        with self._lock:
            said = reply(lane.attempt, body, self.memory) if lane.attempt else Reply("Ready.")
        try:
            if body.get("stream"):
                _stream(request, said)
            else:
                _send(request, json.dumps(_whole(said)).encode())
        except (BrokenPipeError, ConnectionResetError):
            request.close_connection = True


def _send(request: BaseHTTPRequestHandler, data: bytes) -> None:
    request.send_response(200)
    request.send_header("content-type", "application/json")
    request.send_header("content-length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def _stream(request: BaseHTTPRequestHandler, said: Reply) -> None:
    request.send_response(200)
    request.send_header("content-type", "text/event-stream")
    request.send_header("connection", "close")
    request.end_headers()
    data = b"".join(events(said))
    step = _BYTES_AT_ONCE if said.cut == 1 else len(data)
    for start in range(0, len(data), step):
        request.wfile.write(data[start : start + step])
        request.wfile.flush()
    request.close_connection = True


def _calls(said: Reply) -> list[dict[str, Any]]:
    return [
        {"index": n, "id": f"call_{n}", "type": "function", "function": {"name": one.name, "arguments": one.arguments}}
        for n, one in enumerate(said.calls)
    ]


def _reason(said: Reply) -> str:
    return "tool_calls" if said.calls else "stop"


def _whole(said: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said.text or None}
    if said.reasoning:
        message["reasoning_content"] = said.reasoning
    if said.calls:
        message["tool_calls"] = [
            {name: value for name, value in one.items() if name != "index"} for one in _calls(said)
        ]
    return {
        "id": "chatcmpl-leak",
        "object": "chat.completion",
        "created": 1,
        "model": "suite",
        "choices": [{"index": 0, "message": message, "finish_reason": _reason(said)}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def events(said: Reply) -> Iterator[bytes]:
    """The same as server-sent events; with `cut` 1 every other one is written with JSON escapes."""

    def event(number: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
        chunk = {"id": "chatcmpl-leak", "object": "chat.completion.chunk", "created": 1, "model": "suite"}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return b"data: " + json.dumps({**chunk, "choices": [choice]}, ensure_ascii=number % 2 == 0).encode() + b"\n\n"

    yield event(0, {"role": "assistant", "content": ""})
    for name, text in (("reasoning_content", said.reasoning), ("content", said.text)):
        for number, start in enumerate(range(0, len(text), said.cut)):
            yield event(number, {name: text[start : start + said.cut]})
    for call in _calls(said):
        whole = call["function"]["arguments"]
        yield event(0, {"tool_calls": [{**call, "function": {"name": call["function"]["name"], "arguments": ""}}]})
        for number, start in enumerate(range(0, len(whole), said.cut)):
            piece = {"index": call["index"], "function": {"arguments": whole[start : start + said.cut]}}
            yield event(number, {"tool_calls": [piece]})
    yield event(0, {}, _reason(said))
    yield b"data: [DONE]\n\n"
