"""What an interaction must say, so that 'which patients' can be answered when a key is gone."""

import pytest

from phiward.audit.catalogue import recordable
from phiward.domain.audit import EntryKind
from tests.events import facts_of

NEEDED = [
    "person",
    "credential",
    "credential_kind",
    "roles",
    "patients",
    "documents",
    "document_kinds",
    "trace",
    "version",
]


@pytest.mark.parametrize("fact", NEEDED)
def test_no_intent_forgets_whom_it_was_about(fact: str) -> None:
    """Without it a breach could not be assessed."""
    facts = facts_of(EntryKind.INTENT)
    del facts[fact]
    assert not recordable("intent", facts)


def test_a_step_of_the_trace_is_stage_verdict_rule_and_milliseconds() -> None:
    """And nothing else."""
    facts = facts_of(EntryKind.INTENT)
    assert recordable("intent", {**facts, "trace": [["authorise", "passed", "treatment_in_care", 3]]})
    words = ["authorise", "passed", "It seemed right.", 3]
    for wrong in (words, ["praise", "passed", None, 3], ["authorise", "passed", None]):
        assert not recordable("intent", {**facts, "trace": [wrong]})
