"""One handler turns the family of errors into OpenAI-shaped bodies with the right status.

Refusals by policy carry `x-should-retry: false`: client libraries otherwise ask three times, and
each refusal would stand in the log three times. No body ever repeats input.
"""

from typing import Any

import orjson
from starlette.responses import Response

from phiward.domain import errors

STATUS: dict[type[errors.PhiwardError], tuple[int, str]] = {
    errors.TooLargeError: (413, "invalid_request_error"),
    errors.InvalidRequestError: (400, "invalid_request_error"),
    errors.NotAuthenticatedError: (401, "authentication_error"),
    errors.NotPermittedError: (403, "permission_error"),
    errors.PatientNotFoundError: (404, "not_found_error"),
    errors.ModelNotFoundError: (404, "not_found_error"),
    errors.NoBaaError: (403, "permission_error"),
    errors.UnsafeContentError: (400, "unsafe_content_error"),
    errors.AuditUnavailableError: (503, "audit_unavailable_error"),
    errors.AnchorError: (503, "audit_unavailable_error"),
    errors.SignerUnavailableError: (503, "audit_unavailable_error"),
    errors.StorageError: (503, "storage_error"),
    errors.VaultError: (503, "vault_error"),
    errors.UpstreamError: (502, "upstream_error"),
    errors.IdentityUnavailableError: (503, "identity_error"),
}
"""HTTP status and OpenAI error type of each branch. What is not listed is a bare 500."""


def status_of(error: errors.PhiwardError) -> tuple[int, str]:
    """Status and type, by the most specific branch that is listed."""
    for branch in type(error).__mro__:
        if branch in STATUS:
            return STATUS[branch]
    return 500, "server_error"


def error_body(error: errors.PhiwardError) -> dict[str, Any]:
    """`{"error": {"message", "type", "param", "code", "rule"?, "advice"}}`."""
    _, kind = status_of(error)
    body: dict[str, Any] = {
        "message": str(error),
        "type": kind,
        "param": error.param,
        "code": error.code,
        "advice": error.advice,
    }
    if error.rule:
        body["rule"] = error.rule
    return {"error": body}


def error_response(error: errors.PhiwardError) -> Response:
    """The whole answer to a refused or failed request."""
    status, _ = status_of(error)
    headers = {} if status in (502, 503) else {"x-should-retry": "false"}
    return Response(orjson.dumps(error_body(error)), status, headers, media_type="application/json")


def bare_failure() -> Response:
    """What a defect answers: nothing about itself."""
    return error_response(errors.PhiwardError("The gateway failed and released nothing."))
