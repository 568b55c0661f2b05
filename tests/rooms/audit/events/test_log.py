"""What the log says of itself."""

from uuid import uuid4

import pytest

from phiward.audit.catalogue import recordable
from phiward.audit.events.log import RULES
from phiward.retention import destruction as retention
from tests.rooms.audit.made import SIGNER

CHECKED = {"first_bad_shard": "2026", "first_bad_index": 3, "anchors_silent": 0, "objects_hidden": 0}
ORDER = {"destruction": str(uuid4()), "reason": "retention_over", "rule": "45 CFR 164.316(b)(2)(i)"}
TURN = {"before": {"destroyed": False}, "after": {"destroyed": True}}
EVENTS = [
    ("log.opened", {"shard": "2026", "previous": None, "lost": None, "reason": None}),
    ("log.clock_regressed", {"seconds": 3600, "clock": "database", "by": None}),
    ("log.heartbeat", {"entries": 12}),
    ("log.gateway_started", {"version": "0.3.0"}),
    ("log.gateway_stopped", {"entries": 13}),
    ("log.verified", {"holds": False, "entries": 9, "findings": ["gap"], **CHECKED}),
    ("log.verification_overridden", {"reason": "inc-2026-17", "findings": ["cut"]}),
    ("log.shard_destroyed", {"shard": "2019", "size": 9, "earlier": [], "patients": [], **ORDER, **TURN}),
]


@pytest.mark.parametrize(("action", "facts"), EVENTS, ids=[action for action, _ in EVENTS])
def test_what_the_parts_of_the_log_record_is_taken(action: str, facts: dict[str, object]) -> None:
    """As they write it, of kind `log`."""
    assert recordable("log", {"action": action, **facts})
    assert not recordable("log", {"action": action, **facts, "words": "all is well"})


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("audit.reconstructed", {"interaction": str(uuid4()), "reader": str(uuid4())}),
        ("audit.proved", {"entry": str(uuid4())}),
        ("audit.exported", {"shard": "2026", "entries": 3}),
    ],
)
def test_acts_on_the_log_are_taken_under_either_kind(action: str, facts: dict[str, object]) -> None:
    """By a person, or by a part of the program."""
    assert recordable("administration", {"action": action, "actor": "root (uid 0)", **facts})
    assert recordable("log", {"action": action, **facts})


HOLD = {"hold": str(uuid4()), "scope": "patient", "subject": str(uuid4()), "patients": [], "reason": "litigation"}


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("key.destroyed", {"patients": [str(uuid4())], "classes": ["phi"], **ORDER, **TURN}),
        ("destruction.refused", {"kind": "shard", "patients": [], "shard": "2019", "rule": "legal_hold"}),
        ("hold.placed", {**HOLD, "before": None, "after": {"stands": True}}),
        ("hold.lifted", {**HOLD, "lift_reason": "over", "before": {"stands": True}, "after": {"stands": False}}),
        ("anchor.probed", {"anchor": "s3://bucket/prefix", "holds": True, "steps": {"delete": "holds"}}),
        ("anchor.probed", {"anchor": "s3://bucket/prefix", "holds": None, "steps": {"access": "untold"}}),
    ],
)
def test_what_keeps_and_destroys_is_an_act_of_somebody(action: str, facts: dict[str, object]) -> None:
    """By a person, with what was before and what is after."""
    assert recordable("administration", {"action": action, "actor": "root (uid 0)", **facts})
    assert not recordable("log", {"action": action, **facts})


def test_the_rules_of_destruction_are_those_of_retention() -> None:
    """Two rooms, one list."""
    assert RULES.values == frozenset(retention.RULES.values())


def test_a_shard_opens_with_the_note_that_the_signer_made() -> None:
    """The very bytes, and nothing that only looks like one."""
    note = SIGNER.checkpoint(12, bytes(32)).decode()
    facts = {"action": "log.opened", "shard": "2027", "lost": None, "reason": None}
    assert recordable("log", {**facts, "previous": note})
    assert not recordable("log", {**facts, "previous": note + "And all is well.\n"})
    assert not recordable("log", {**facts, "previous": note.replace("\u2014", "-")})
