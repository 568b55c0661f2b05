"""The application: routes, each a few lines that parse, ask the flow and render.

POST /v1/chat/completions   GET /v1/models   GET /healthz   GET /readyz   GET /metrics
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

import orjson
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from phiward.domain.chat import ChatRequest
from phiward.domain.errors import InvalidRequestError, PhiwardError, UpstreamError
from phiward.domain.people import Caller
from phiward.domain.ports import Clock, NewId
from phiward.flow.journey import Answer, Flow
from phiward.gateway.body import read_body
from phiward.gateway.chat_request import parse_chat
from phiward.gateway.chat_response import Chunks, Completion, break_glass, note
from phiward.gateway.errors import error_response, status_of
from phiward.gateway.headers import circumstances, single_header
from phiward.gateway.metrics import Metrics
from phiward.gateway.shell import Shell
from phiward.gateway.stream import StreamedAnswer
from phiward.identity.credentials import parse_credential

log = structlog.get_logger("phiward.gateway")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Gateway:
    """What the routes need. `ready` names each part that requests depend on and whether it is up."""

    flow: Flow
    metrics: Metrics
    ready: Callable[[], Awaitable[dict[str, bool]]]
    max_body_bytes: int
    clock: Clock
    new_id: NewId
    seen: Callable[[Caller, str | None, str | None], Awaitable[None]] | None = None

    async def chat(self, request: Request) -> Response | StreamedAnswer:
        """`POST /v1/chat/completions`."""
        started = perf_counter()
        credential = parse_credential(single_header(request, "authorization"))
        body = await read_body(request, self.max_body_bytes)
        asked = parse_chat(
            body, single_header(request, "x-phiward-patient"), single_header(request, "x-phiward-purpose")
        )
        came = circumstances(request)
        answer = await self.flow.chat(request.state.interaction, credential, asked, came)
        if self.seen is not None:
            await self.seen(answer.interaction.caller, came.address, came.device)

        def ended() -> None:
            self._count(answer)
            self.metrics.seconds.labels("chat").observe(perf_counter() - started)

        if asked.stream:
            return await self._stream(answer, asked, ended)
        made = await self._whole(answer, asked)
        ended()
        return made

    async def models(self, request: Request) -> Response:
        """`GET /v1/models`: only what this caller may ask for."""
        credential = parse_credential(single_header(request, "authorization"))
        names = await self.flow.models(credential)
        created = int(self.clock().timestamp())
        data = [{"id": name, "object": "model", "created": created, "owned_by": "phiward"} for name in names]
        return Response(orjson.dumps({"object": "list", "data": data}), media_type=JSON)

    async def health(self, _: Request) -> Response:
        """`GET /healthz`: the process runs."""
        return Response(b'{"status":"ok"}', media_type=JSON)

    async def readiness(self, _: Request) -> Response:
        """`GET /readyz`: what requests depend on is up, part by part."""
        parts = await self.ready()
        return Response(orjson.dumps(parts), 200 if all(parts.values()) else 503, media_type=JSON)

    async def _whole(self, answer: Answer, asked: ChatRequest) -> Response:
        completion = Completion(*self._head(answer, asked))
        async with aclosing(answer.events) as events:  # type: ignore[type-var]
            async for event in events:
                completion.add(event)
        return Response(completion.render(note(answer, self.clock())), media_type=JSON)

    async def _stream(self, answer: Answer, asked: ChatRequest, ended: Callable[[], None]) -> StreamedAnswer:
        first = await anext(answer.events, None)
        if first is None:
            raise UpstreamError("The model's server gave no answer.")
        glass = break_glass(answer.interaction.emergency, self.clock())
        opening = {"break_glass": glass} if glass else None
        chunks = Chunks(*self._head(answer, asked), asked.include_usage, opening)
        return StreamedAnswer(answer, first, chunks, ended, lambda: note(answer, self.clock()))

    def _head(self, answer: Answer, asked: ChatRequest) -> tuple[str, int, str]:
        return f"chatcmpl-{answer.interaction.id.hex}", int(self.clock().timestamp()), asked.model

    def _count(self, answer: Answer) -> None:
        route, counts = answer.interaction.route, answer.inbound.counts
        self.metrics.released.labels(route.destination_class if route else "none").inc()
        self.metrics.withheld.inc(counts.withheld)
        self.metrics.masked.inc(counts.masked)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """The one handler of the family, and of the framework's own 404 and 405."""
        if isinstance(error, HTTPException):
            error = _routing_error(error)
        if not isinstance(error, PhiwardError):
            raise error
        status, _ = status_of(error)
        self.metrics.refusals.labels(error.code).inc()
        interaction: UUID = request.state.interaction
        log.info("refused", interaction=str(interaction), code=error.code, rule=error.rule, status=status)
        response = error_response(error)
        if isinstance(error, NoRouteError):
            response.status_code = error.status
        return response


class NoRouteError(InvalidRequestError):
    """No such path, or not by this method."""

    code = "no_such_route"

    def __init__(self, status: int) -> None:
        """`status` is 404 or 405."""
        super().__init__("There is nothing here by that path and method.")
        self.status = status


def _routing_error(error: HTTPException) -> PhiwardError:
    return NoRouteError(error.status_code if error.status_code in (404, 405) else 400)


Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


def create_app(gateway: Gateway, lifespan: Lifespan | None = None, more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """Build the ASGI application; `more` are the routes of administration, directory, sign-in and pages."""
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", gateway.chat, methods=["POST"]),
            Route("/v1/models", gateway.models, methods=["GET"]),
            Route("/healthz", gateway.health, methods=["GET"]),
            Route("/readyz", gateway.readiness, methods=["GET"]),
            Route("/metrics", gateway.metrics.__call__, methods=["GET"]),
            *more,
        ],
        exception_handlers={PhiwardError: gateway.refuse, HTTPException: gateway.refuse},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return Shell(app, gateway.new_id)
