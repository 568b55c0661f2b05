"""The bench's upstream: echoes the last user message, whole or in 35 pieces. A fake, for measuring only."""

import argparse
import json

import uvloop
from aiohttp import web

PIECES = 35


def event(delta: dict[str, str], finish: str | None = None) -> bytes:
    """One SSE chunk."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "bench", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


async def chat(request: web.Request) -> web.StreamResponse:
    """Answer one request."""
    body = await request.json()
    text = body["messages"][-1]["content"]
    if not body.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return web.json_response({"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage})
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    step = -(-len(text) // PIECES)
    for start in range(0, len(text), step):
        await response.write(event({"content": text[start : start + step]}))
    await response.write(event({}, "stop"))
    await response.write(b"data: [DONE]\n\n")
    return response


def main() -> None:
    """Listen on loopback."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvloop.install()
    app = web.Application(client_max_size=16 << 20)
    app.router.add_post("/v1/chat/completions", chat)
    web.run_app(app, host="127.0.0.1", port=parser.parse_args().port, access_log=None, print=None)


if __name__ == "__main__":
    main()
