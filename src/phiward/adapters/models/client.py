"""The client of any OpenAI-compatible server: sends the very bytes it is given, believes little.

No redirects, cookies, proxies or environment; the credential goes to its own endpoint only; an
answer that stops before every choice finished is an error, never a short answer.
"""

from collections.abc import AsyncIterator
from typing import Final

import aiohttp

from phiward.adapters.models.answers import Answer
from phiward.adapters.models.sse import EventParser
from phiward.domain.chat import UpstreamEvent
from phiward.domain.errors import NoBaaError, UpstreamError
from phiward.domain.text import DeidentifiedText, IdentifiedText
from phiward.domain.vendors import DestinationClass, Route

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
CONNECT_SECONDS: Final = 5.0
BROKE_OFF = "The model's answer broke off."


def open_session(silence_seconds: float) -> aiohttp.ClientSession:
    """A session for both clients; call it inside the running loop, and close it.

    `silence_seconds`: longest wait for the next byte.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=True,
    )


class HttpModelClient:
    """Implements `CoveredModelClient`: for destinations that may hold PHI."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """`session` as `open_session` makes it."""
        self._session = session

    async def send(
        self, route: Route, body: IdentifiedText | DeidentifiedText, stream: bool
    ) -> AsyncIterator[UpstreamEvent]:
        """Yield the answer. Raises UpstreamError; closing the iterator closes the connection."""
        if route.destination_class is DestinationClass.NO_BAA:
            raise NoBaaError("This client is only for destinations that may hold PHI.")
        async for event in _exchange(self._session, route, body.value, stream):
            yield event


class UncoveredModelClient:
    """Implements `ModelClient`: takes nothing but what the Safe Harbor transformation was applied to."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """`session` as `open_session` makes it."""
        self._session = session

    async def send(self, route: Route, body: DeidentifiedText, stream: bool) -> AsyncIterator[UpstreamEvent]:
        """As above. Raises NoBaaError for any other type of text, whatever the type checker was told."""
        if type(body) is not DeidentifiedText:
            raise NoBaaError("Only transformed text may go to a destination without an agreement.")
        async for event in _exchange(self._session, route, body.value, stream):
            yield event


async def _exchange(
    session: aiohttp.ClientSession, route: Route, body: str, stream: bool
) -> AsyncIterator[UpstreamEvent]:
    headers = {"content-type": "application/json", "accept": "text/event-stream" if stream else "application/json"}
    key = route.destination.api_key
    if key is not None:
        headers["authorization"] = f"Bearer {key.value}"
    answer = Answer()
    try:
        async with session.post(
            f"{route.destination.endpoint}/chat/completions",
            data=body.encode(),
            headers=headers,
            allow_redirects=False,
        ) as response:
            if response.status != 200:
                raise UpstreamError(f"The model's server answered with status {response.status // 100}xx.")
            events = _streamed if response.content_type == "text/event-stream" else _whole
            async for event in events(response, answer):
                yield event
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise UpstreamError(_words(error)) from None
    if not answer.complete:
        raise UpstreamError(BROKE_OFF)


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "The model's server was silent for too long."
    if isinstance(error, aiohttp.ClientConnectorError):
        return "The model's server cannot be reached."
    return BROKE_OFF


async def _streamed(response: aiohttp.ClientResponse, answer: Answer) -> AsyncIterator[UpstreamEvent]:
    parser, size = EventParser(), 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            raise UpstreamError("The model's answer is larger than the gateway accepts.")
        for data in parser.feed(piece):
            if data == b"[DONE]":
                return
            for event in answer.chunk(data):
                yield event
    for data in parser.finish():
        if data != b"[DONE]":
            for event in answer.chunk(data):
                yield event


async def _whole(response: aiohttp.ClientResponse, answer: Answer) -> AsyncIterator[UpstreamEvent]:
    if response.content_type != "application/json":
        raise UpstreamError("The model's server answered something unreadable.")
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            raise UpstreamError("The model's answer is larger than the gateway accepts.")
        pieces.append(piece)
    for event in answer.whole(b"".join(pieces)):
        yield event
