"""A clock that goes back is noticed: the database's, and each process's own."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from phiward.audit.clocks import NOBODY, Clocks, WentBack

from .made import START, WORKER, entry, stored

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def at(seconds: float, worker: UUID = WORKER) -> list[object]:
    """One entry of a process, at so many seconds after the start."""
    return [replace(stored(entry(0, recorded_at=START + SECOND * seconds)), worker=worker)]


def test_the_clock_of_the_database_that_goes_back_by_an_hour_is_noticed() -> None:
    """Against what the batch before saw there."""
    assert Clocks().went_back(START, START + HOUR, ()) == WentBack(3600, "database")


def test_the_clock_of_a_process_that_goes_back_by_an_hour_is_noticed_once() -> None:
    """What it gives now is what later times are held against."""
    clocks = Clocks()
    assert clocks.went_back(START, None, at(3600)) is None
    assert clocks.went_back(START, None, at(0)) == WentBack(3600, "worker", WORKER)
    assert clocks.went_back(START, None, at(1)) is None


def test_small_steps_and_other_processes_are_no_regress() -> None:
    """Time servers step by less; two machines differ; commands are many processes."""
    clocks = Clocks()
    assert clocks.went_back(START, START + SECOND * 4, at(100)) is None
    assert clocks.went_back(START, START, at(96)) is None
    assert clocks.went_back(START, START, at(10, UUID(int=99))) is None
    assert clocks.went_back(START, START, at(100, NOBODY)) is None
    assert clocks.went_back(START, START, at(0, NOBODY)) is None


def test_a_backlog_in_one_batch_is_no_regress() -> None:
    """The latest of a batch counts: those before it only waited longer."""
    clocks = Clocks()
    assert clocks.went_back(START, None, at(50)) is None
    assert clocks.went_back(START, None, [*at(20), *at(60)]) is None
