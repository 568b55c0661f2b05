"""The beginning of every request: who asks, whether the patient named is there for her, and by what right."""

from datetime import datetime

from phiward.domain.errors import NotAuthenticatedError, NotPermittedError, PatientNotFoundError
from phiward.domain.patients import KnownPatient
from phiward.domain.people import Caller
from phiward.domain.ports import Admission, Opened, People
from phiward.domain.text import Secret
from phiward.domain.verdict import Deny
from phiward.flow.grant import emergency
from phiward.flow.record import Interaction
from phiward.flow.retrieving import Right
from phiward.identity.keys import REFUSED
from phiward.policy.decide import Policy


async def authenticate(admission: Admission, people: People, credential: Secret, patient: str | None) -> Opened:
    """One look at the database, under row-level security.

    Raises NotAuthenticatedError, NotPermittedError, StorageError.
    """
    await admission.admit(credential)
    opened = await people.caller(credential, patient)
    if opened is None:
        raise NotAuthenticatedError(REFUSED)
    return opened


def refuse_unknown_patient(patient: KnownPatient | None, caller: Caller, named: str | None) -> None:
    """Unknown, malformed and out-of-care patients: one error. Raises PatientNotFoundError."""
    if patient is None and (named is not None or caller.bound_patient is not None):
        raise PatientNotFoundError


def authorise(policy: Policy, one: Interaction, right: Right, now: datetime) -> str:
    """The rule that permits; `one` keeps the decision and the emergency grant used. Raises NotPermittedError."""
    one.decision = policy.decide(right.caller, one.subject, right.standing, right.purpose, right.destination_class, now)
    if isinstance(one.decision, Deny):
        raise NotPermittedError(one.decision.reason, rule=one.decision.rule)
    one.emergency = emergency(right.standing, right.purpose, now)
    return one.decision.rule
