"""Errors as problem details (RFC 9457). The words are the family's own, which never repeat input."""

from uuid import UUID

import orjson
from pydantic import ValidationError
from starlette.responses import Response

from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError, PhiwardError
from phiward.gateway.admin.models import Model, Problem
from phiward.gateway.errors import status_of

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "Not authenticated",
    403: "Not permitted",
    404: "Not found",
    405: "Not by this method",
    413: "Too large",
    500: "The gateway failed",
    502: "A server behind the gateway failed",
    503: "Not available",
}


class NoAdminRouteError(InvalidRequestError):
    """No such path under /admin, or not by this method."""

    code = "no_such_route"
    advice = "`GET /admin/v1/openapi.json` lists the paths."

    def __init__(self, status: int) -> None:
        """`status` is 404 or 405."""
        super().__init__("There is nothing here by that path and method.")
        self.status = status


def problem(error: PhiwardError, interaction: UUID) -> Response:
    """The whole answer to a refused or failed request."""
    status = _status(error)
    body = Problem(
        type=f"urn:phiward:problem:{error.code}",
        title=TITLES.get(status, TITLES[500]),
        status=status,
        detail=str(error),
        instance=f"urn:uuid:{interaction}",
        code=error.code,
        param=error.param,
        rule=error.rule,
        advice=error.advice,
    )
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    return Response(orjson.dumps(body.model_dump(exclude_none=True)), status, headers, media_type=MEDIA_TYPE)


def _status(error: PhiwardError) -> int:
    if isinstance(error, NoAdminRouteError):
        return error.status
    return 404 if isinstance(error, UnknownIdError) else status_of(error)[0]


def misread(error: ValidationError, model: type[Model]) -> InvalidRequestError:
    """What does not fit, by the name of our own field; an unknown field's name is input, and is not repeated."""
    places = (one["loc"][0] for one in error.errors(include_input=False, include_url=False) if one["loc"])
    param = next((str(place) for place in places if place in model.model_fields), "body")
    return InvalidRequestError("The body does not fit what this path takes.", param=param)
