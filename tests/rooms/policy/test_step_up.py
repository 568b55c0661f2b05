"""Whether a login is fresh and strong enough."""

from datetime import timedelta

import pytest

from phiward.policy.step_up import Freshness
from tests.rooms.policy.people import NOW, caller

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("auth_time", "acr", "holds", "reason"),
    [
        (None, "mfa", False, "when is unknown"),
        (NOW, None, False, "how is unknown"),
        (NOW, "", False, "how is empty"),
        (NOW, "password", False, "not strong enough"),
        (NOW - 5 * MINUTE, "mfa", True, "five minutes are fresh"),
        (NOW - 5 * MINUTE - timedelta(seconds=1), "mfa", False, "a second more is not"),
        (NOW + MINUTE, "mfa", True, "a clock a little ahead"),
        (NOW + 2 * MINUTE, "mfa", False, "a login of the future"),
    ],
)
def test_a_login_must_be_known_strong_and_fresh(auth_time, acr, holds, reason):
    """Both when and how."""
    assert Freshness(frozenset({"mfa"})).holds(caller(auth_time=auth_time, acr=acr), NOW) == holds, reason


def test_without_a_list_any_named_login_counts():
    """But one must be named."""
    assert Freshness().holds(caller(auth_time=NOW, acr="password"), NOW)
    assert not Freshness().holds(caller(auth_time=NOW), NOW)
