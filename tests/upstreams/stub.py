"""A scripted upstream on a free loopback port. It is a fake: it proves nothing about any real server.

It shows what our client sends, byte for byte, and how our client bears answers that no honest server
gives: cut anywhere, slow, silent, broken off, too large, of the wrong kind. What a real server does is
tested in `real.py`. It speaks raw sockets, so that nothing between the test and the wire tidies up.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import orjson
import pytest

SSE = "text/event-stream"
JSON = "application/json"
DONE = b"data: [DONE]\n\n"


def chunk(text: str | None = None, finish: str | None = None, choice: int = 0, **delta: object) -> bytes:
    """One event of a stream."""
    if text is not None:
        delta["content"] = text
    return b"data: " + orjson.dumps({"choices": [{"index": choice, "delta": delta, "finish_reason": finish}]}) + b"\n\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer: bytes are sent as they are, a number is a pause in seconds.

    `raw`: the pieces are the whole of it, status line included. `end`: `body` ends the body as HTTP
    demands and keeps the connection, `cut` closes in the middle of it, `hang` sends nothing more.
    """

    pieces: Sequence[bytes | float]
    status: int = 200
    content_type: str | None = SSE
    headers: Sequence[tuple[str, str]] = ()
    raw: bool = False
    end: str = "body"


@dataclass(slots=True)
class Received:
    """Exactly what arrived."""

    head: bytes
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """By lower-case name."""
        lines = [line.partition(": ") for line in self.head.decode("latin-1").split("\r\n")[1:] if line]
        return {name.lower(): value for name, _, value in lines}

    @property
    def path(self) -> str:
        """The request target."""
        return self.head.decode("latin-1").split(" ")[1]


@dataclass
class StubUpstream:
    """Answers with `replies` in order; the last one for ever."""

    replies: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # a client left before the answer's end
    taking: bool = True  # False: accepts the connection and never reads
    url: str = ""
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _server: asyncio.Server | None = None

    def answer(self, *pieces: bytes | float, **more: object) -> None:
        """From now on only this."""
        self.replies = [Reply(pieces, **more)]  # type: ignore[arg-type]

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def stop(self) -> None:
        """Close every connection."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self.taking:
                writer.transport.pause_reading()  # type: ignore[attr-defined]
                await asyncio.sleep(60)
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    await self._one(reader, writer)
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        got = Received(head, b"")
        got.body = await reader.readexactly(int(got.headers.get("content-length", 0)))
        self.received.append(got)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if not reply.raw:
            kind = [("content-type", reply.content_type)] if reply.content_type else []
            lines = [f"{name}: {value}" for name, value in [*kind, *reply.headers, ("transfer-encoding", "chunked")]]
            writer.write(f"HTTP/1.1 {reply.status} X\r\n".encode() + "\r\n".join([*lines, "", ""]).encode())
        left = asyncio.create_task(reader.read(1))
        try:
            await self._pieces(reply, writer, left)
            if reply.end == "hang":
                await left
        finally:
            if left.done() and not left.cancelled() and left.exception() is None and left.result() == b"":
                self.gone.set()
            left.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await left
        if reply.end != "body" or reply.raw:
            raise ConnectionResetError
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _pieces(self, reply: Reply, writer: asyncio.StreamWriter, left: "asyncio.Task[bytes]") -> None:
        for piece in reply.pieces:
            if isinstance(piece, bytes):
                writer.write(piece if reply.raw else b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
                await asyncio.sleep(0)
            else:
                await asyncio.wait([left], timeout=piece)
            if left.done():
                return


@pytest.fixture
async def stub_upstream() -> AsyncIterator[StubUpstream]:
    """Listens on loopback for one test."""
    made = StubUpstream()
    await made.start()
    yield made
    await made.stop()
