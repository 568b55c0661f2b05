"""Sending a checked answer as server-sent events, and noticing when the client is gone or hung.

A mid-stream fault becomes `data: {"error": …}` and no `[DONE]`: a stream that merely stops is taken
for a complete answer by the OpenAI SDK. No event types of our own: its parser mistakes them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from phiward.domain.chat import Finished, UpstreamEvent, UsageReport
from phiward.domain.errors import PhiwardError
from phiward.flow.journey import Answer
from phiward.gateway.chat_response import Chunks
from phiward.gateway.errors import error_body

SEND_SECONDS = 60.0
"""A client that takes nothing for this long is treated as gone."""

HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


class StreamedAnswer:
    """An ASGI response. `first` was read already, so that an early refusal has a status of its own."""

    def __init__(
        self,
        answer: Answer,
        first: UpstreamEvent,
        chunks: Chunks,
        ended: Callable[[], None],
        told: Callable[[], dict[str, Any]],
        send_seconds: float = SEND_SECONDS,
    ) -> None:
        """Take over `answer.events`; it is closed whatever happens, which records the outcome.

        `ended` is called once, when nothing more will be sent; `told` makes the `phiward` object at the end.
        """
        self._told = told
        self._answer, self._first, self._chunks, self._send_seconds = answer, first, chunks, send_seconds
        self._ended = ended
        self.error: PhiwardError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the answer ends or the client is gone."""
        pump = asyncio.create_task(self._pump(send))
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not pump.done():
                pump.cancel()
            with suppress(asyncio.CancelledError, TimeoutError, OSError):
                await pump
            self._ended()

    async def _pump(self, send: Send) -> None:
        async with aclosing(self._answer.events) as events:  # type: ignore[type-var]
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            try:
                last = await self._pieces(events, send)
            except PhiwardError as error:
                self.error = error
                last = b"data: " + orjson.dumps(error_body(error)) + b"\n\n"
            await self._send(send, last, more=False)

    async def _pieces(self, events: AsyncIterator[UpstreamEvent], send: Send) -> bytes:
        closing: list[UpstreamEvent] = []
        event: UpstreamEvent | None = self._first
        while event is not None:
            if isinstance(event, Finished | UsageReport):
                closing.append(event)
            else:
                await self._send(send, self._chunks.render(event), more=True)
            event = await anext(events, None)
        return self._chunks.closing(closing, self._told())

    async def _send(self, send: Send, body: bytes, *, more: bool) -> None:
        message: dict[str, Any] = {"type": "http.response.body", "body": body, "more_body": more}
        async with asyncio.timeout(self._send_seconds):
            await send(message)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
