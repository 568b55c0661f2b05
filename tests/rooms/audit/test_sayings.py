"""The log speaks of itself in entries like any others."""

from phiward.audit.clocks import DATABASE, NOBODY, WORKER, WentBack
from phiward.audit.leaf import decode_leaf
from phiward.audit.sayings import CLOCK_REGRESSED, INSTALLATION, STARTED, regress, said
from phiward.domain.audit import EntryKind

from .made import START
from .made import WORKER as PROCESS


def test_what_the_log_says_is_of_no_organisation_and_each_is_its_own_interaction() -> None:
    """Two are never taken for one."""
    one, other = (said(STARTED, {"version": "1"}, START) for _ in range(2))
    assert (one.tenant, one.kind) == (INSTALLATION, EntryKind.LOG)
    assert len({one.id, other.id, one.interaction, other.interaction}) == 4


def test_a_clock_that_went_back_is_said_with_whose_it_was() -> None:
    """The database's belongs to no process."""
    by_process = decode_leaf(regress(WentBack(3600, WORKER, PROCESS), START).leaf)["facts"]
    by_database = decode_leaf(regress(WentBack(7, DATABASE), START).leaf)["facts"]
    assert by_process == {"action": CLOCK_REGRESSED, "seconds": 3600, "clock": "worker", "by": str(PROCESS)}
    assert by_database == {"action": CLOCK_REGRESSED, "seconds": 7, "clock": "database", "by": None}
    assert regress(WentBack(7, DATABASE), START).worker == NOBODY
