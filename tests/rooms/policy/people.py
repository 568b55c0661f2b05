"""Invented callers and relations for the tests of this room."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from phiward.domain.access import DataClass, Relation, RelationSource, Standing
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PersonId, Role, TenantId
from phiward.domain.text import Secret

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENT = PatientRef(UUID(int=7))


def caller(*roles: Role, **more: Any) -> Caller:
    """A person of one organisation, with a personal key unless `more` says otherwise."""
    made = Caller(
        PersonId(UUID(int=1)),
        TenantId(UUID(int=2)),
        frozenset(roles),
        UUID(int=3),
        NOW + DAY,
        Secret("phw_invented"),
    )
    return replace(made, **more)


def relation(
    starts_at: datetime,
    ends_at: datetime | None,
    source: RelationSource = RelationSource.CARE_TEAM,
    *classes: DataClass,
) -> Relation:
    """A relation."""
    return Relation(source, starts_at, ends_at, classes=frozenset(classes))


def standing(*sources: RelationSource, restricted: bool = False) -> Standing:
    """Relations of these sources, in force."""
    return Standing(tuple(relation(NOW - DAY, NOW + DAY, one) for one in sources), (), restricted)


_RELATIONS: dict[str, tuple[Relation, ...]] = {
    "none": (),
    "in force": (relation(NOW - DAY, NOW + DAY),),
    "open-ended": (relation(NOW - DAY, None),),
    "begins this second": (relation(NOW, NOW + DAY),),
    "ends this second": (relation(NOW - DAY, NOW),),
    "ended": (relation(NOW - 2 * DAY, NOW - DAY),),
    "in the future": (relation(NOW + DAY, None),),
    "ended, and another in force": (relation(NOW - 2 * DAY, NOW - DAY), relation(NOW - DAY, None)),
}
STANDINGS = {name: Standing(relations) for name, relations in _RELATIONS.items()}
HOLDING = {"in force", "open-ended", "begins this second", "ended, and another in force"}
