"""The client against a scripted upstream on loopback, and against a real inference server."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web

from phiward.adapters.models.client import HttpModelClient, UncoveredModelClient, open_session
from phiward.domain.chat import Finished, TextDelta, UpstreamEvent, UsageReport
from phiward.domain.errors import NoBaaError, UpstreamError
from phiward.domain.text import DeidentifiedText, IdentifiedText, Secret
from phiward.domain.vendors import Destination, DestinationClass, Route

CANARY = "Zelda Quagmire"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Stub:
    """A fake upstream: proves nothing by itself, shows what the client does with bad answers."""

    def __init__(self) -> None:
        self.handler: Handler | None = None
        self.seen: list[tuple[bytes, dict[str, str]]] = []
        self.gone = asyncio.Event()
        self.url = ""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Remember, then answer as the test says."""
        self.seen.append((await request.read(), dict(request.headers)))
        assert self.handler is not None
        try:
            return await self.handler(request)
        except asyncio.CancelledError:
            self.gone.set()
            raise


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    """Listens on a free loopback port; handlers are cancelled when the client leaves."""
    made = Stub()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.serve)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield made
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session that gives up after a second of silence."""
    async with open_session(1.0) as made:
        yield made


def route(url: str, kind: DestinationClass = DestinationClass.BAA, key: str | None = None) -> Route:
    """A route to a URL."""
    destination = Destination(
        uuid4(), "d", "v", "s", url, "chat.completions", False, (("m", "m"),), Secret(key) if key else None
    )
    return Route(destination, "m", kind, None, None)


async def ask(session: aiohttp.ClientSession, to: Route, *, stream: bool = True) -> list[UpstreamEvent]:
    """Everything that comes."""
    body = DeidentifiedText('{"messages": [], "text": "é"}')
    return [event async for event in HttpModelClient(session).send(to, body, stream)]


def answering(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Handler:
    """Always the same answer."""

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={"content-type": kind, **headers})

    return handler


CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n'
END = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
SSE = "text/event-stream"

BAD = [
    pytest.param(answering(500, CANARY.encode()), id="a failure that echoes the prompt"),
    pytest.param(answering(404, CANARY.encode()), id="a model that the server does not know"),
    pytest.param(answering(302, b"", location="http://127.0.0.1:1/"), id="a redirect elsewhere"),
    pytest.param(answering(200, CANARY.encode(), "text/html"), id="a page instead of JSON"),
    pytest.param(answering(200, CANARY.encode()), id="not JSON"),
    pytest.param(answering(200, b'{"choices": []}'), id="no choice"),
    pytest.param(answering(200, CHUNK, SSE), id="truncated: no finish reason, no [DONE]"),
    pytest.param(answering(200, CHUNK + b"data: [DONE]\n\n", SSE), id="[DONE] without a finish reason"),
    pytest.param(answering(200, CHUNK + b'data: {"error": "x"}\n\n', SSE), id="an error in mid-stream"),
    pytest.param(answering(200, b"data: " + b"x" * 2_000_000, SSE), id="an event without end"),
    pytest.param(answering(200, b"", SSE), id="an empty stream"),
]


@pytest.mark.parametrize("handler", BAD)
async def test_a_bad_answer_is_an_upstream_error_without_its_text(
    stub: Stub, session: aiohttp.ClientSession, handler: Handler
) -> None:
    """Named by its kind only; nothing of the body is repeated."""
    stub.handler = handler
    with pytest.raises(UpstreamError) as caught:
        await ask(session, route(stub.url))
    assert CANARY not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_a_silent_server_is_given_up(stub: Stub, session: aiohttp.ClientSession) -> None:
    """After the time that the settings allow."""

    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    stub.handler = never
    with pytest.raises(UpstreamError, match="silent"):
        await ask(session, route(stub.url))


async def test_a_server_that_is_not_there_is_told_so(session: aiohttp.ClientSession) -> None:
    """Refused at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(UpstreamError, match="reached"):
        await ask(session, route(f"http://127.0.0.1:{port}/v1"))


