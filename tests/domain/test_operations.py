"""Keys by age and destinations by their end."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from phiward.domain.operations import KeyAge, Standing
from phiward.domain.vendors import DestinationClass
from tests.console.twins import NOW

ENDS, RISK = NOW + timedelta(days=9), NOW + timedelta(days=3)
CLOUD = Standing(
    UUID(int=1), "cloud", "Vendor", "inference", "https://api.vendor.example/v1", DestinationClass.BAA, True, ENDS,
    RISK, ("big",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("age", "old", "reason"),
    [
        (KeyAge("k", 1, NOW - timedelta(days=366), 0, 365), True, "past what is advised"),
        (KeyAge("k", 1, NOW - timedelta(days=365), 0, 365), False, "on the day itself it is not"),
        (KeyAge("k", 1, NOW - timedelta(days=9_000)), False, "nobody advises a period"),
        (KeyAge("k", 1, None, 1, 365), False, "nobody knows"),
    ],
)
def test_a_key_is_old_where_a_rule_says_so(age: KeyAge, old: bool, reason: str) -> None:
    """Grey is not green, and not amber either."""
    assert age.old(NOW) is old, reason


def test_what_ends_is_what_permits() -> None:
    """The agreement while it is in force, then the risk that somebody accepts; nothing where nothing is open."""
    assert CLOUD.ends_at == ENDS
    assert replace(CLOUD, kind=DestinationClass.NO_BAA).ends_at == RISK
    assert replace(CLOUD, kind=DestinationClass.NO_BAA, free_text=False).ends_at is None
    assert replace(CLOUD, kind=DestinationClass.SELF_HOSTED).ends_at is None
