"""Sending a stream: a client that is gone or hung ends it, and the flow always learns."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

from starlette.types import Message

from phiward.domain.chat import Finished, TextDelta, UpstreamEvent
from phiward.domain.errors import UpstreamError
from phiward.gateway.chat_response import Chunks
from phiward.gateway.stream import StreamedAnswer

SCOPE: dict[str, Any] = {"type": "http"}


class Wire:
    """An ASGI connection in memory."""

    def __init__(self, *, leaves_after: int = 10**6, hangs: bool = False) -> None:
        self.sent: list[Message] = []
        self.leaves_after, self.hangs = leaves_after, hangs
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        """Nothing until the client leaves."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take it, or hang, or leave."""
        self.sent.append(message)
        if len(self.sent) >= self.leaves_after:
            self.left.set()
        if self.hangs and message["type"] == "http.response.body":
            await asyncio.sleep(60)

    @property
    def body(self) -> bytes:
        """All that was sent."""
        return b"".join(message.get("body", b"") for message in self.sent)


class Events:
    """An answer that knows whether it was closed."""

    def __init__(self, *events: UpstreamEvent | Exception, forever: bool = False) -> None:
        self.events, self.forever, self.closed = events, forever, False

    async def run(self) -> AsyncIterator[UpstreamEvent]:
        """Yield, raise, or go on for ever."""
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
            while self.forever:
                await asyncio.sleep(0.01)
                yield TextDelta(0, "more ")
        finally:
            self.closed = True


async def play(events: Events, wire: Wire, send_seconds: float = 5) -> list[str]:
    """Send the whole answer; returns what `ended` was told."""
    ended: list[str] = []
    counts = SimpleNamespace(withheld=0, masked=0, resolved=0)
    one = SimpleNamespace(id="x", route=None, outbound=None, admission=None, notes=())
    running = events.run()
    answer: Any = SimpleNamespace(events=running, interaction=one, inbound=SimpleNamespace(counts=counts))
    chunks = Chunks("chatcmpl-x", 1, "m", include_usage=False)
    first = await anext(running)
    stream = StreamedAnswer(answer, first, chunks, lambda: ended.append("ended"), dict, send_seconds)
    await stream(SCOPE, wire.receive, wire.send)
    return ended


async def test_a_client_that_leaves_ends_the_answer_at_once() -> None:
    """The upstream is not left running."""
    events, wire = Events(TextDelta(0, "a"), forever=True), Wire(leaves_after=4)
    assert await asyncio.wait_for(play(events, wire), 5) == ["ended"]
    assert events.closed
    assert b"[DONE]" not in wire.body


async def test_a_client_that_hangs_is_given_up() -> None:
    """It cannot hold a connection and a model for ever."""
    events, wire = Events(TextDelta(0, "a"), forever=True), Wire(hangs=True)
    assert await asyncio.wait_for(play(events, wire, send_seconds=0.05), 5) == ["ended"]
    assert events.closed


async def test_a_fault_in_mid_stream_is_an_error_event_and_never_a_done() -> None:
    """A stream that merely stops is taken for a whole answer."""
    events, wire = Events(TextDelta(0, "half "), UpstreamError("The answer broke off.")), Wire()
    await play(events, wire)
    assert b'"error"' in wire.body
    assert b"[DONE]" not in wire.body
    assert wire.sent[-1]["more_body"] is False


async def test_what_says_complete_is_sent_last() -> None:
    """After the flow said that the outcome is on record."""
    events, wire = Events(TextDelta(0, "a"), Finished(0, "stop")), Wire()
    assert await play(events, wire) == ["ended"]
    assert wire.body.endswith(b"data: [DONE]\n\n")
    assert wire.sent[0]["status"] == 200
