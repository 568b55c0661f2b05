"""What the log says of itself."""

from uuid import uuid4

import pytest

from phiward.audit.catalogue import recordable
from tests.rooms.audit.made import SIGNER

EVENTS = [
    ("log.opened", {"shard": "2026", "previous": None, "previous_origin": None}),
    ("log.restored", {"shard": "2026.2", "lost": None, "kept_size": 7, "reason": "disk_failed"}),
    ("log.clock_regressed", {"seconds": 3600}),
    ("log.heartbeat", {"entries": 12, "since": "2026-11-24T12:00:00Z"}),
    ("log.gateway_started", {"version": "0.3.0"}),
    ("log.gateway_stopped", {}),
    ("log.verified", {"holds": False, "entries": 9, "findings": ["gap"], "first_bad_index": 3}),
    ("log.verification_overridden", {"reason": "restored", "findings": ["log_cut"]}),
    ("log.shard_destroyed", {"shard": "2019", "size": 9, "root": "0" * 64, "schedule": {"log": 7}}),
]


@pytest.mark.parametrize(("action", "facts"), EVENTS, ids=[action for action, _ in EVENTS])
def test_what_the_parts_of_the_log_record_is_taken(action: str, facts: dict[str, object]) -> None:
    """As they write it, of kind `log`."""
    assert recordable("log", {"action": action, **facts})
    assert not recordable("log", {"action": action, **facts, "words": "all is well"})


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("key.destroyed", {"patient": str(uuid4()), "reason": "retention_over", "classes": ["phi"]}),
        ("hold.placed", {"hold": str(uuid4()), "subject": str(uuid4()), "reason": "litigation"}),
        ("anchor.probed", {"anchor": "s3://bucket/prefix", "holds": True, "steps": {"delete": "refused"}}),
        ("audit.reconstructed", {"interaction": str(uuid4()), "reader": str(uuid4())}),
        ("audit.proved", {"entry": str(uuid4())}),
        ("audit.exported", {"shard": "2026", "entries": 3}),
    ],
)
def test_acts_on_the_log_are_taken_under_either_kind(action: str, facts: dict[str, object]) -> None:
    """By a person, or by a part of the program."""
    assert recordable("administration", {"action": action, "actor": "root (uid 0)", **facts})
    assert recordable("log", {"action": action, **facts})


def test_a_shard_opens_with_the_note_that_the_signer_made() -> None:
    """The very bytes, and nothing that only looks like one."""
    note = SIGNER.checkpoint(12, bytes(32)).decode()
    facts = {"action": "log.opened", "shard": "2027", "previous_origin": SIGNER.name}
    assert recordable("log", {**facts, "previous": note})
    assert not recordable("log", {**facts, "previous": note + "And all is well.\n"})
    assert not recordable("log", {**facts, "previous": note.replace("\u2014", "-")})
