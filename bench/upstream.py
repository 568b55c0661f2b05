"""The bench's upstream: echoes the last user message, whole or as 35 events. Costs as little as it can.

    python bench/upstream.py --port N

It is no model; it stands in for one, so that what is measured is the gateway. Every placeholder of
the prompt comes back, so every one is restored.
"""

import argparse
import asyncio

import orjson
from aiohttp import web

PIECES = 35
HOST = "127.0.0.1"
MAX_BODY_BYTES = 16 * 1024 * 1024


def last_user_text(body: dict[str, object]) -> str:
    """What is echoed."""
    messages = body["messages"]
    if not isinstance(messages, list):
        raise web.HTTPBadRequest
    return next((str(m["content"]) for m in reversed(messages) if m["role"] == "user"), "")


def pieces_of(text: str) -> list[str]:
    """`text` in 35 pieces of about the same length, wherever that cuts it."""
    return [text[len(text) * n // PIECES : len(text) * (n + 1) // PIECES] for n in range(PIECES)]


def _event(delta: dict[str, str], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    value = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1, "model": "bench"}
    return b"data: " + orjson.dumps({**value, "choices": [choice]}) + b"\n\n"


async def _stream(request: web.Request, text: str) -> web.StreamResponse:
    """One write an event, as a model's server does."""
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    for piece in pieces_of(text):
        await response.write(_event({"content": piece}))
        await asyncio.sleep(0)
    await response.write(_event({}, "stop") + b"data: [DONE]\n\n")
    await response.write_eof()
    return response


async def chat(request: web.Request) -> web.StreamResponse:
    """POST /v1/chat/completions."""
    body = orjson.loads(await request.read())
    text = last_user_text(body)
    if body.get("stream"):
        return await _stream(request, text)
    count = len(text) // 4
    answer = {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1,
        "model": "bench",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": count, "completion_tokens": count, "total_tokens": 2 * count},
    }
    return web.Response(body=orjson.dumps(answer), content_type="application/json")


async def models(_: web.Request) -> web.Response:
    """GET /v1/models."""
    return web.json_response({"object": "list", "data": [{"id": "bench", "object": "model"}]})


def create_app() -> web.Application:
    """The application."""
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_post("/v1/chat/completions", chat)
    app.router.add_get("/v1/models", models)
    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True, help="TCP port on 127.0.0.1")
    web.run_app(create_app(), host=HOST, port=parser.parse_args().port, print=None, access_log=None)
