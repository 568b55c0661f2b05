"""The beginning of every request; its cases stand in test_journey.py and test_looking.py."""

import pytest

from phiward.domain.errors import NotAuthenticatedError, PatientNotFoundError
from phiward.domain.text import Secret
from phiward.flow.door import authenticate, refuse_unknown_patient
from tests.flow.fakes import AdmissionTwin, PeopleTwin, caller


async def test_a_credential_that_is_not_let_in_is_looked_up_nowhere() -> None:
    """The provider's word comes first."""
    refusal = NotAuthenticatedError("refused")
    with pytest.raises(NotAuthenticatedError, match="refused"):
        await authenticate(AdmissionTwin(refusal), PeopleTwin(None), Secret("x"), None)


def test_a_named_patient_must_be_there_and_nobody_need_be_named() -> None:
    """Unknown and out of care are one."""
    with pytest.raises(PatientNotFoundError):
        refuse_unknown_patient(None, caller(), "40017723")
    refuse_unknown_patient(None, caller(), None)
