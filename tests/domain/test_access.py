"""What stands between a person and a patient."""

from datetime import UTC, datetime, timedelta

import pytest

from phiward.domain.access import CARE, DIRECT_CARE, Relation, RelationSource, Standing

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TEAM = RelationSource.CARE_TEAM


@pytest.mark.parametrize(
    ("starts", "ends", "holds", "reason"),
    [
        (-DAY, None, True, "open-ended"),
        (timedelta(), DAY, True, "its first instant counts"),
        (-DAY, timedelta(), False, "its last does not"),
        (-2 * DAY, -DAY, False, "over"),
        (DAY, None, False, "not yet"),
    ],
)
def test_a_relation_begins_with_its_first_instant_and_is_over_at_its_last(starts, ends, holds, reason):
    """As in the database: starts_at <= now < ends_at."""
    relation = Relation(TEAM, NOW + starts, None if ends is None else NOW + ends)
    assert relation.holds(NOW) == holds, reason


@pytest.mark.parametrize(
    ("ends", "expected", "reason"),
    [
        ((), None, "no relation"),
        ((DAY,), DAY, "one that ends"),
        ((DAY, 2 * DAY), 2 * DAY, "the last one counts"),
        ((DAY, None), None, "an open one never ends"),
        ((-DAY, DAY), DAY, "what is over does not count"),
    ],
)
def test_access_ends_with_the_last_relation_in_force(ends, expected, reason):
    """A stream is cut then."""
    standing = Standing(tuple(Relation(TEAM, NOW - 9 * DAY, None if end is None else NOW + end) for end in ends))
    assert standing.ends_at(NOW) == (None if expected is None else NOW + expected), reason


def test_neither_own_record_nor_proxy_nor_emergency_is_care():
    """And a department or a panel names no patient to the person herself."""
    assert {RelationSource.SELF, RelationSource.PROXY, RelationSource.EMERGENCY}.isdisjoint(CARE)
    assert {RelationSource.DEPARTMENT, RelationSource.PANEL} == CARE - DIRECT_CARE
