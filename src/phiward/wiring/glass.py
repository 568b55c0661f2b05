"""Emergency access from a page: the same rules, grants and records as for the gateway's own addresses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phiward.domain.acts import AdministrativeAct
from phiward.domain.emergency import EmergencyAsk, EmergencyGrant
from phiward.domain.errors import NotPermittedError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from phiward.domain.verdict import Deny
from phiward.wiring.access import Access


@dataclass(frozen=True, slots=True)
class Glass:
    """Implements console.emergency.Glass."""

    access: Access

    async def open(self, caller: Caller, ask: EmergencyAsk, now: datetime) -> EmergencyGrant:
        """Open one record for an hour; where it is open to her already, its one extension.

        Raises NotPermittedError (rule step_up where she must confirm first), PatientNotFoundError, InvalidRequestError.
        """
        act = AdministrativeAct.REQUEST_EMERGENCY
        verdict = self.access.policy.decide_act(caller, act, now)
        if not isinstance(verdict, Deny):
            verdict = self.access.may_open(caller, ask, now)
        if isinstance(verdict, Deny):
            if verdict.rule != "step_up":  # asked to confirm first is a step of the way, and no refusal
                await self.access.refused(caller, act, verdict.rule)
            raise NotPermittedError(verdict.reason, rule=verdict.rule)
        try:
            patient = await self.access.emergencies.confirm(caller.tenant, ask)
        except PatientNotFoundError:
            await self.access.refused(caller, act, "not_confirmed")
            raise
        held = await self.of(caller, patient)
        if held is None:
            return await self.access.emergencies.open(caller, patient, ask)
        return held if held.extended else await self.access.emergencies.extend(caller, held.id, ask)

    async def of(self, caller: Caller, patient: PatientRef) -> EmergencyGrant | None:
        """What is open to her of this patient."""
        mine = await self.access.emergencies.mine(caller)
        return next((one for one in mine if one.patient == patient), None)

    async def mine(self, caller: Caller) -> tuple[EmergencyGrant, ...]:
        """What is open to her."""
        return await self.access.emergencies.mine(caller)

    async def close(self, caller: Caller, grant: UUID) -> None:
        """Before its time. Raises InvalidRequestError."""
        await self.access.emergencies.end(caller, grant)
