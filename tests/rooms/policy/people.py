"""Invented callers and relations for the tests of this room."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from phiward.domain.access import Relation, RelationSource, Standing
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, PersonId, Role, TenantId
from phiward.domain.text import Secret

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENT = PatientRef(UUID(int=7))


def caller(*roles: Role) -> Caller:
    """A person of one organisation."""
    return Caller(
        PersonId(UUID(int=1)),
        TenantId(UUID(int=2)),
        frozenset(roles),
        UUID(int=3),
        NOW + DAY,
        Secret("phw_invented"),
    )


def relation(
    starts_at: datetime, ends_at: datetime | None, source: RelationSource = RelationSource.CARE_TEAM
) -> Relation:
    """A relation."""
    return Relation(source, starts_at, ends_at)


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
