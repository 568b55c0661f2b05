"""The client of any OpenAI-compatible server: sends the very bytes it is given, believes little.

No redirects, cookies, proxies or environment; the credential goes to its own endpoint only; an
answer that stops before every choice finished is an error, never a short answer. No exception of
this module holds, or is chained to, anything that the server said: it may quote the prompt.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from io import BytesIO
from typing import Final

import aiohttp

from phiward.adapters.models.readers import BROKE_OFF, reader
from phiward.domain.chat import UpstreamEvent
from phiward.domain.errors import NoBaaError, UpstreamError
from phiward.domain.text import DeidentifiedText, IdentifiedText
from phiward.domain.vendors import DestinationClass, Route

CONNECT_SECONDS: Final = 5.0
"""Name, connection and TLS together."""

LARGE_BODY_BYTES: Final = 1024 * 1024

LINGER_SECONDS: Final = 0.05
"""How long a server may take to end the body after `[DONE]`; then the connection is not used again."""


def open_session(silence_seconds: float) -> aiohttp.ClientSession:
    """A session for both clients; call it inside the running loop, and close it.

    `silence_seconds`: longest wait for the first byte, and for each next one.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(
            total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=silence_seconds
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"user-agent": "phiward"},
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
        """Yield the answer. Raises UpstreamError; closing the iterator closes the connection.

        Raises NoBaaError for a destination that may not hold PHI, before anything is sent.
        """
        if route.destination_class is DestinationClass.NO_BAA:
            raise NoBaaError("This client is only for destinations that may hold PHI.")
        async with aclosing(_exchange(self._session, route, body.value, stream)) as events:
            async for event in events:
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
        async with aclosing(_exchange(self._session, route, body.value, stream)) as events:
            async for event in events:
                yield event


async def _exchange(
    session: aiohttp.ClientSession, route: Route, body: str, stream: bool
) -> AsyncGenerator[UpstreamEvent, None]:
    fault = ""
    try:
        async with await _asked(session, route, body, stream) as response:
            if response.status != 200:
                raise UpstreamError(f"The model's server answered with status {response.status // 100}xx.")
            answer = reader(response.content_type)
            async for piece in response.content.iter_any():
                for event in answer.feed(piece):
                    yield event
                if answer.done:
                    break
            for event in answer.finish():
                yield event
            if answer.done:
                await _linger(response)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        fault = _words(error)
    if fault:
        raise UpstreamError(fault)  # outside the handler, so that it is chained to nothing


async def _asked(session: aiohttp.ClientSession, route: Route, body: str, stream: bool) -> aiohttp.ClientResponse:
    """The head of the answer. aiohttp does not time the sending, so a server that takes nothing is timed here."""
    headers = {"content-type": "application/json", "accept": "text/event-stream" if stream else "application/json"}
    if (key := route.destination.api_key) is not None:
        headers["authorization"] = f"Bearer {key.value}"
    silence = session.timeout.sock_read
    async with asyncio.timeout(None if silence is None else CONNECT_SECONDS + 2 * silence):
        return await session.post(
            f"{route.destination.endpoint}/chat/completions",
            data=_payload(body.encode()),
            headers=headers,
            allow_redirects=False,
        )


def _payload(body: bytes) -> bytes | BytesIO:
    """A large body goes in pieces, so that writing it does not hold up the other requests."""
    return body if len(body) <= LARGE_BODY_BYTES else BytesIO(body)


async def _linger(response: aiohttp.ClientResponse) -> None:
    """Read the end of a finished stream, so that the connection can be used again; never for long."""
    with suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with asyncio.timeout(LINGER_SECONDS):
            for _ in range(4):
                if response.content.at_eof():
                    return
                await response.content.readany()


def _words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return "The model's server cannot be reached."
    if isinstance(error, TimeoutError):
        return "The model's server was silent for too long."
    return BROKE_OFF
