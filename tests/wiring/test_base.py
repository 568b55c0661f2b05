"""What every part of the composition needs."""

from phiward.wiring.base import utc_now


def test_the_clock_is_aware() -> None:
    """UTC, always."""
    assert utc_now().utcoffset() is not None
