"""The HTTP side: OpenAI-compatible chat completions and models, on loopback only."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from phiward.model.asked import Asked, BadRequestError, read
from phiward.model.reply import MODEL, Reply, completion, events, reply

HOST = "127.0.0.1"
MAX_BODY_BYTES = 16 * 1024 * 1024
KEPT_BODIES = 50


def create_app(*, show_received: bool = False) -> Starlette:
    """The application. `show_received` keeps the last 50 request bodies for GET /_received."""
    received: deque[Any] = deque(maxlen=KEPT_BODIES)

    async def chat(request: Request) -> Response:
        body = await _body(request)
        asked = read(body)
        if show_received:
            received.append(json.loads(body))
        head = {"id": f"chatcmpl-{sha256(body).hexdigest()[:24]}", "created": int(time.time()), "model": MODEL}
        made = reply(asked)
        if asked.stream:
            headers = {"cache-control": "no-cache"}
            return StreamingResponse(_sent(head, asked, made), media_type="text/event-stream", headers=headers)
        return JSONResponse(completion(head, asked, made))

    async def models(_: Request) -> Response:
        one = {"id": MODEL, "object": "model", "created": 0, "owned_by": "phiward"}
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
    return Starlette(routes=routes, exception_handlers={BadRequestError: _bad, HTTPException: _no_such})


async def _sent(head: dict[str, Any], asked: Asked, made: Reply) -> AsyncIterator[bytes]:
    """Asynchronous, because Starlette would give each piece of a plain iterator to a thread."""
    for event in events(head, asked, made):
        yield event


async def _body(request: Request) -> bytes:
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BODY_BYTES:
            raise HTTPException(413, "The body is larger than this server accepts.")
        pieces.append(piece)
    return b"".join(pieces)


def _bad(_: Request, error: Exception) -> Response:
    return _error(400, str(error), "invalid_request", getattr(error, "param", None))


def _no_such(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: ("There is no such address here.", "not_found"), 405: ("Not with this method.", "bad_method")}
    message, code = words.get(status, ("The body is larger than this server accepts.", "request_too_large"))
    return _error(status, message, code)


def _error(status: int, message: str, code: str, param: str | None = None) -> Response:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return JSONResponse({"error": error}, status_code=status)


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
