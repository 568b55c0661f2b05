"""How a refusal looks; the pages of it are in test_frame."""

import pytest

from phiward.console.refusals import DENIED, told_of
from phiward.domain.errors import (
    InvalidRequestError,
    ModelNotFoundError,
    NoBaaError,
    NotPermittedError,
    PatientNotFoundError,
    UnsafeContentError,
    UpstreamError,
)


def test_whoever_is_no_patient_of_hers_and_whoever_is_nobody_read_alike() -> None:
    """One state, with the two ways on."""
    assert told_of(PatientNotFoundError()) is DENIED
    assert "If you treat this patient, ask to be added, or use emergency access." in DENIED.more


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (NoBaaError("x"), 403, "Not sent: there is no agreement for this destination"),
        (ModelNotFoundError("x"), 404, "Not sent: there is no such model here"),
        (UpstreamError("x"), 503, "No answer came"),
        (UnsafeContentError("It was withheld."), 403, "It was withheld."),
        (InvalidRequestError("Choose."), 400, "Choose."),
        (NotPermittedError("no", rule="page_role"), 403, "Not available to you"),
    ],
)
def test_each_refusal_says_first_what_became_of_it(error: Exception, status: int, says: str) -> None:
    """Then whether anything was sent."""
    told = told_of(error, "The audit log says what was sent.")  # type: ignore[arg-type]
    assert (told.status, told.says) == (status, says)
    assert told.more.startswith("The audit log says") or told.says == "Not available to you"
