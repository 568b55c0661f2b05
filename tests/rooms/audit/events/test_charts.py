"""Imports, the index and deletions on record."""

from uuid import uuid4

import pytest

from phiward.audit.catalogue import recordable
from phiward.domain.deletion import DeletionReason
from phiward.wiring.watching import Look


@pytest.mark.parametrize("reason", DeletionReason)
def test_a_deletion_has_a_code_for_its_reason(reason: DeletionReason) -> None:
    """What somebody could write in words might be about the patient."""
    facts = {"action": "document.deleted", "document": str(uuid4()), "patients": [str(uuid4())]}
    facts |= {"before": {"version": 1}, "after": None}
    assert recordable("administration", {**facts, "reason": str(reason)})
    assert not recordable("administration", {**facts, "reason": "scan of Mrs Okafor"})


def test_what_a_look_counts_is_what_the_log_takes() -> None:
    """A count that is added in one place is missed here."""
    assert recordable("administration", {"action": "place.watched", **Look().counts()})
