"""Vectors from any server that speaks OpenAI's `/v1/embeddings`: few texts at a time, and little believed.

Whether a text may go there is decided before; these clients only keep to their kind, as those of
`phiward.adapters.models.client` do, whose session they use. A server that answers something else than one finite
vector a text, in order and all of one length, has failed. No exception of this module holds, or is chained to,
anything that was sent or came back. Source: OpenAI API reference, "Create embeddings".
"""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import aiohttp
import numpy as np
import orjson

from phiward.adapters.models.client import CONNECT_SECONDS
from phiward.domain.errors import NoBaaError, UpstreamError
from phiward.domain.text import DeidentifiedText, IdentifiedText
from phiward.domain.vendors import DestinationClass, Route
from phiward.retrieval.ports import Vectors

MAX_TEXTS: Final = 64
"""In one request."""

MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
"""The largest body, after decompression: 64 vectors of 8192 numbers have room."""

MAX_DIMENSIONS: Final = 16_384

UNREADABLE: Final = "The embedding server answered something unreadable."
TOO_LARGE: Final = "The embedding server's answer is larger than the gateway accepts."
_READING: Final = (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError)


class RemoteEmbeddings:
    """For destinations that may hold PHI."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """`session` as `phiward.adapters.models.client.open_session` makes it."""
        self._session = session

    async def post(self, route: Route, texts: Sequence[IdentifiedText | DeidentifiedText]) -> Vectors:
        """One vector a text, in order; no texts: nothing is sent, shape (0, 0). Raises UpstreamError.

        Raises NoBaaError for a destination that may not hold PHI, before anything is sent.
        """
        if route.destination_class is DestinationClass.NO_BAA:
            raise NoBaaError("This client is only for destinations that may hold PHI.")
        return await _all(self._session, route, [text.value for text in texts])


class UncoveredEmbeddings:
    """Takes nothing but what the Safe Harbor transformation was applied to."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """`session` as `phiward.adapters.models.client.open_session` makes it."""
        self._session = session

    async def post(self, route: Route, texts: Sequence[DeidentifiedText]) -> Vectors:
        """As above. Raises NoBaaError for any other type of text, whatever the type checker was told."""
        if any(type(text) is not DeidentifiedText for text in texts):
            raise NoBaaError("Only transformed text may go to a destination without an agreement.")
        return await _all(self._session, route, [text.value for text in texts])


async def _all(session: aiohttp.ClientSession, route: Route, texts: list[str]) -> Vectors:
    """One request after the other, so that a server is not asked for more than it can do."""
    parts: list[Vectors] = []
    for start in range(0, len(texts), MAX_TEXTS):
        parts.append(await _exchange(session, route, texts[start : start + MAX_TEXTS]))
        if parts[-1].shape[1] != parts[0].shape[1]:
            raise UpstreamError(UNREADABLE)
    return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)


async def _exchange(session: aiohttp.ClientSession, route: Route, texts: list[str]) -> Vectors:
    try:
        return _vectors(await _asked(session, route, texts), len(texts))
    except _READING as error:
        fault = _words(error)
    raise UpstreamError(fault)  # outside the handler, so that it is chained to nothing


async def _asked(session: aiohttp.ClientSession, route: Route, texts: list[str]) -> bytes:
    """The body of the answer. A server that sends a byte now and then is given up like one that is silent."""
    headers = {"content-type": "application/json", "accept": "application/json"}
    if (key := route.destination.api_key) is not None:
        headers["authorization"] = f"Bearer {key.value}"
    body = orjson.dumps({"model": route.upstream_model, "input": texts, "encoding_format": "float"})
    silence = session.timeout.sock_read
    async with (
        asyncio.timeout(None if silence is None else CONNECT_SECONDS + 2 * silence),
        session.post(
            f"{route.destination.endpoint}/embeddings", data=BytesIO(body), headers=headers, allow_redirects=False
        ) as response,
    ):
        if response.status != 200:
            raise UpstreamError(f"The embedding server answered with status {response.status // 100}xx.")
        if response.content_type != "application/json":
            raise UpstreamError(UNREADABLE)
        answer = bytearray()
        async for piece in response.content.iter_any():
            answer += piece
            if len(answer) > MAX_ANSWER_BYTES:
                raise UpstreamError(TOO_LARGE)
        return bytes(answer)


def _vectors(answer: bytes, count: int) -> Vectors:
    """Rows of length 1. Raises ValueError or TypeError for anything but `count` vectors of one length, in order."""
    whole = orjson.loads(answer)  # knows neither NaN nor Infinity
    data = whole["data"] if isinstance(whole, dict) and "data" in whole else None
    if not isinstance(data, list) or len(data) != count:
        raise ValueError
    rows = np.array([_numbers(item, place) for place, item in enumerate(data)], np.float64)  # of unequal rows: none
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise ValueError
    vectors: Vectors = (rows / lengths).astype(np.float32)
    return vectors


def _numbers(item: Any, place: int) -> list[float]:
    """The vector of one item, which says that it stands at `place`."""
    if not isinstance(item, dict) or type(item.get("index")) is not int or item["index"] != place:
        raise ValueError
    numbers = item.get("embedding")
    if not isinstance(numbers, list) or not 0 < len(numbers) <= MAX_DIMENSIONS:
        raise ValueError
    if not {type(number) for number in numbers} <= {int, float}:
        raise TypeError
    return numbers


def _words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return "The embedding server cannot be reached."
    if isinstance(error, TimeoutError):
        return "The embedding server was silent for too long."
    if isinstance(error, aiohttp.ClientError | OSError):
        return "The embedding server's answer broke off."
    return UNREADABLE
