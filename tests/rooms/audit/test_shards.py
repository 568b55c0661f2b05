"""Shards follow each other by their names, whatever a clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.audit.shards import ShardPeriod, due, origin_of, period_at, rank, restored, shard_of
from phiward.domain.errors import AuditIntegrityError

NOVEMBER = datetime(2026, 11, 27, tzinfo=UTC)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    "name", ["2026.1", "2026-13", "26", "2026-Q5", "2026.02", "../2026", "2026\n", "٢٠٢٦", "2026.0"]
)
def test_what_is_no_name_of_a_shard_is_refused(name: str) -> None:
    """A superuser may write any text where a name stands."""
    if name in ("2026.1", "2026-13"):
        rank(name)  # readable, though we never write them
    else:
        with pytest.raises(AuditIntegrityError):
            rank(name)
        with pytest.raises(AuditIntegrityError):
            shard_of("hospital.example/audit", f"hospital.example/audit/{name}")


@pytest.mark.parametrize(
    ("period", "name"),
    [(ShardPeriod.YEAR, "2026"), (ShardPeriod.QUARTER, "2026-Q4"), (ShardPeriod.MONTH, "2026-11")],
)
def test_a_shard_is_named_by_its_period(period: ShardPeriod, name: str) -> None:
    """So that a person can say which one she means."""
    assert period_at(NOVEMBER, period) == name == due("", NOVEMBER, period)
    assert due(name, NOVEMBER, period) is None


@given(TIMES, TIMES, st.sampled_from(ShardPeriod))
def test_a_clock_that_goes_back_never_opens_an_earlier_shard(
    now: datetime, later: datetime, period: ShardPeriod
) -> None:
    """Every shard that is opened ranks behind the one that is."""
    current = period_at(now, period)
    opened = due(current, later, period)
    assert opened is None or rank(opened) > rank(current)
    assert rank(restored(current, later, period)) > rank(current)


@given(st.lists(TIMES, min_size=2, max_size=12), st.sampled_from(ShardPeriod))
def test_the_names_of_rising_times_rise(times: list[datetime], period: ShardPeriod) -> None:
    """A later time never has an earlier name."""
    names = [rank(period_at(at, period)) for at in sorted(times)]
    assert names == sorted(names)


def test_a_restore_counts_on_in_its_period() -> None:
    """Twice in one year, and the next year begins anew."""
    first = restored("2026", NOVEMBER, ShardPeriod.YEAR)
    second = restored(first, NOVEMBER, ShardPeriod.YEAR)
    assert (first, second) == ("2026.2", "2026.3")
    assert due(second, NOVEMBER + timedelta(days=90), ShardPeriod.YEAR) == "2027"
    assert restored(second, NOVEMBER + timedelta(days=90), ShardPeriod.YEAR) == "2027"
    assert sorted(["2027", "2026.10", "", "2026.2", "2026"], key=rank) == ["", "2026", "2026.2", "2026.10", "2027"]


def test_an_origin_names_the_log_and_the_shard() -> None:
    """And nothing of another log is ours."""
    for shard in ("", "2026", "2026-Q4.2"):
        assert shard_of("h.example/audit", origin_of("h.example/audit", shard)) == shard
    for foreign in ("h.example", "h.example/auditor/2026", "h.example/audit/", "x/h.example/audit/2026"):
        with pytest.raises(AuditIntegrityError):
            shard_of("h.example/audit", foreign)
