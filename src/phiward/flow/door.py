"""The beginning of every request: who holds the credential, and whether the patient named is there for her."""

from phiward.domain.errors import NotAuthenticatedError, PatientNotFoundError
from phiward.domain.patients import KnownPatient
from phiward.domain.people import Caller
from phiward.domain.ports import Admission, Opened, People
from phiward.domain.text import Secret
from phiward.identity.keys import REFUSED


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
