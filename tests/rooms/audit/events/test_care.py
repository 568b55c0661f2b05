"""Relations, units, grants and consents on record."""

from uuid import uuid4

from phiward.audit.catalogue import recordable


def test_the_reason_of_a_grant_stands_sealed_and_not_here() -> None:
    """Its basis is a code."""
    ids = {name: str(uuid4()) for name in ("grant", "person", "patient", "approver")}
    after = {"kind": "manual", "basis": "consult", "classes": ["hiv"], "starts_at": None, "ends_at": None}
    facts = {"action": "grant.added", **ids, "before": None, "after": after}
    assert recordable("administration", facts)
    assert not recordable("administration", {**facts, "reason": "second opinion"})
    assert not recordable("administration", {**facts, "after": {**after, "basis": "her husband asked"}})
