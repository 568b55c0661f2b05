"""The admin API as an ASGI application below /admin: authenticate, decide, read, do, answer.

Nothing of a request is read before the policy has decided, and no error repeats what was sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from phiward.domain.administration import UnknownIdError
from phiward.domain.errors import InvalidRequestError, NotPermittedError, PhiwardError
from phiward.domain.people import Caller
from phiward.domain.ports import Clock
from phiward.domain.verdict import Deny
from phiward.gateway.admin.asked import Asked
from phiward.gateway.admin.models import Model
from phiward.gateway.admin.openapi import document
from phiward.gateway.admin.paging import read_paging
from phiward.gateway.admin.ports import Desk, Door, Judge, RuleEntry
from phiward.gateway.admin.problems import NoAdminRouteError, misread, problem
from phiward.gateway.admin.routes import PREFIX, ROUTES, AdminRoute
from phiward.gateway.body import read_body

log = structlog.get_logger("phiward.gateway")
MAX_BODY_BYTES = 65_536
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Admin:
    """What the API needs. `desk` makes one for a caller, so that each entry in the log names her."""

    door: Door
    judge: Judge
    desk: Callable[[Caller], Desk]
    rules: Sequence[RuleEntry]
    clock: Clock

    async def serve(self, request: Request, route: AdminRoute, described: Mapping[str, Any]) -> Response:
        """One request. Raises errors of the family; nothing is changed then."""
        caller = await self.door.caller(_authorization(request))
        desk = self.desk(caller)
        own_only = await self._decide(caller, desk, route)
        after, limit = read_paging(request.query_params, paged=route.paged)
        ids = {name: _id(name, text) for name, text in request.path_params.items()}
        body = None if route.request is None else _read(await read_body(request, MAX_BODY_BYTES), route.request)
        answer = await route.handler(Asked(caller, desk, ids, body, after, limit, self.rules, described, own_only))
        if answer is None:
            return Response(status_code=204)
        return Response(answer.model_dump_json(), route.status, media_type=JSON)

    async def _decide(self, caller: Caller, desk: Desk, route: AdminRoute) -> bool:
        """Whether she may only for her own record, or whom she is proxy of. Raises NotPermittedError."""
        now = self.clock()
        verdict = self.judge.decide_act(caller, route.act, now)
        if not isinstance(verdict, Deny):
            return False
        if route.own and not isinstance(self.judge.decide_act(caller, route.act, now, own=True), Deny):
            return True
        await desk.refused(caller.tenant, route.act, verdict.rule)
        raise NotPermittedError(verdict.reason, rule=verdict.rule)


def admin_mount(admin: Admin) -> BaseRoute:
    """Everything below /admin, with errors of its own shape: hand it to the gateway's routes."""
    described = document(ROUTES)
    app = Starlette(
        routes=[_route(admin, route, described) for route in ROUTES],
        exception_handlers={PhiwardError: _refuse, HTTPException: _refuse, Exception: _fail},
    )
    app.router.redirect_slashes = False
    return Mount("/admin", app=app)


def _route(admin: Admin, route: AdminRoute, described: Mapping[str, Any]) -> Route:
    async def endpoint(request: Request) -> Response:
        return await admin.serve(request, route, described)

    made = Route(PREFIX.removeprefix("/admin") + route.path, endpoint, methods=[route.method])
    made.methods = {route.method}  # no HEAD beside GET: what is not in the table does not exist
    return made


def _authorization(request: Request) -> str | None:
    values = request.headers.getlist("authorization")
    if len(values) > 1:
        raise InvalidRequestError("A header came more than once.", param="authorization")
    return values[0] if values else None


def _id(name: str, text: str) -> UUID:
    """A malformed id names nothing, like an unknown one; other spellings of an id are none."""
    try:
        found = UUID(text)
    except ValueError:
        raise UnknownIdError(name) from None
    if str(found) != text:
        raise UnknownIdError(name)
    return found


def _read(body: bytes, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise misread(error, model) from None


async def _refuse(request: Request, error: Exception) -> Response:
    """The family, and the framework's own 404 and 405."""
    if isinstance(error, HTTPException):
        error = NoAdminRouteError(error.status_code) if error.status_code in (404, 405) else InvalidRequestError(
            "The request cannot be read."
        )  # fmt: skip
    if not isinstance(error, PhiwardError):
        raise error
    interaction: UUID = request.state.interaction
    log.info("refused", interaction=str(interaction), code=error.code, rule=error.rule)
    return problem(error, interaction)


async def _fail(request: Request, _: Exception) -> Response:
    """A defect: says nothing about itself. The shell logs its type and place."""
    return problem(
        PhiwardError("The gateway failed and changed nothing that is not on record."), request.state.interaction
    )
