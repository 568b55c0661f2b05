"""Emergencies on record."""

from uuid import uuid4

import pytest

from phiward.audit.catalogue import recordable
from phiward.domain.emergency import EmergencyReason


@pytest.mark.parametrize("reason", EmergencyReason)
def test_why_is_a_code_and_her_own_words_are_sealed(reason: EmergencyReason) -> None:
    """Every code can be recorded, and no words can."""
    ids = {"grant": str(uuid4()), "person": str(uuid4()), "patients": [str(uuid4())], "session": str(uuid4())}
    facts = {
        "action": "emergency.opened", **ids, "reason": str(reason), "offline": False,
        "ends_at": "2026-11-24T12:00:00+00:00", "before": None, "after": {"open": True},
    }  # fmt: skip
    assert recordable("administration", facts)
    assert not recordable("administration", {**facts, "reason": "found alone at home"})
