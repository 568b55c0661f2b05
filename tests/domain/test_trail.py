"""An entry as its leaf says it: who acted and whom it is about, whatever the leaf holds."""

from typing import Any
from uuid import UUID

import pytest

from phiward.domain.trail import TrailEntry
from tests.console.twins import NOW

SHE, HE = UUID(int=9), UUID(int=7)


def entry(kind: str = "intent", **facts: Any) -> TrailEntry:
    """One."""
    return TrailEntry(UUID(int=1), UUID(int=2), kind, NOW, "2026", 3, facts)


@pytest.mark.parametrize(
    ("one", "person", "reason"),
    [
        (entry(person=str(SHE)), SHE, "who asked"),
        (entry("administration", actor=f"person:{SHE}", person=str(HE)), SHE, "who did it, not to whom"),
        (entry("administration", actor="root (uid 0)"), None, "the command line is no person"),
        (entry("administration"), None, "nor is nobody"),
        (entry(person="x"), None, "what is no id is nobody"),
        (entry(), None, "a leaf that says nothing"),
    ],
)
def test_who_acted_is_told_from_the_leaf(one: TrailEntry, person: UUID | None, reason: str) -> None:
    """By kind."""
    assert one.person == person, reason


def test_whom_it_is_about_is_told_as_far_as_it_can_be_read() -> None:
    """Never a failure: an entry that somebody edited must be shown too."""
    assert entry(patients=[str(HE), "x"]).patients == (HE,)
    assert entry(patients="x").patients == ()


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"patient": str(HE)}, "a grant, a relation, a consent, a flag"),
        ({"patients": [str(HE)]}, "an emergency, a hold"),
        ({"before": {"patient": str(HE)}, "after": None}, "what ended"),
        ({"before": {"own_patient": None}, "after": {"own_patient": str(HE)}}, "whose own record it is"),
        ({"bound_patient": str(HE)}, "whom a key is bound to"),
        ({"to": str(HE)}, "to whom a document was filed"),
        ({"patient": str(HE), "before": {"patient": str(HE)}}, "twice is once"),
    ],
)
def test_an_act_is_about_whomever_it_names(facts: dict[str, Any], reason: str) -> None:
    """Else the page would say that a grant is about no patient."""
    assert entry("administration", **facts).patients == (HE,), reason


def test_a_destination_that_is_no_id_is_none() -> None:
    """An edited leaf can say anything."""
    assert entry(destination=str(HE)).destination == HE
    assert entry(destination="x").destination is None


def test_an_entry_does_not_print_its_facts() -> None:
    """Ids of patients stand in no log of ours but the log."""
    assert str(HE) not in repr(entry(patients=[str(HE)]))