async def test_closing_the_answer_closes_the_connection(stub: Stub, session: aiohttp.ClientSession) -> None:
    """A caller who left must not keep a model busy."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": SSE})
        await response.prepare(request)
        while True:
            await response.write(CHUNK)
            await asyncio.sleep(0.01)

    stub.handler = endless
    events = HttpModelClient(session).send(route(stub.url), DeidentifiedText("{}"), True)
    assert await anext(events) == TextDelta(0, "a")
    await events.aclose()  # type: ignore[attr-defined]
    await asyncio.wait_for(stub.gone.wait(), 5)


async def test_identified_text_never_goes_through_the_uncovered_client(
    stub: Stub, session: aiohttp.ClientSession
) -> None:
    """The type checker refuses it; this is the check behind the type checker."""
    stub.handler = answering(200, CHUNK + END, SSE)
    client = UncoveredModelClient(session)
    with pytest.raises(NoBaaError):
        async for _ in client.send(route(stub.url), IdentifiedText("{}"), True):  # type: ignore[arg-type]
            raise AssertionError("something came back")
    assert stub.seen == []


async def test_the_covered_client_refuses_a_route_without_an_agreement(
    stub: Stub, session: aiohttp.ClientSession
) -> None:
    """Each client knows what it may be used for."""
    with pytest.raises(NoBaaError):
        await ask(session, route(stub.url, DestinationClass.NO_BAA))
    assert stub.seen == []


@pytest.mark.parametrize("stream", [True, False])
async def test_the_very_bytes_are_sent_and_the_answer_comes_as_events(
    stub: Stub, session: aiohttp.ClientSession, stream: bool
) -> None:
    """The same events, streamed or whole; the key goes to its own endpoint."""
    whole = b'{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}'
    stub.handler = answering(200, CHUNK + END, SSE) if stream else answering(200, whole)
    events = await ask(session, route(stub.url, key="secret-key"), stream=stream)
    assert events == [TextDelta(0, "a"), Finished(0, "stop")]
    body, headers = stub.seen[0]
    assert body == '{"messages": [], "text": "é"}'.encode()
    assert headers["Authorization"] == "Bearer secret-key"
    assert "Cookie" not in headers
    assert "Referer" not in headers


# --- a real inference server that nobody here wrote ---------------------------------------------


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """llama-cpp-python's server with a tiny random model written on the spot; its base URL."""
    python = os.environ.get("PHIWARD_TEST_UPSTREAM_PYTHON", "")
    if not python:
        if os.environ.get("CI"):
            pytest.fail("CI must have the real inference server: PHIWARD_TEST_UPSTREAM_PYTHON is not set")
        pytest.skip("PHIWARD_TEST_UPSTREAM_PYTHON names no Python with llama-cpp-python[server]; use `make test`")
    folder = tmp_path_factory.mktemp("llama")
    model = folder / "tiny.gguf"
    script = Path(__file__).parents[2] / "upstreams" / "tiny_gguf.py"
    subprocess.run([sys.executable, str(script), str(model)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [python, "-m", "llama_cpp.server", "--model", str(model), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*words, "--n_ctx", "512"], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/models", timeout=2).close()
                break
            except OSError:
                assert server.poll() is None, (folder / "log").read_text()[-2000:]
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_real_inference_server_answers_through_the_client(llama: str, stream: bool) -> None:
    """Streamed and whole: text, a finish, and usage where it tells it."""
    body = {
        "model": "tiny",
        "messages": [{"role": "user", "content": "[PATIENT_1] takes 5 mg."}],
        "max_tokens": 8,
        "stream": stream,
    }
    async with open_session(60) as session:
        client = HttpModelClient(session)
        events = [event async for event in client.send(route(llama), DeidentifiedText(json.dumps(body)), stream)]
    assert any(isinstance(event, Finished) for event in events)
    if not stream:
        assert any(isinstance(event, UsageReport) and event.usage.completion_tokens for event in events)
