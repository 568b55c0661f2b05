"""Vendors on record."""

from uuid import uuid4

from phiward.audit.catalogue import recordable


def test_a_vendor_is_named_in_a_few_words_and_a_risk_in_none() -> None:
    """What the person was shown is told by its digest; her reason stands in the registry."""
    times = {"starts_at": "2026-11-24T12:00:00+00:00", "ends_at": "2027-11-24T12:00:00+00:00"}
    ids = {name: str(uuid4()) for name in ("acceptance", "destination", "accepted_by")}
    facts = {"action": "risk.accepted", **ids, **times, "before": None, "after": times, "measured": "0" * 64}
    assert recordable("administration", facts)
    assert not recordable("administration", {**facts, "measured": "1 name in 20 may be missed"})
    assert not recordable("administration", {**facts, "reason": "we need it"})
