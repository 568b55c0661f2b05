"""The addresses under /scim/v2. Every answer is a SCIM message; errors are those of RFC 7644 section 3.12."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phiward.domain.directory import DirectoryCaller, DirectoryPerson, StoredPerson
from phiward.domain.errors import InvalidRequestError, NotAuthenticatedError, PhiwardError
from phiward.domain.text import Secret
from phiward.gateway.body import read_body
from phiward.gateway.errors import status_of
from phiward.gateway.scim.people import patched, person_id, person_of, resource_of

MEDIA_TYPE = "application/scim+json"
PREFIX = "/scim/v2"
MOST = 200
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_FILTER = re.compile(r'\s*(userName|externalId|id)\s+eq\s+"((?:[^"\\]|\\.){0,200})"\s*', re.IGNORECASE)
_NAMES = {"username": "userName", "externalid": "externalId", "id": "id"}


class Directory(Protocol):
    """What the routes ask; adapters.postgres.directory implements it."""

    async def caller(self, token: Secret) -> DirectoryCaller | None:
        """Whose token it is."""

    async def find(
        self, who: DirectoryCaller, attribute: str | None, value: str | None, start: int, count: int
    ) -> tuple[int, Sequence[StoredPerson]]:
        """How many, and a page of them."""

    async def get(self, who: DirectoryCaller, person: UUID) -> StoredPerson | None:
        """One person."""

    async def add(self, who: DirectoryCaller, wanted: DirectoryPerson) -> StoredPerson:
        """A new person."""

    async def change(self, who: DirectoryCaller, person: UUID, wanted: DirectoryPerson) -> StoredPerson | None:
        """A changed person."""


class NotFoundError(InvalidRequestError):
    """No such person: unknown and another organisation's alike."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class Scim:
    """The handlers. `base` is the public address of this service, without a slash at its end."""

    directory: Directory
    base: str
    max_body_bytes: int

    def routes(self) -> list[Route]:
        """Every address with its method."""
        return [
            self._route("/Users", "GET", self.list_people),
            self._route("/Users", "POST", self.add),
            self._route("/Users/{person}", "GET", self.read),
            self._route("/Users/{person}", "PUT", self.replace),
            self._route("/Users/{person}", "PATCH", self.patch),
            self._route("/Users/{person}", "DELETE", self.remove),
            self._route("/ServiceProviderConfig", "GET", self.config),
            self._route("/ResourceTypes", "GET", self.types),
            self._route("/Schemas", "GET", self.schemas),
        ]

    def _route(self, path: str, method: str, handler: Callable[..., Awaitable[Response]]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                return await handler(request, await self._caller(request))
            except PhiwardError as error:
                return _refused(error)

        return Route(PREFIX + path, answer, methods=[method])

    async def _caller(self, request: Request) -> DirectoryCaller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        plain = scheme.lower() == "bearer" and 20 <= len(token) <= 200 and token.isascii() and token.isprintable()
        who = await self.directory.caller(Secret(token)) if plain else None
        if who is None:
            raise NotAuthenticatedError("A directory's token in force is needed, as `Authorization: Bearer …`.")
        return who

    async def list_people(self, request: Request, who: DirectoryCaller) -> Response:
        """`GET /Users?filter=userName eq "…"&startIndex=1&count=100`."""
        attribute, value = _filter(request.query_params.get("filter"))
        start, count = _number(request, "startIndex", 1), min(_number(request, "count", 100), MOST)
        total, people = await self.directory.find(who, attribute, value, max(1, start), max(0, count))
        body = {
            "schemas": [_LIST],
            "totalResults": total,
            "startIndex": max(1, start),
            "itemsPerPage": len(people),
            "Resources": [resource_of(one, self._base) for one in people],
        }
        return _answer(body)

    async def add(self, request: Request, who: DirectoryCaller) -> Response:
        """`POST /Users`."""
        stored = await self.directory.add(who, person_of(await self._body(request)))
        return self._person(stored, 201)

    async def read(self, request: Request, who: DirectoryCaller) -> Response:
        """`GET /Users/{id}`."""
        return self._person(await self._stored(request, who))

    async def replace(self, request: Request, who: DirectoryCaller) -> Response:
        """`PUT /Users/{id}`."""
        wanted = person_of(await self._body(request), replacement=True)
        return await self._changed(request, who, wanted)

    async def patch(self, request: Request, who: DirectoryCaller) -> Response:
        """`PATCH /Users/{id}`: how directories deactivate."""
        stored = await self._stored(request, who)
        return await self._changed(request, who, patched(stored, await self._body(request)))

    async def remove(self, request: Request, who: DirectoryCaller) -> Response:
        """`DELETE /Users/{id}`: deactivates. Who did what stays on record, so nobody is erased."""
        stored = (await self._stored(request, who)).person
        gone = DirectoryPerson(stored.login, False, stored.external_id, stored.display_name, stored.email, stored.roles)
        await self._changed(request, who, gone)
        return Response(status_code=204)

    async def config(self, request: Request, who: DirectoryCaller) -> Response:
        """`GET /ServiceProviderConfig` (RFC 7643 section 5)."""
        no = {"supported": False}
        return _answer(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
                "patch": {"supported": True},
                "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
                "filter": {"supported": True, "maxResults": MOST},
                "changePassword": no,
                "sort": no,
                "etag": no,
                "authenticationSchemes": [
                    {"type": "oauthbearertoken", "name": "Bearer token", "description": "A token issued by phiward."}
                ],
            }
        )

    async def types(self, request: Request, who: DirectoryCaller) -> Response:
        """`GET /ResourceTypes`."""
        kind = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": "User",
            "name": "User",
            "endpoint": "/Users",
            "schema": _USER,
        }
        return _answer(_list([kind]))

    async def schemas(self, request: Request, who: DirectoryCaller) -> Response:
        """`GET /Schemas`: what of a User is kept."""
        names = ("userName", "externalId", "displayName", "active", "emails", "roles")
        several = {"emails", "roles"}
        attributes = [
            {
                "name": name,
                "type": "complex" if name in several else "boolean" if name == "active" else "string",
                "multiValued": name in several,
                "required": name == "userName",
                "mutability": "readWrite",
                "returned": "default",
                "uniqueness": "server" if name in ("userName", "externalId") else "none",
            }
            for name in names
        ]
        schema = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": _USER, "name": "User"}
        return _answer(_list([{**schema, "attributes": attributes}]))

    @property
    def _base(self) -> str:
        return self.base + PREFIX

    async def _stored(self, request: Request, who: DirectoryCaller) -> StoredPerson:
        wanted = person_id(request.path_params["person"])
        stored = await self.directory.get(who, wanted) if wanted else None
        if stored is None:
            raise NotFoundError("There is no person of that id here.")
        return stored

    async def _changed(self, request: Request, who: DirectoryCaller, wanted: DirectoryPerson) -> Response:
        key = person_id(request.path_params["person"])
        stored = await self.directory.change(who, key, wanted) if key else None
        if stored is None:
            raise NotFoundError("There is no person of that id here.")
        return self._person(stored)

    async def _body(self, request: Request) -> dict[str, Any]:
        try:
            value = orjson.loads(await read_body(request, self.max_body_bytes))
        except orjson.JSONDecodeError:
            value = None
        if not isinstance(value, dict):
            raise InvalidRequestError("The body is not a JSON object.")
        return value

    def _person(self, stored: StoredPerson, status: int = 200) -> Response:
        response = _answer(resource_of(stored, self._base), status)
        response.headers["location"] = f"{self._base}/Users/{stored.id}"
        return response


def _filter(text: str | None) -> tuple[str | None, str | None]:
    if text is None or not text.strip():
        return None, None
    match = _FILTER.fullmatch(text)
    if match is None:
        raise InvalidRequestError('People are found by `userName eq "…"`, externalId or id.', param="filter")
    return _NAMES[match[1].lower()], re.sub(r"\\(.)", r"\1", match[2])


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, str(otherwise))
    if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) is None:
        raise InvalidRequestError("That is no number.", param=name)
    return int(text)


def _list(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {"schemas": [_LIST], "totalResults": len(resources), "startIndex": 1, "itemsPerPage": len(resources),
            "Resources": resources}  # fmt: skip


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE)


def _refused(error: PhiwardError) -> Response:
    """RFC 7644 section 3.12. Never repeats input."""
    status = {"not_found": 404, "uniqueness": 409}.get(error.code) or status_of(error)[0]
    body: dict[str, Any] = {"schemas": [_ERROR], "status": str(status), "detail": str(error)}
    if status == 409:
        body["scimType"] = "uniqueness"
    elif status == 400:
        body["scimType"] = "invalidFilter" if error.param == "filter" else "invalidValue"
    return _answer(body, status)
