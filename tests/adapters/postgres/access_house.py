"""An invented organisation with its administration of access, on the registrar's and on the warden's role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from phiward.adapters.postgres.access_registry import AccessRegistry
from phiward.adapters.postgres.access_report import AccessReports
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.domain.administration import GrantBasis, GrantKind, NewGrant, Span
from phiward.domain.patients import PatientRef
from tests.adapters.postgres.organisation import DAY, Organisation, encode, now
from tests.postgres import RunningDatabase

ROLES = ("registrar", "warden")
UNKNOWN = UUID(int=7)
WEEK = timedelta(days=7)


@dataclass
class AccessHouse:
    """One organisation, and who changes access in it."""

    home: Organisation
    access: AccessRegistry
    reports: AccessReports
    running: RunningDatabase

    @property
    def tenant(self) -> UUID:
        """Its id."""
        return self.home.tenant

    async def last(self) -> dict[str, Any]:
        """The newest entry in the log."""
        return (await self.home.log())[-1]

    async def told(self, action: str) -> dict[str, Any]:
        """The newest entry of one kind of act."""
        return [one for one in await self.home.log() if one["action"] == action][-1]

    async def sees(self, person: UUID, reference: str) -> bool:
        """Whether the gateway shows her the patient: asked as the gateway asks."""
        session = await self.home.session(person)  # type: ignore[arg-type]
        opened = await self.home.people.caller(session, reference)
        assert opened is not None
        return opened.patient is not None

    async def patient(self, reference: str | None = None) -> PatientRef:
        """A patient of nobody."""
        return await self.home.patient(reference or f"mrn-{uuid4()}", treated=False)


@asynccontextmanager
async def access_house(db: Any, running: RunningDatabase, role: str) -> AsyncIterator[AccessHouse]:
    """With the administration on one role's own pool."""
    home = await Organisation.found(db)
    pool = Database(getattr(running, role))
    await pool.open()
    try:
        administration = Administration(pool, encode, now, f"person:{UUID(int=9)}")
        yield AccessHouse(
            home, AccessRegistry(administration, home.vault), AccessReports(administration, home.vault), running
        )
    finally:
        await pool.close()


def soon() -> Span:
    """From now for a day."""
    return Span(None, now() + DAY)


def grant(person: UUID, patient: UUID, approver: UUID, **other: Any) -> NewGrant:
    """A consult for a day."""
    asked: dict[str, Any] = {
        "kind": GrantKind.MANUAL, "person": person, "patient": patient, "basis": GrantBasis.CONSULT,
        "approver": approver, "reason": "second opinion", "span": soon(), **other,
    }  # fmt: skip
    return NewGrant(**asked)
