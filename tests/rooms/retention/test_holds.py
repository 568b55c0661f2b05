"""Holds stand from when they are placed until they are lifted, on what they name and on nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from phiward.retention.holds import Hold, HoldReason, HoldScope, holding

NOW = datetime(2026, 11, 27, tzinfo=UTC)
DAY = timedelta(days=1)
TOUCHED = [(HoldScope.PATIENT, "p-1"), (HoldScope.SHARD, "2016")]


def hold(scope: HoldScope, subject: str | None, placed: timedelta = -DAY, lifted: timedelta | None = None) -> Hold:
    """One of yesterday."""
    ended = None if lifted is None else NOW + lifted
    return Hold(UUID(int=1), scope, subject, HoldReason.LITIGATION, "uid:1", NOW + placed, lifted_at=ended)


@pytest.mark.parametrize(
    ("one", "stands", "reason"),
    [
        (hold(HoldScope.PATIENT, "p-1"), True, "it names him"),
        (hold(HoldScope.SHARD, "2016"), True, "it names it"),
        (hold(HoldScope.EVERYTHING, None), True, "all"),
        (hold(HoldScope.PATIENT, "p-2"), False, "another patient"),
        (hold(HoldScope.PERSON, "p-1"), False, "a person of the same id"),
        (hold(HoldScope.PATIENT, None), False, "nobody"),
        (hold(HoldScope.EVERYTHING, None, lifted=timedelta()), False, "lifted at this instant"),
        (hold(HoldScope.EVERYTHING, None, lifted=DAY), True, "lifted tomorrow"),
        (hold(HoldScope.EVERYTHING, None, placed=DAY), False, "placed tomorrow"),
        (hold(HoldScope.EVERYTHING, None, placed=timedelta()), True, "placed at this instant"),
    ],
)
def test_a_hold_stands_on_what_it_names_in_its_time(one: Hold, stands: bool, reason: str) -> None:
    """A table of cases."""
    assert (holding([one], TOUCHED, NOW) == (one.id,)) is stands, reason
