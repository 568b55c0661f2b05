"""Headers that decide something come once."""

import pytest
from starlette.requests import Request

from phiward.domain.errors import InvalidRequestError
from phiward.gateway.headers import single_header


def request(*headers: tuple[bytes, bytes]) -> Request:
    """A request with these headers."""
    return Request({"type": "http", "headers": list(headers)})


def test_a_header_that_comes_twice_is_refused_even_if_both_agree() -> None:
    """Two readers could read different ones."""
    with pytest.raises(InvalidRequestError, match="more than once"):
        single_header(request((b"x-a", b"1"), (b"x-a", b"1")), "x-a")


def test_a_header_that_comes_once_is_read() -> None:
    """And one that does not come is none."""
    assert single_header(request((b"x-a", b"1")), "x-a") == "1"
    assert single_header(request(), "x-a") is None
