"""Every branch of the family has a status, a shape that client libraries read, and safe words."""

import inspect

import orjson
import pytest

from phiward.domain import errors
from phiward.gateway.errors import STATUS, bare_failure, error_body, error_response, status_of

BRANCHES = [
    branch
    for _, branch in inspect.getmembers(errors, inspect.isclass)
    if issubclass(branch, errors.PhiwardError) and branch is not errors.PhiwardError
]
NOT_FOR_HTTP = {errors.ConfigurationError, errors.AuditIntegrityError, errors.ImportFailedError}


def made(branch: type[errors.PhiwardError]) -> errors.PhiwardError:
    """An instance, whatever its constructor takes."""
    return branch() if branch is errors.PatientNotFoundError else branch("words")


@pytest.mark.parametrize("branch", BRANCHES)
def test_every_error_that_a_request_can_meet_has_a_status(branch: type[errors.PhiwardError]) -> None:
    """A new branch without a status would become a bare 500 by accident."""
    if branch not in NOT_FOR_HTTP:
        assert status_of(made(branch))[0] != 500
        assert any(base in STATUS for base in branch.__mro__)


def test_a_defect_says_nothing_about_itself() -> None:
    """The bare failure is the same for every defect."""
    response = bare_failure()
    assert response.status_code == 500
    assert orjson.loads(response.body)["error"]["code"] == "internal"


@pytest.mark.parametrize(
    ("error", "retry"),
    [
        pytest.param(errors.NotPermittedError("no", rule="r"), "false", id="policy will not change in a second"),
        pytest.param(errors.UnsafeContentError("no"), "false", id="each try would stand in the log"),
        pytest.param(errors.UpstreamError("down"), None, id="an upstream may come back"),
        pytest.param(errors.AuditUnavailableError("full"), None, id="a disk may be cleared"),
    ],
)
def test_clients_retry_only_what_may_pass_the_next_time(error: errors.PhiwardError, retry: str | None) -> None:
    """`x-should-retry: false` stops the SDK's two silent retries."""
    assert error_response(error).headers.get("x-should-retry") == retry


def test_the_body_has_the_openai_shape_with_rule_and_advice() -> None:
    """message, type, param and code are what the SDK surfaces."""
    body = error_body(errors.NotPermittedError("Not for billing.", rule="treatment_only"))["error"]
    assert body["message"] == "Not for billing."
    assert body["type"] == "permission_error"
    assert body["code"] == "not_permitted"
    assert body["rule"] == "treatment_only"
    assert body["param"] is None
    assert body["advice"]


def test_unknown_malformed_and_foreign_patients_read_the_same() -> None:
    """One class without arguments: nothing can tell them apart."""
    assert error_body(errors.PatientNotFoundError()) == error_body(errors.PatientNotFoundError())
    assert status_of(errors.PatientNotFoundError())[0] == 404
