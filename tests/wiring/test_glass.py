"""Emergency access from a page: what does not open a record, what is on record, and the one extension."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from phiward.domain.acts import AdministrativeAct
from phiward.domain.emergency import EmergencyAsk, EmergencyGrant, EmergencyReason
from phiward.domain.errors import NotPermittedError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from phiward.domain.verdict import Deny, Permit, Verdict
from phiward.wiring.access import Access
from phiward.wiring.glass import Glass
from tests.console.twins import signed

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WHO = signed().caller
PATIENT = PatientRef(UUID(int=7))
GRANT = EmergencyGrant(UUID(int=9), WHO.person, PATIENT, NOW, NOW + timedelta(hours=1), False, NOW)
ASK = EmergencyAsk("MRN-1", EmergencyReason.THREAT_TO_LIFE, birth_date="1970-01-31")


@dataclass
class AccessTwin:
    """The policy, the emergencies and the record in one."""

    act: Verdict = field(default_factory=lambda: Permit("role"))
    ask: Verdict = field(default_factory=lambda: Permit("emergency_request"))
    known: bool = True
    held: tuple[EmergencyGrant, ...] = ()
    done: list[Any] = field(default_factory=list)

    @property
    def policy(self) -> "AccessTwin":
        """Itself."""
        return self

    @property
    def emergencies(self) -> "AccessTwin":
        """Itself."""
        return self

    def decide_act(self, caller: Caller, act: AdministrativeAct, now: datetime) -> Verdict:
        """By role."""
        return self.act

    def may_open(self, caller: Caller, ask: EmergencyAsk, now: datetime) -> Verdict:
        """By the request."""
        return self.ask

    async def refused(self, caller: Caller, act: AdministrativeAct, rule: str) -> None:
        """On record."""
        self.done.append(("refused", rule))

    async def confirm(self, tenant: UUID, ask: EmergencyAsk) -> PatientRef:
        """Or nobody."""
        if not self.known:
            raise PatientNotFoundError
        return PATIENT

    async def mine(self, caller: Caller) -> tuple[EmergencyGrant, ...]:
        """What is open."""
        return self.held

    async def open(self, caller: Caller, patient: PatientRef, ask: EmergencyAsk) -> EmergencyGrant:
        """For an hour."""
        self.done.append("open")
        return GRANT

    async def extend(self, caller: Caller, grant: UUID, ask: EmergencyAsk) -> EmergencyGrant:
        """Once."""
        self.done.append("extend")
        return replace(GRANT, extended=True)

    async def end(self, caller: Caller, grant: UUID) -> None:
        """Before its time."""
        self.done.append(("end", grant))


def glass(access: AccessTwin) -> Glass:
    """Over the twin."""
    return Glass(cast(Access, access))


@pytest.mark.parametrize(
    ("access", "done", "reason"),
    [
        (AccessTwin(act=Deny("role", "no")), [("refused", "role")], "another role"),
        (AccessTwin(ask=Deny("emergency_reason", "no")), [("refused", "emergency_reason")], "no reason"),
        (AccessTwin(ask=Deny("step_up", "confirm")), [], "to confirm first is a step of the way"),
    ],
)
async def test_whoever_may_not_opens_nothing(access: AccessTwin, done: list[Any], reason: str) -> None:
    """A refusal stands on record."""
    with pytest.raises(NotPermittedError):
        await glass(access).open(WHO, ASK, NOW)
    assert access.done == done, reason


async def test_a_patient_who_is_not_confirmed_is_nobody_and_that_is_on_record() -> None:
    """As by the gateway's own address."""
    access = AccessTwin(known=False)
    with pytest.raises(PatientNotFoundError):
        await glass(access).open(WHO, ASK, NOW)
    assert access.done == [("refused", "not_confirmed")]


async def test_a_record_opens_is_extended_once_and_then_stays_as_it_is() -> None:
    """By confirming again."""
    access = AccessTwin()
    await glass(access).open(WHO, ASK, NOW)
    access.held = (GRANT,)
    await glass(access).open(WHO, ASK, NOW)
    access.held = (replace(GRANT, extended=True),)
    await glass(access).open(WHO, ASK, NOW)
    assert access.done == ["open", "extend"]
    assert await glass(access).of(WHO, PatientRef(UUID(int=8))) is None
    assert await glass(access).mine(WHO) == access.held
    await glass(access).close(WHO, GRANT.id)
    assert access.done[-1] == ("end", GRANT.id)
