"""Emergency access over HTTP: every way that must stay shut, then the way in. Grants themselves: adapters."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from phiward.domain.acts import AdministrativeAct
from phiward.domain.emergency import EmergencyAsk, EmergencyGrant
from phiward.domain.errors import InvalidRequestError, NotAuthenticatedError, PatientNotFoundError, PhiwardError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller
from phiward.domain.verdict import Deny, Permit, Verdict
from phiward.gateway.emergency import PATH, EmergencyRoutes
from phiward.gateway.errors import error_response
from tests.flow.fakes import caller

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PATIENT, GRANT = PatientRef(UUID(int=7)), UUID(int=9)
ADMITTED: Verdict = Permit("admitted")
BODY = {"patient": "mrn-1", "reason": "threat_to_life", "text": "found alone", "birth_date": "1949-07-22"}


@dataclass
class House:
    """Twins of everything behind the routes; each refuses where a test says so."""

    who: Caller | None = field(default_factory=caller)
    role: Verdict = ADMITTED
    request: Verdict = ADMITTED
    confirmed: bool = True
    other_patient: bool = False
    failure: PhiwardError | None = None
    opened: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def caller(self, authorization: str | None) -> Caller:
        """The door."""
        if self.who is None:
            raise NotAuthenticatedError("no")
        return self.who

    def decide_act(self, who: Caller, act: AdministrativeAct, now: datetime, /, *, own: bool = False) -> Verdict:
        """The policy."""
        assert act is AdministrativeAct.REQUEST_EMERGENCY
        return self.role

    def may_open(self, who: Caller, ask: EmergencyAsk, now: datetime) -> Verdict:
        """The room's rule."""
        return self.request

    async def confirm(self, tenant: UUID, ask: EmergencyAsk) -> PatientRef:
        """The patient."""
        if not self.confirmed:
            raise PatientNotFoundError
        return PATIENT

    async def open(self, who: Caller, patient: PatientRef, ask: EmergencyAsk) -> EmergencyGrant:
        """The grant."""
        if self.failure:
            raise self.failure
        self.opened.append("open")
        return self.grant()

    async def extend(self, who: Caller, grant: UUID, ask: EmergencyAsk) -> EmergencyGrant:
        """One more hour."""
        self.opened.append("extend")
        return self.grant()

    async def patient_of(self, who: Caller, grant: UUID) -> UUID:
        """Whose record it is."""
        return uuid4() if self.other_patient else PATIENT

    async def end(self, who: Caller, grant: UUID) -> None:
        """The end."""
        self.opened.append("end")

    async def mine(self, who: Caller) -> tuple[EmergencyGrant, ...]:
        """What is open."""
        return (self.grant(),)

    async def refused(self, who: Caller, act: AdministrativeAct, rule: str) -> None:
        """On record."""
        self.refusals.append(rule)

    def grant(self) -> EmergencyGrant:
        """Twenty minutes old."""
        begun = NOW - timedelta(minutes=20)
        return EmergencyGrant(GRANT, uuid4(), PATIENT, begun, begun + timedelta(hours=1), False, NOW)

    async def ask(self, method: str, path: str = "", **more: Any) -> httpx2.Response:
        """One request, with the handler of the family as the application has it."""

        async def refuse(request: Request, error: Exception) -> Response:
            assert isinstance(error, PhiwardError)
            return error_response(error)

        routes = EmergencyRoutes(self, self, self.may_open, self, self.refused, lambda: NOW).routes()
        app = Starlette(routes=routes, exception_handlers={PhiwardError: refuse})
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
            return await client.request(method, PATH + path, **more)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("POST", f"/{GRANT}/extension"), ("DELETE", f"/{GRANT}")]
)
async def test_nobody_without_a_credential_is_answered(method: str, path: str) -> None:
    """401 on each of them."""
    assert (await House(who=None).ask(method, path, json=BODY)).status_code == 401


@pytest.mark.parametrize("path", ["", f"/{GRANT}/extension"])
@pytest.mark.parametrize(
    ("change", "status", "recorded", "reason"),
    [
        ({"role": Deny("default_deny", "no")}, 403, "default_deny", "not for this role"),
        ({"request": Deny("step_up", "sign in again")}, 403, "step_up", "no fresh login"),
        ({"request": Deny("emergency_not_a_person", "no")}, 403, "emergency_not_a_person", "an agent"),
        ({"confirmed": False}, 404, "not_confirmed", "the patient is not confirmed, or not here"),
    ],
)
async def test_what_is_refused_opens_nothing_and_stands_on_record(
    path: str, change: dict[str, Any], status: int, recorded: str, reason: str
) -> None:
    """For asking and for extending alike."""
    house = House(**change)
    answer = await house.ask("POST", path, json=BODY)
    assert answer.status_code == status, reason
    assert house.refusals == [recorded]
    assert house.opened == []


async def test_an_extension_is_for_the_patient_of_the_grant() -> None:
    """Confirming another patient extends nothing."""
    house = House(other_patient=True)
    assert (await house.ask("POST", f"/{GRANT}/extension", json=BODY)).status_code == 404
    assert house.opened == []


@pytest.mark.parametrize(
    ("body", "param", "reason"),
    [
        ({}, "patient", "nothing"),
        ({**BODY, "reason": "boredom"}, "reason", "no code"),
        ({**BODY, "patients": ["a", "b"]}, "patients", "a second patient"),
        ({**BODY, "patient": ""}, "patient", "an empty reference"),
        ({**BODY, "text": "x" * 1_001}, "text", "too many words"),
        ({**BODY, "birth_date": 1949}, "birth_date", "no text"),
    ],
)
async def test_a_body_that_is_not_of_its_form_is_refused_and_not_repeated(
    body: dict[str, Any], param: str, reason: str
) -> None:
    """The place is named."""
    answer = await House().ask("POST", json=body)
    assert answer.status_code == 400, reason
    assert answer.json()["error"]["param"] == param
    assert "boredom" not in answer.text
    assert "mrn-1" not in answer.text


async def test_an_id_that_is_none_is_like_an_unknown_one() -> None:
    """400, with the same words as for a grant that is not hers."""
    house = House()
    answer = await house.ask("DELETE", "/no-id")
    assert answer.status_code == 400
    assert house.opened == []


async def test_what_cannot_be_recorded_opens_nothing() -> None:
    """The adapter's refusal goes on to the caller."""
    assert (await House(failure=InvalidRequestError("open already")).ask("POST", json=BODY)).status_code == 400


async def test_an_opened_record_is_told_with_its_countdown_and_purpose() -> None:
    """So that the application can show a banner and ask with ETREAT."""
    house = House()
    made = await house.ask("POST", json=BODY)
    assert made.status_code == 201
    assert (made.json()["seconds_left"], made.json()["purpose"]) == (2_400, "ETREAT")
    assert (await house.ask("POST", f"/{GRANT}/extension", json=BODY)).status_code == 200
    assert (await house.ask("DELETE", f"/{GRANT}")).status_code == 204
    assert (await house.ask("GET")).json()["data"][0]["id"] == str(GRANT)
    assert house.opened == ["open", "extend", "end"]
