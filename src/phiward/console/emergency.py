"""Emergency access: which patient, why now, and that it is you. No name is shown before the record opens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from starlette.responses import Response

from phiward.console.ports import Drafts
from phiward.console.sign_in import SignInPages
from phiward.console.visits import CLINICIANS, Page, Visit, get, post
from phiward.domain.emergency import EmergencyAsk, EmergencyGrant, EmergencyReason
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller

PATH: Final = "/emergency"
REASONS: Final = (
    (EmergencyReason.CANNOT_CONSENT, "Patient cannot consent"),
    (EmergencyReason.THREAT_TO_LIFE, "Threat to life"),
    (EmergencyReason.COVERING, "I cover for a colleague"),
    (EmergencyReason.CONSULT, "I was asked to consult"),
    (EmergencyReason.OTHER, "Other"),
)
IN_WORDS: Final = {str(code): words for code, words in REASONS}


class Glass(Protocol):
    """The grants; wiring.glass implements it."""

    async def open(self, caller: Caller, ask: EmergencyAsk, now: datetime) -> EmergencyGrant:
        """Raises NotPermittedError (rule step_up), PatientNotFoundError, InvalidRequestError."""

    async def of(self, caller: Caller, patient: PatientRef) -> EmergencyGrant | None:
        """What is open to her of this patient."""

    async def mine(self, caller: Caller) -> tuple[EmergencyGrant, ...]:
        """What is open to her."""

    async def close(self, caller: Caller, grant: UUID) -> None:
        """Raises InvalidRequestError."""


@dataclass(frozen=True, slots=True)
class EmergencyPages:
    """`door` leads to the provider; `drafts` keep the form meanwhile, sealed."""

    glass: Glass
    drafts: Drafts
    door: SignInPages

    def declared(self) -> list[Page]:
        """`/emergency`."""
        return [
            get(PATH, self.show, CLINICIANS, nav="Emergency access", drafts=True),
            post(PATH, self.open, CLINICIANS, drafts=True),
            post(PATH + "/{grant}/close", self.close, CLINICIANS),
        ]

    async def show(self, visit: Visit) -> Response:
        """`GET /emergency`: the form, with what was typed before the provider asked."""
        return visit.page("emergency", reasons=REASONS, mine=await self.glass.mine(visit.caller), told="")

    async def open(self, visit: Visit) -> Response:
        """`POST /emergency`: to the record; by way of the provider where she must confirm first."""
        try:
            grant = await self.glass.open(visit.caller, _ask(visit), visit.now)
        except NotPermittedError as refusal:
            if refusal.rule != "step_up":
                raise
            await self.drafts.keep(visit.token, PATH, visit.form.typed())
            return await self.door.confirm(visit.token, PATH)
        return visit.go(f"/ask/{grant.patient}")

    async def close(self, visit: Visit) -> Response:
        """`POST /emergency/{grant}/close`: before its time."""
        await self.glass.close(visit.caller, _identity(visit.request.path_params["grant"]))
        return visit.go(PATH)


def _ask(visit: Visit) -> EmergencyAsk:
    number, born = visit.form.text("number", most=200, least=1), visit.form.day("born")
    try:
        reason = EmergencyReason(visit.form.get("reason", ""))
    except ValueError:
        raise InvalidRequestError("Choose why.", param="reason") from None
    if born is None:
        raise InvalidRequestError("Both the number and the date of birth are needed.", param="born")
    return EmergencyAsk(number, reason, visit.form.text("text", most=1_000), born.isoformat())


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidRequestError("There is no emergency access of yours by that id in force.", param="grant") from None
