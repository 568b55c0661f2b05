"""Emergency access over HTTP: ask, extend, end, and what is open. Under /v1, where applications ask anyway.

Whoever may ask is decided by the policy, by a person's own login, and by the patient's confirmation; a wrong
confirmation answers like a patient who is not here. No patient reference stands in an address.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phiward.domain.acts import AdministrativeAct
from phiward.domain.emergency import EmergencyAsk, EmergencyGrant, EmergencyReason
from phiward.domain.errors import InvalidRequestError, NotPermittedError, PatientNotFoundError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from phiward.domain.ports import Clock
from phiward.domain.verdict import Deny, Verdict
from phiward.gateway.body import read_body

MAX_BODY_BYTES = 16_384
PATH = "/v1/emergency-access"


class Door(Protocol):
    """Who holds a credential."""

    async def caller(self, authorization: str | None) -> Caller:
        """By the header Authorization. Raises NotAuthenticatedError."""


class Judge(Protocol):
    """The policy on acts."""

    def decide_act(self, caller: Caller, act: AdministrativeAct, now: datetime, /, *, own: bool = False) -> Verdict:
        """Whether she may."""


class Emergencies(Protocol):
    """The grants; adapters.postgres.emergency implements it."""

    async def confirm(self, tenant: UUID, ask: EmergencyAsk) -> PatientRef:
        """Raises PatientNotFoundError."""

    async def open(self, caller: Caller, patient: PatientRef, ask: EmergencyAsk) -> EmergencyGrant:
        """Raises InvalidRequestError."""

    async def extend(self, caller: Caller, grant: UUID, ask: EmergencyAsk) -> EmergencyGrant:
        """Raises InvalidRequestError."""

    async def patient_of(self, caller: Caller, grant: UUID) -> UUID:
        """Raises InvalidRequestError."""

    async def end(self, caller: Caller, grant: UUID) -> None:
        """Raises InvalidRequestError."""

    async def mine(self, caller: Caller) -> tuple[EmergencyGrant, ...]:
        """What is open."""


class AskBody(BaseModel):
    """The body of a request: one patient, confirmed in one of two ways, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    patient: str = Field(min_length=1, max_length=200)
    reason: str = Field(max_length=40)
    text: str = Field(default="", max_length=1_000)
    birth_date: str | None = Field(default=None, max_length=10)
    identifier: str | None = Field(default=None, max_length=200)


@dataclass(frozen=True, slots=True)
class EmergencyRoutes:
    """The handlers. `may_open` is the room's rule on the request itself (policy.emergency)."""

    door: Door
    judge: Judge
    may_open: Callable[[Caller, EmergencyAsk, datetime], Verdict]
    emergencies: Emergencies
    refused: Callable[[Caller, AdministrativeAct, str], Awaitable[None]]
    clock: Clock

    def routes(self) -> list[Route]:
        """Every address with its method."""
        return [
            Route(PATH, self.list_mine, methods=["GET"]),
            Route(PATH, self.open, methods=["POST"]),
            Route(PATH + "/{grant}/extension", self.extend, methods=["POST"]),
            Route(PATH + "/{grant}", self.end, methods=["DELETE"]),
        ]

    async def list_mine(self, request: Request) -> Response:
        """`GET`: what is open to the caller, with its countdown."""
        caller = await self._caller(request)
        grants = await self.emergencies.mine(caller)
        return _answer({"data": [self._told(one) for one in grants]}, 200)

    async def open(self, request: Request) -> Response:
        """`POST`: open one record for an hour."""
        caller = await self._caller(request)
        ask = await self._admitted(request, caller)
        patient = await self._confirmed(caller, ask)
        return _answer(self._told(await self.emergencies.open(caller, patient, ask)), 201)

    async def extend(self, request: Request) -> Response:
        """`POST …/extension`: one more hour, by confirming the patient and oneself again."""
        caller, grant = await self._caller(request), _grant(request)
        ask = await self._admitted(request, caller)
        patient = await self._confirmed(caller, ask)
        if await self.emergencies.patient_of(caller, grant) != patient:
            raise PatientNotFoundError
        return _answer(self._told(await self.emergencies.extend(caller, grant, ask)), 200)

    async def end(self, request: Request) -> Response:
        """`DELETE`: close the record before its time."""
        caller = await self._caller(request)
        await self.emergencies.end(caller, _grant(request))
        return Response(status_code=204)

    async def _caller(self, request: Request) -> Caller:
        values = request.headers.getlist("authorization")
        if len(values) > 1:
            raise InvalidRequestError("A header came more than once.", param="authorization")
        return await self.door.caller(values[0] if values else None)

    async def _admitted(self, request: Request, caller: Caller) -> EmergencyAsk:
        """The role first, then the request; a refusal stands on record."""
        now = self.clock()
        verdict = self.judge.decide_act(caller, AdministrativeAct.REQUEST_EMERGENCY, now)
        if not isinstance(verdict, Deny):
            ask = _read(await read_body(request, MAX_BODY_BYTES))
            verdict = self.may_open(caller, ask, now)
            if not isinstance(verdict, Deny):
                return ask
        await self.refused(caller, AdministrativeAct.REQUEST_EMERGENCY, verdict.rule)
        raise NotPermittedError(verdict.reason, rule=verdict.rule)

    async def _confirmed(self, caller: Caller, ask: EmergencyAsk) -> PatientRef:
        try:
            return await self.emergencies.confirm(caller.tenant, ask)
        except PatientNotFoundError:
            await self.refused(caller, AdministrativeAct.REQUEST_EMERGENCY, "not_confirmed")
            raise

    def _told(self, grant: EmergencyGrant) -> dict[str, Any]:
        left = max(0, int((grant.ends_at - self.clock()).total_seconds()))
        return {
            "id": str(grant.id),
            "patient": str(grant.patient),
            "starts_at": grant.starts_at.isoformat(),
            "ends_at": grant.ends_at.isoformat(),
            "seconds_left": left,
            "extended": grant.extended,
            "review_due": grant.review_due.isoformat(),
            "purpose": "ETREAT",
        }


def _read(body: bytes) -> EmergencyAsk:
    try:
        read = AskBody.model_validate_json(body)
        reason = EmergencyReason(read.reason)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise InvalidRequestError("The body is not of its form.", param=place or None) from None
    except ValueError:
        codes = ", ".join(EmergencyReason)
        raise InvalidRequestError(f"The reason is one of {codes}.", param="reason") from None
    return EmergencyAsk(read.patient, reason, read.text, read.birth_date, read.identifier)


def _grant(request: Request) -> UUID:
    try:
        return UUID(request.path_params["grant"])
    except ValueError:
        raise InvalidRequestError("There is no emergency access of yours by that id in force.", param="grant") from None


def _answer(value: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")
