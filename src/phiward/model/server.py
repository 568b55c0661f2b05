"""The HTTP side: OpenAI-compatible chat completions and models, on loopback only."""

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from phiward.model.extract import answer

MODEL = "phiward-extractive"
HOST = "127.0.0.1"
_PIECE = re.compile(r"\S+\s*")
_USE = re.compile(r"\buse ([A-Za-z0-9_-]{1,64})\b")
_PLACEHOLDER = re.compile(r"\[[A-Z]{2,12}_\d+[^\]]*\]")


def create_app(*, show_received: bool = False) -> Starlette:
    """The application. `show_received` keeps the last request bodies for GET /_received."""
    received: deque[Any] = deque(maxlen=50)

    async def chat(request: Request) -> Response:
        try:
            body = await request.json()
            messages = [m for m in body["messages"] if isinstance(m, dict)]
        except (ValueError, KeyError, TypeError):
            return _error("The body is not a chat completion request.")
        if show_received:
            received.append(body)
        made = _made(messages, body.get("tools") or [])
        if body.get("stream"):
            usage = bool((body.get("stream_options") or {}).get("include_usage"))
            return StreamingResponse(_events(made, messages, usage), media_type="text/event-stream")
        choice = {"index": 0, "message": {"role": "assistant", **made}, "finish_reason": _reason(made)}
        return JSONResponse({**_head("chat.completion"), "choices": [choice], "usage": _usage(made, messages)})

    async def models(_: Request) -> Response:
        one = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": "phiward"}
        return JSONResponse({"object": "list", "data": [one]})

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def shown(_: Request) -> Response:
        return JSONResponse(list(received))

    routes = [
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1/models", models),
        Route("/healthz", health),
        *([Route("/_received", shown)] if show_received else []),
    ]
    return Starlette(routes=routes)


def serve_model(port: int, *, show_received: bool, ready_file: Path | None = None) -> None:
    """Serve until interrupted; write {url} to `ready_file` once it listens."""
    config = uvicorn.Config(
        create_app(show_received=show_received),
        host=HOST,
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    asyncio.run(_serve(uvicorn.Server(config), ready_file))


async def _serve(server: uvicorn.Server, ready_file: Path | None) -> None:
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    if server.started:
        url = f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}/v1"
        print(f"the model server answers on {url}", flush=True)
        if ready_file is not None:
            partial = ready_file.with_suffix(".partial")
            partial.write_text(json.dumps({"url": url}))
            partial.replace(ready_file)
    await task


def _made(messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> dict[str, Any]:
    """A message: a tool call where the question says `use NAME` of an offered tool, else quotations."""
    question = next((_text(m) for m in reversed(messages) if m.get("role") == "user"), "")
    offered = {tool.get("function", {}).get("name") for tool in tools}
    named = _USE.search(question)
    if named and named[1] in offered:
        found = _PLACEHOLDER.findall(question)
        arguments = json.dumps({"about": found[0] if found else "", "question": question})
        call = {"id": f"call_{uuid4().hex[:12]}", "type": "function"}
        return {"content": None, "tool_calls": [{**call, "function": {"name": named[1], "arguments": arguments}}]}
    context = "\n".join(_text(m) for m in messages if m.get("role") in ("system", "developer", "tool"))
    return {"content": answer(question, context)}


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _reason(made: dict[str, Any]) -> str:
    return "tool_calls" if made.get("tool_calls") else "stop"


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _usage(made: dict[str, Any], messages: list[dict[str, Any]]) -> dict[str, int]:
    """Counted in words: this server has no tokens."""
    prompt = sum(len(_text(m).split()) for m in messages)
    completion = len((made.get("content") or "").split())
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


async def _events(made: dict[str, Any], messages: list[dict[str, Any]], usage: bool) -> AsyncIterator[bytes]:
    head = _head("chat.completion.chunk")

    def event(delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n"

    yield event({"role": "assistant", "content": ""})
    for call in made.get("tool_calls", []):
        yield event({"tool_calls": [{"index": 0, **call}]})
    for piece in _PIECE.findall(made.get("content") or ""):
        yield event({"content": piece})
    yield event({}, _reason(made))
    if usage:
        last = {**head, "choices": [], "usage": _usage(made, messages)}
        yield b"data: " + json.dumps(last).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def _error(message: str) -> Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": "invalid_request"}
    return JSONResponse({"error": error}, status_code=400)
