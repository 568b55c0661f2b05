"""Reasons of a report are codes that may leave the house in an alert."""

from phiward.domain.alerts import opaque_facts
from phiward.domain.reports import WrongAnswer


def test_every_reason_passes_as_a_code() -> None:
    """None of them is left out."""
    for one in WrongAnswer:
        assert opaque_facts({"reason": str(one)}) == {"reason": str(one)}
