"""How a refusal looks: whether anything was sent, what to do, the id to quote. Unknown and not permitted look alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from phiward.console.pages import Pages
from phiward.domain.errors import (
    AuditUnavailableError,
    InvalidRequestError,
    ModelNotFoundError,
    NoBaaError,
    NotAuthenticatedError,
    NotPermittedError,
    PatientNotFoundError,
    PhiwardError,
    UnsafeContentError,
    UpstreamError,
)

NOTHING_SENT: Final = "Nothing was sent."


@dataclass(frozen=True, slots=True)
class Told:
    """A state of a page: the note's class, its first words, what follows, and whether emergency access is a way on."""

    status: int
    state: str
    says: str
    more: str
    emergency: bool = False


DENIED: Final = Told(
    404,
    "due",
    "Not available to you",
    "There is no record that you may open with this number. If you treat this patient, ask to be added, or use "
    "emergency access.",
    emergency=True,
)
OTHER_ROLE: Final = Told(403, "due", "Not available to you", "There is no page for you by this address.")


def told_of(error: PhiwardError, sent: str = NOTHING_SENT) -> Told:
    """The state that a page shows for an error. `sent` says whether anything left before it."""
    if isinstance(error, PatientNotFoundError):
        return DENIED
    if isinstance(error, NotPermittedError) and error.rule == "page_role":
        return OTHER_ROLE
    for kind, made in _WORDS.items():
        if isinstance(error, kind):
            return Told(made.status, made.state, made.says or str(error), f"{sent} {made.more or error.advice}")
    return Told(503, "bad", "This did not work", f"{sent} {error} {error.advice}")


_WORDS: Final = {
    AuditUnavailableError: Told(
        503, "bad", "Not sent: the audit log cannot be written", "Try again, or ask whoever runs phiward."
    ),
    NoBaaError: Told(403, "bad", "Not sent: there is no agreement for this destination", "Choose another model."),
    ModelNotFoundError: Told(404, "bad", "Not sent: there is no such model here", "Choose another one."),
    UnsafeContentError: Told(403, "bad", "", ""),
    UpstreamError: Told(503, "bad", "No answer came", "Ask again later, or choose another model."),
    NotAuthenticatedError: Told(401, "due", "", "Sign in again."),
    NotPermittedError: Told(403, "due", "", ""),
    InvalidRequestError: Told(400, "due", "", " "),
}


def refused(
    pages: Pages, request: Request, error: PhiwardError, frame: dict[str, Any] | None, typed: Mapping[str, str]
) -> Response:
    """The page of an error, inside the frame where the person is known; `typed` is shown again, to be copied."""
    told = told_of(error)
    interaction: UUID | None = getattr(request.state, "interaction", None)
    values = {"told": told, "interaction": str(interaction or "-"), "frame": frame, "typed": typed}
    if request.headers.get("hx-request") == "true":
        return pages.section("refused", "note", told.status, **values)
    return pages.page("refused", told.status, **values)


def door_refused(pages: Pages, request: Request, error: PhiwardError) -> Response:
    """A sign-in that failed, with the way back to the door."""
    status = 401 if isinstance(error, NotAuthenticatedError) else 403 if isinstance(error, NotPermittedError) else 503
    interaction: UUID | None = getattr(request.state, "interaction", None)
    told = Told(status, "bad", str(error), error.advice)
    return pages.page("not_signed_in", status, told=told, interaction=str(interaction or "-"))


def refused_plainly(error: PhiwardError) -> Response:
    """For a script: the code alone."""
    body = orjson.dumps({"state": "refused", "code": error.code})
    headers = {"cache-control": "no-store"}
    return Response(body, told_of(error).status, headers, media_type="application/json")
