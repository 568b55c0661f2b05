"""An organisation where glass is broken: a clinician without a care relation, officers, and a clock that can be set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from phiward.adapters.postgres.emergency import Emergencies
from phiward.adapters.postgres.reviews import Reviews
from phiward.domain.emergency import EmergencyAsk, EmergencyReason
from phiward.domain.people import Caller, Role
from phiward.policy.working_days import WorkingDays
from phiward.records.confirmation import confirmation_digest
from tests.adapters.postgres.session_house import SessionHouse, session_house
from tests.postgres import RunningDatabase

BORN = "1949-07-22"


@dataclass
class Clock:
    """Now, moved by a test."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The database's time and what a test added."""
        return datetime.now(UTC) + self.ahead


@dataclass
class EmergencyHouse:
    """One organisation. `caller` is a clinician who just confirmed who she is; nobody treats `patient`."""

    base: SessionHouse
    clock: Clock
    caller: Caller
    patient: UUID
    officer: UUID
    emergencies: Emergencies
    reviews: Reviews
    ask: EmergencyAsk = field(
        default_factory=lambda: EmergencyAsk("mrn-1", EmergencyReason.THREAT_TO_LIFE, "found alone", birth_date=BORN)
    )

    @property
    def tenant(self) -> UUID:
        """Its id."""
        return self.base.tenant

    async def open(self, **other: Any) -> Any:
        """Confirm and open, as the gateway does."""
        patient = await self.emergencies.confirm(self.tenant, self.ask)
        return await self.emergencies.open(replace(self.caller, **other), patient, self.ask)

    async def sees(self) -> bool:
        """Whether the clinician's session shows the patient now."""
        opened = await self.base.home.people.caller(self.caller.session, "mrn-1", activity=False)
        return opened is not None and opened.patient is not None

    def alerts(self) -> list[tuple[Any, ...]]:
        """Kind, channel and recipient of every alert."""
        return self.base.as_admin(
            "SELECT kind, channel, recipient FROM alert WHERE tenant = %s ORDER BY kind, channel, recipient",
            self.tenant,
        )


@asynccontextmanager
async def emergency_house(db: Any, running: RunningDatabase) -> AsyncIterator[EmergencyHouse]:
    """Furnished anew."""
    clock = Clock()
    async with session_house(db, running, clock) as base:
        home = base.home
        clinician = await home.person(practitioner=None)
        officer = await home.person(Role.PRIVACY_OFFICER, practitioner=None)
        base.as_admin("UPDATE person SET email = 'officer@hospital.example' WHERE id = %s", officer)
        patient = await home.patient("mrn-1", "account-1", treated=False)
        digest = confirmation_digest(home.vault, base.tenant, patient, BORN)
        base.as_admin("UPDATE patient SET confirmation = %s WHERE id = %s", digest, patient)
        issued = await base.begin(clinician, auth_time=clock(), acr="mfa")
        caller = await base.caller(issued.text)
        assert caller is not None
        calendar = WorkingDays()
        yield EmergencyHouse(
            base,
            clock,
            caller,
            patient,
            officer,
            Emergencies(base.administration, home.vault, calendar, webhook=True),
            Reviews(base.administration, home.vault, calendar, webhook=True),
        )


def unknown() -> UUID:
    """An id that names nothing."""
    return uuid4()
