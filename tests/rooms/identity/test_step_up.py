"""Step-up: both when and how are demanded (reference: security test 18 of the access work)."""

from datetime import datetime, timedelta

import pytest

from phiward.domain.errors import ConfigurationError, NotPermittedError
from phiward.identity.step_up import StepUpRules, check_step_up
from tests.rooms.identity.minting import NOW, SECOND

RULES = StepUpRules(frozenset({"strong", "stronger"}))
BEGAN = NOW - timedelta(minutes=4)

REFUSED = [
    (None, "strong", BEGAN, "no auth_time: the provider was not asked for a fresh login"),
    (NOW, None, BEGAN, "no acr: the provider does not say how"),
    (None, None, BEGAN, "neither"),
    (NOW, "plain", BEGAN, "not strong enough"),
    (NOW, "", BEGAN, "an empty acr"),
    (NOW, "Strong", BEGAN, "another case"),
    (NOW, "strong stronger", BEGAN, "two names in one"),
    (BEGAN - SECOND, "strong", BEGAN, "a login from before the attempt"),
    (NOW - timedelta(minutes=5, seconds=1), "strong", NOW - timedelta(minutes=9), "older than five minutes"),
    (NOW + 61 * SECOND, "strong", BEGAN, "from the future"),
]


@pytest.mark.parametrize(("auth_time", "acr", "began", "reason"), REFUSED, ids=[reason for *_, reason in REFUSED])
def test_a_login_that_is_not_fresh_and_strong_is_no_step_up(
    auth_time: datetime | None, acr: str | None, began: datetime, reason: str
) -> None:
    """By the rule that the log names."""
    with pytest.raises(NotPermittedError) as error:
        check_step_up(auth_time, acr, began, NOW, RULES)
    assert error.value.rule == "step_up"


@pytest.mark.parametrize(
    ("auth_time", "began"),
    [
        pytest.param(NOW, BEGAN, id="just now"),
        pytest.param(BEGAN, BEGAN, id="in the second in which the attempt began"),
        pytest.param(BEGAN, BEGAN + timedelta(milliseconds=900), id="whole seconds against fractions"),
        pytest.param(NOW - timedelta(minutes=5), NOW - timedelta(minutes=5), id="five minutes old"),
        pytest.param(NOW + 60 * SECOND, BEGAN, id="a clock that is a minute ahead"),
    ],
)
@pytest.mark.parametrize("acr", ["strong", "stronger"])
def test_a_fresh_and_strong_login_is_a_step_up(acr: str, auth_time: datetime, began: datetime) -> None:
    """At the edges too."""
    check_step_up(auth_time, acr, began, NOW, RULES)


@pytest.mark.parametrize(
    ("accepted", "max_age", "leeway"),
    [
        pytest.param([], 300, 60, id="nothing is strong enough"),
        pytest.param([""], 300, 60, id="an empty name"),
        pytest.param(["strong"], 0, 0, id="no age"),
        pytest.param(["strong"], 3601, 60, id="more than an hour"),
        pytest.param(["strong"], 60, 61, id="a leeway above the age"),
        pytest.param(["strong"], 300, -1, id="a leeway below zero"),
    ],
)
def test_rules_that_accept_anything_cannot_be_made(accepted: list[str], max_age: int, leeway: int) -> None:
    """The service does not start with them."""
    with pytest.raises(ConfigurationError):
        StepUpRules(frozenset(accepted), max_age * SECOND, leeway * SECOND)
