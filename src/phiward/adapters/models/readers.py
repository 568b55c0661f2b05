"""From the bytes of a response's body to events: streamed or whole, with a limit on the size.

One reader for one response. `feed` takes the pieces as they come from the network.
"""

from collections.abc import Iterator
from typing import Final, Protocol

from phiward.adapters.models.answers import UNREADABLE, Answer
from phiward.adapters.models.sse import EventParser
from phiward.domain.chat import UpstreamEvent
from phiward.domain.errors import UpstreamError

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
"""The largest body, after decompression."""

BROKE_OFF: Final = "The model's answer broke off."
_DONE = b"[DONE]"


class Reader(Protocol):
    """What the client needs."""

    @property
    def done(self) -> bool:
        """The server said that nothing follows."""

    def feed(self, piece: bytes) -> Iterator[UpstreamEvent]:
        """The events that are certain by now. Raises UpstreamError."""

    def finish(self) -> Iterator[UpstreamEvent]:
        """The body ended. Raises UpstreamError where a choice has not finished."""


def reader(content_type: str, max_bytes: int = MAX_ANSWER_BYTES) -> Reader:
    """The reader of a media type. Raises UpstreamError for one that is neither a stream nor JSON."""
    if content_type == "text/event-stream":
        return StreamReader(max_bytes)
    if content_type == "application/json":
        return WholeReader(max_bytes)
    raise UpstreamError(UNREADABLE)


class _Measured:
    def __init__(self, max_bytes: int) -> None:
        """`max_bytes`: more than that is a fault of the server."""
        self._answer, self._size, self._limit = Answer(), 0, max_bytes
        self.done = False

    def _measure(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise UpstreamError("The model's answer is larger than the gateway accepts.")

    def _refuse_unfinished(self) -> None:
        if not self._answer.complete:
            raise UpstreamError(BROKE_OFF)


class StreamReader(_Measured):
    """Server-sent events. `[DONE]` is optional: what counts is that every choice has finished."""

    def __init__(self, max_bytes: int = MAX_ANSWER_BYTES) -> None:
        """Nothing was read yet."""
        super().__init__(max_bytes)
        self._parser = EventParser()

    def feed(self, piece: bytes) -> Iterator[UpstreamEvent]:
        """The events of every chunk that is complete by now."""
        self._measure(piece)
        return self._read(self._parser.feed(piece))

    def finish(self) -> Iterator[UpstreamEvent]:
        """What stands without its empty line; then every choice must have finished."""
        if not self.done:
            yield from self._read(self._parser.finish())
        self._refuse_unfinished()

    def _read(self, chunks: list[bytes]) -> Iterator[UpstreamEvent]:
        for data in chunks:
            if data.strip() == _DONE:
                self.done = True
                return
            yield from self._answer.chunk(data)


class WholeReader(_Measured):
    """One JSON object, read when it is whole."""

    def __init__(self, max_bytes: int = MAX_ANSWER_BYTES) -> None:
        """Nothing was read yet."""
        super().__init__(max_bytes)
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[UpstreamEvent]:
        """Nothing yet: an object that is not whole says nothing."""
        self._measure(piece)
        self._pieces.append(piece)
        return iter(())

    def finish(self) -> Iterator[UpstreamEvent]:
        """The same events as the stream of the same answer."""
        yield from self._answer.whole(b"".join(self._pieces))
        self._refuse_unfinished()
