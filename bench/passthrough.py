"""The floor to compare with: a bare pass-through on the gateway's own stack, without any protection.

    python bench/passthrough.py --port N --upstream http://127.0.0.1:M/v1

uvicorn (uvloop, httptools), Starlette and aiohttp, bytes in and bytes out: nothing is parsed. What the
gateway costs above this is the price of what it does.
"""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

HOST = "127.0.0.1"
PASSED = ("content-type", "authorization", "accept")


def create_app(upstream: str) -> Starlette:
    """`upstream`: the base URL up to and including `/v1`."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session:
            app.state.session = session
            yield

    async def passed(request: Request) -> Response:
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        url = upstream.removesuffix("/v1") + request.url.path
        answer = await request.app.state.session.request(
            request.method, url, data=await request.body() or None, headers=headers, allow_redirects=False
        )
        kind = answer.headers.get("content-type", "application/json")
        if not kind.startswith("text/event-stream"):
            async with answer:
                return Response(await answer.read(), answer.status, media_type=kind)
        return StreamingResponse(_pieces(answer), answer.status, media_type=kind)

    return Starlette(routes=[Route("/v1/{rest:path}", passed, methods=["GET", "POST"])], lifespan=lifespan)


async def _pieces(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with answer:
        async for piece in answer.content.iter_any():
            yield piece


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True, help="TCP port on 127.0.0.1")
    parser.add_argument("--upstream", required=True, help="base URL up to and including /v1")
    options = parser.parse_args()
    uvicorn.run(create_app(options.upstream), host=HOST, port=options.port, access_log=False, log_level="warning")
