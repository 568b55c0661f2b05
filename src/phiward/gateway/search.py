"""Routes for applications that build their own prompt, and for whoever asks later what an answer rested on.

POST /v1/vector_stores/{name}/search   GET /v1/interactions/{id}/citations
"""

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from phiward.domain.errors import InvalidRequestError
from phiward.flow.looking import Looking
from phiward.gateway.body import read_body
from phiward.gateway.headers import circumstances, single_header
from phiward.gateway.search_request import parse_search
from phiward.gateway.search_response import render_citations, render_search
from phiward.identity.credentials import parse_credential

JSON = "application/json"


def search_routes(looking: Looking, max_body_bytes: int) -> Sequence[BaseRoute]:
    """The routes, over one process's retrieval."""

    async def search(request: Request) -> Response:
        credential = parse_credential(single_header(request, "authorization"))
        body = await read_body(request, max_body_bytes)
        asked = parse_search(request.path_params["store"], body)
        found = await looking.find(
            request.state.interaction,
            credential,
            single_header(request, "x-phiward-patient"),
            single_header(request, "x-phiward-purpose"),
            asked.question,
            asked.ask,
            circumstances(request),
        )
        return Response(render_search(found, asked.question), media_type=JSON)

    async def citations(request: Request) -> Response:
        credential = parse_credential(single_header(request, "authorization"))
        found = await looking.citations(credential, _interaction(request))
        return Response(render_citations(list(found)), media_type=JSON)

    return (
        Route("/v1/vector_stores/{store}/search", search, methods=["POST"]),
        Route("/v1/interactions/{interaction}/citations", citations, methods=["GET"]),
    )


def _interaction(request: Request) -> UUID:
    try:
        return UUID(request.path_params["interaction"])
    except ValueError:
        raise InvalidRequestError("That is no id of an interaction.", param="interaction") from None
