"""Whether somebody may do an act of administration from a page: the same policy, and the same record of a refusal."""

from dataclasses import dataclass, replace
from typing import Final

from phiward.adapters.postgres.administration import Administration
from phiward.audit.leaf import encode_leaf
from phiward.domain.acts import AdministrativeAct
from phiward.domain.errors import NotPermittedError
from phiward.domain.people import Caller
from phiward.domain.verdict import Deny, Verdict
from phiward.wiring.access import Access
from phiward.wiring.base import utc_now

STEP_UP: Final = "act_needs_step_up"
"""The rule of administration.cedar that asks for a fresh login."""


@dataclass(frozen=True, slots=True)
class Duties:
    """Decides for the rooms of the pages."""

    access: Access

    async def demand(self, caller: Caller, *acts: AdministrativeAct) -> None:
        """Raise NotPermittedError unless one of the acts is permitted now; rule STEP_UP where she must confirm first.

        To be asked to confirm is a step of the way, and no refusal: it is not put on record.
        """
        if not any(self.would(caller, one) for one in acts):
            verdict = self._decide(self._confirmed(caller), acts[0])
            rule = verdict.rule
            await self.access.refused(caller, acts[0], rule)
            raise NotPermittedError(verdict.reason if isinstance(verdict, Deny) else "Not permitted.", rule=rule)
        if not any(self.may(caller, one) for one in acts):
            raise NotPermittedError("Confirm that it is you: this needs a login of the last minutes.", rule=STEP_UP)

    async def demand_role(self, caller: Caller, *acts: AdministrativeAct) -> None:
        """Raise NotPermittedError unless she may do one of the acts, once she confirmed who she is."""
        if not any(self.would(caller, one) for one in acts):
            await self.demand(caller, *acts)

    def may(self, caller: Caller, act: AdministrativeAct) -> bool:
        """Whether she may now."""
        return not isinstance(self._decide(caller, act), Deny)

    def would(self, caller: Caller, act: AdministrativeAct) -> bool:
        """Whether she may once she confirmed: the rule that asks for it says nothing about her role."""
        return self.may(self._confirmed(caller), act)

    def office(self, caller: Caller) -> Administration:
        """What she does is on record under her id."""
        return Administration(self.access.warden, encode_leaf, utc_now, f"person:{caller.person}")

    def _confirmed(self, caller: Caller) -> Caller:
        accepted = self.access.policy.freshness.accepted_acr
        return replace(caller, auth_time=utc_now(), acr=next(iter(sorted(accepted)), None) if accepted else "any")

    def _decide(self, caller: Caller, act: AdministrativeAct) -> Verdict:
        return self.access.policy.decide_act(caller, act, utc_now())
