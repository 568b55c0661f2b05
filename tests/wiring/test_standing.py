"""Covered by tests/cli/test_policy.py, on twins: what stands between two, in force now."""

from phiward.cli import policy
from phiward.wiring.standing import standing_of


def test_the_command_and_the_page_ask_the_same_function() -> None:
    """One answer to one question."""
    assert policy.standing_of is standing_of  # type: ignore[attr-defined]
