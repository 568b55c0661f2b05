"""A scripted upstream for the system tests, in a thread. It is a fake: it shows what the gateway
sends and how it bears bad answers, and proves nothing about a real model's server.
"""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[dict[str, Any]], Iterator[bytes]]


def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    """One SSE chunk."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return (
        b"data: " + json.dumps({"id": "x", "object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"
    )


def echo(body: dict[str, Any]) -> Iterator[bytes]:
    """Repeats the last user message in small pieces."""
    text = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
    for start in range(0, len(text), 7):
        yield event({"content": text[start : start + 7]})
    yield event({}, "stop")
    yield b"data: [DONE]\n\n"


def saying(*pieces: str) -> Script:
    """Says the same whatever it is asked."""

    def script(body: dict[str, Any]) -> Iterator[bytes]:
        for piece in pieces:
            yield event({"content": piece})
        yield event({}, "stop")
        yield b"data: [DONE]\n\n"

    return script


class Upstream:
    """Listens on a free loopback port; `script` may be changed at any time."""

    def __init__(self) -> None:
        self.script: Script = echo
        self.received: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.reached = threading.Event()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                upstream._serve(self)

            def log_message(self, format: str, *args: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            request_queue_size = 512
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        raw = request.rfile.read(int(request.headers["content-length"]))
        self.received.append(raw)
        self.headers.append(dict(request.headers.items()))
        self.reached.set()
        body = json.loads(raw)
        pieces = self.script(body)
        try:
            if body.get("stream"):
                self._stream(request, pieces)
            else:
                self._whole(request, pieces)
        except (BrokenPipeError, ConnectionResetError):
            request.close_connection = True

    def _stream(self, request: BaseHTTPRequestHandler, pieces: Iterator[bytes]) -> None:
        request.send_response(200)
        request.send_header("content-type", "text/event-stream")
        request.send_header("connection", "close")
        request.end_headers()
        for piece in pieces:
            request.wfile.write(piece)
            request.wfile.flush()
        request.close_connection = True

    def _whole(self, request: BaseHTTPRequestHandler, pieces: Iterator[bytes]) -> None:
        text, reason = "", "stop"
        for line in b"".join(pieces).split(b"\n\n"):
            if line.startswith(b"data: {"):
                choice = json.loads(line[6:])["choices"][0]
                text += choice["delta"].get("content", "")
                reason = choice["finish_reason"] or reason
        answer = json.dumps(
            {
                "id": "x",
                "object": "chat.completion",
                "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
        ).encode()
        request.send_response(200)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def forget(self) -> None:
        """Start the record anew."""
        self.received.clear()
        self.headers.clear()
        self.reached.clear()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
