"""A verification told to people: the verdict, how far anchors reach, what was found and where."""

import pytest

from phiward.audit.findings import Finding, FindingKind, Notice, NoticeKind, Report, ShardReport
from phiward.cli.audit_report import counting, print_report
from phiward.wiring.integrity import Checked

SHARDS = (ShardReport("2025", 9, "aa", 3, 1, 9, destroyed=True), ShardReport("2026", 12, "bb", 4, 2, 10))


def told(capsys: pytest.CaptureFixture[str], *findings: Finding, silent: tuple[str, ...] = ()) -> str:
    """What is printed."""
    notices = (Notice(NoticeKind.CLOCK, 7, "the clock of a database went back by 3600 seconds", "2026"),)
    report = Report(not findings, 21, 2, ("x",), findings, notices, SHARDS, more=3 if findings else 0)
    print_report(Checked(report, silent))
    return " ".join(capsys.readouterr().out.split())


def test_what_does_not_hold_is_said_first_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    """Shard, index, and in words; and how many more there are."""
    out = told(capsys, Finding(FindingKind.CUT, 12, "a signed checkpoint has 20 entries, the log has 12", "2026"))
    assert out.startswith("✗ DOES NOT HOLD 21 entries, 2 not numbered yet")
    assert "log cut or rewound at index 12 of 2026: a signed checkpoint has 20 entries" in out
    assert "and 3 more" in out


def test_what_holds_says_how_far_the_anchors_reach_and_what_should_be_known(capsys: pytest.CaptureFixture[str]) -> None:
    """Each shard; requests under way; anchors that were not asked."""
    out = told(capsys, silent=("witness.example.org",))
    assert out.startswith("✓ holds")
    assert "2025: destroyed on record, 9 entries" in out
    assert "2026: 12 entries, root bb checkpoints kept outside the database reach 10 entries" in out
    assert "1 requests are under way" in out
    assert "a clock went back at index 7 of 2026" in out
    assert "not asked: witness.example.org" in out


def test_no_count_is_shown_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs read standard output."""
    with counting("Reading entries", show_it=True) as progress:
        progress(1_000)
    assert capsys.readouterr().out == ""
