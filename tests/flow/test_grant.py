"""By what right, and until when."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from phiward.domain.access import NO_STANDING, Relation, RelationSource, Standing
from phiward.domain.people import PurposeOfUse
from phiward.flow.grant import emergency, until
from tests.flow.fakes import NOW, caller

HOUR = timedelta(hours=1)
TEAM, GLASS = RelationSource.CARE_TEAM, RelationSource.EMERGENCY


def relation(source: RelationSource, ends: timedelta | None, number: int = 1) -> Relation:
    """In force since yesterday."""
    return Relation(source, NOW - timedelta(days=1), None if ends is None else NOW + ends, UUID(int=number))


@pytest.mark.parametrize(
    ("lifetime", "idle", "relations", "expected", "reason"),
    [
        (HOUR, None, (), HOUR, "the credential ends"),
        (HOUR, 900, (), timedelta(minutes=15), "the answer is no activity: the idle limit runs from the question"),
        (timedelta(minutes=5), 900, (), timedelta(minutes=5), "the absolute limit comes first"),
        (HOUR, None, (timedelta(minutes=3),), timedelta(minutes=3), "the relation ends"),
        (HOUR, None, (timedelta(minutes=3), timedelta(minutes=9)), timedelta(minutes=9), "the last relation counts"),
        (HOUR, None, (timedelta(minutes=3), None), HOUR, "an open relation does not end"),
    ],
)
def test_an_answer_ends_with_whatever_ends_first(lifetime, idle, relations, expected, reason):
    """Credential, silence, relation."""
    who = replace(caller(lifetime=lifetime), idle_seconds=idle)
    standing = Standing(tuple(relation(TEAM, end) for end in relations))
    assert until(who, standing, NOW) == NOW + expected, reason


@pytest.mark.parametrize(
    ("relations", "purpose", "expected", "reason"),
    [
        ((), PurposeOfUse.ETREAT, None, "no grant"),
        (((TEAM, HOUR, 1),), PurposeOfUse.ETREAT, None, "care is no emergency"),
        (((GLASS, HOUR, 1),), PurposeOfUse.TREAT, None, "another purpose does not use it"),
        (((GLASS, -HOUR, 1),), PurposeOfUse.ETREAT, None, "it is over"),
        (((GLASS, HOUR, 1),), PurposeOfUse.ETREAT, 1, "in force"),
        (((GLASS, HOUR, 1), (GLASS, 2 * HOUR, 2)), PurposeOfUse.ETREAT, 2, "the one that ends last"),
    ],
)
def test_an_emergency_is_used_by_its_own_purpose_alone(relations, purpose, expected, reason):
    """v3 PurposeOfUse ETREAT."""
    found = emergency(Standing(tuple(relation(*one) for one in relations)), purpose, NOW)
    assert (found and found.grant) == (None if expected is None else UUID(int=expected)), reason
    assert emergency(NO_STANDING, purpose, NOW) is None
