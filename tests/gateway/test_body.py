"""A body is read within its limit, or refused before it fills the memory."""

import pytest
from starlette.requests import Request
from starlette.types import Message

from phiward.domain.errors import InvalidRequestError, TooLargeError
from phiward.gateway.body import read_body


class Wire:
    """An ASGI receive that hands out pieces and counts them."""

    def __init__(self, *pieces: bytes, hang_up: bool = False) -> None:
        self.pieces, self.taken, self.hang_up = list(pieces), 0, hang_up

    async def __call__(self) -> Message:
        """The next piece."""
        if self.taken == len(self.pieces):
            return {"type": "http.disconnect"}
        self.taken += 1
        more = self.hang_up or self.taken < len(self.pieces)
        return {"type": "http.request", "body": self.pieces[self.taken - 1], "more_body": more}


def request(wire: Wire, **headers: str) -> Request:
    """A request with headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, wire)


async def test_a_body_that_says_it_is_too_long_is_refused_unread() -> None:
    """50 MB are not read to be refused."""
    wire = Wire(b"x")
    with pytest.raises(TooLargeError):
        await read_body(request(wire, content_length="50000000"), 1024)
    assert wire.taken == 0


async def test_a_body_that_lies_about_its_length_is_cut_off_at_the_limit() -> None:
    """Chunked bodies have no length at all."""
    wire = Wire(*[b"x" * 600] * 100)
    with pytest.raises(TooLargeError):
        await read_body(request(wire), 1024)
    assert wire.taken == 2


async def test_a_client_that_goes_away_in_the_middle_is_a_bad_request() -> None:
    """Half a question is not a question."""
    with pytest.raises(InvalidRequestError):
        await read_body(request(Wire(b"half", hang_up=True)), 1024)


async def test_a_compressed_body_is_refused() -> None:
    """A small one may unfold into gigabytes."""
    with pytest.raises(InvalidRequestError):
        await read_body(request(Wire(b"x"), content_encoding="gzip"), 1024)


async def test_pieces_become_one_body() -> None:
    """However it was cut."""
    assert await read_body(request(Wire(b"ab", b"", b"c"), content_length="3"), 3) == b"abc"
