"""What several routes read alike; their cases stand with the routes."""

from datetime import UTC, datetime

import pytest

from phiward.domain.errors import InvalidRequestError
from phiward.gateway.asked import corpora_named, moment


def test_a_corpus_named_twice_is_asked_once() -> None:
    """In the order of first mention; blanks and empty places are nothing."""
    assert corpora_named(" b ,a,,b") == ("b", "a")
    assert corpora_named(None) == ()


def test_a_moment_is_in_utc() -> None:
    """A date is its beginning."""
    assert moment("2024-05-01", "x") == datetime(2024, 5, 1, tzinfo=UTC)
    assert moment("2024-05-01T01:00:00+02:00", "x") == datetime(2024, 4, 30, 23, tzinfo=UTC)
    assert moment(None, "x") is None
    with pytest.raises(InvalidRequestError, match="`x`"):
        moment("soon", "x")
