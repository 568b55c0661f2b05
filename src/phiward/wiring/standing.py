"""What stands between a person and a patient, as the report and the consents tell it: for explanations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from phiward.domain.access import Consent, DataClass, Relation, RelationSource, Standing
from phiward.domain.administration import AccessRow, ConsentEntry


class Reports(Protocol):
    """Whatever tells who may see a patient, in force now, and puts the question on record."""

    async def who_may_see(self, tenant: UUID, patient: UUID) -> Sequence[AccessRow]:
        """Raises PatientNotFoundError."""


class Consents(Protocol):
    """Whatever lists the consents of an organisation, in pages by id."""

    async def consents(self, tenant: UUID, after: UUID = ..., limit: int = ...) -> Sequence[ConsentEntry]:
        """The next page after an id; empty at the end."""


async def standing_of(
    reports: Reports, consents: Consents, tenant: UUID, person: UUID, patient: UUID, now: datetime
) -> Standing:
    """What stands between them in force now. A source or a class that this version does not know opens nothing."""
    rows = [one for one in await reports.who_may_see(tenant, patient) if one.person == person]
    sources, classes = frozenset(map(str, RelationSource)), frozenset(map(str, DataClass))
    relations = tuple(
        Relation(
            RelationSource(one.source),
            one.starts_at,
            one.ends_at,
            one.grant,
            frozenset(DataClass(name) for name in one.classes if name in classes),
        )
        for one in rows
        if one.source in sources
    )
    given: list[Consent] = []
    after = UUID(int=0)
    while page := await consents.consents(tenant, after):
        given += [
            Consent(DataClass(one.data_class), one.purpose)
            for one in page
            if one.patient == patient and one.data_class in classes and _in_force(one, now)
        ]
        after = page[-1].id
    return Standing(relations, tuple(given), any(one.restricted for one in rows))


def _in_force(one: ConsentEntry, now: datetime) -> bool:
    return one.revoked_at is None and one.starts_at <= now < one.ends_at
