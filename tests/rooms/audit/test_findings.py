"""A report names the first place that is bad, and turns into JSON."""

import json
from dataclasses import asdict

from phiward.audit.findings import Finding, FindingKind, Report, ShardReport

SHARDS = (ShardReport("2025", 10, "00", 1, 1, 10), ShardReport("2026", 9, "00", 1, 1, 9))


def report(*findings: Finding) -> Report:
    """Of a log of two shards."""
    return Report(not findings, 19, 0, (), findings, shards=SHARDS)


def test_the_first_bad_index_is_the_lowest_that_is_known() -> None:
    """Findings without a place do not count."""
    bad = report(
        Finding(FindingKind.CHECKPOINT_INVALID, None, "a"),
        Finding(FindingKind.ROW, 7, "b"),
        Finding(FindingKind.GAP, 4, "c"),
    )
    assert bad.first_bad_index == 4
    assert report().first_bad_index is None
    assert report(Finding(FindingKind.ANCHOR_INVALID, None, "a")).first_bad_index is None


def test_the_first_bad_place_is_in_the_earliest_shard() -> None:
    """Whatever was found first."""
    bad = report(Finding(FindingKind.ROW, 2, "a", "2026"), Finding(FindingKind.CUT, 7, "b", "2025"))
    assert bad.first_bad == ("2025", 7)
    assert report(Finding(FindingKind.ROW, 2, "a", "2026")).first_bad == ("2026", 2)
    assert report().newest.name == "2026"


def test_a_report_is_plain_json() -> None:
    """Kinds are words, not objects."""
    told = json.loads(json.dumps(asdict(report(Finding(FindingKind.CUT, 3, "x")))))
    assert told["findings"] == [{"kind": "log cut or rewound", "index": 3, "detail": "x", "shard": ""}]
