"""Administration of services: what logs in for itself, and acts only on behalf of a person."""

import re
from datetime import timedelta
from uuid import UUID

from phiward.adapters.postgres.access_office import FIRST, MOST_ROWS, Office
from phiward.domain.administration import ServiceEntry, ServiceKind, UnknownIdError
from phiward.domain.errors import InvalidRequestError
from phiward.identity.keys import IssuedKey, issue

_CLIENT = re.compile(r"[!-~]{1,200}")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_SERVICES = "SELECT id, client_id, name, kind, active, expires_at FROM service"
DIRECTORY_TOKEN_LIFETIME = timedelta(days=366)


class Services:
    """Of one organisation at a time. Refusals raise InvalidRequestError, and nothing is changed."""

    def __init__(self, office: Office) -> None:
        """`office` opens the acts."""
        self._office = office

    async def services(self, tenant: UUID, after: UUID = FIRST, limit: int = MOST_ROWS) -> tuple[ServiceEntry, ...]:
        """Every service, by id."""
        return await self._office.page(tenant, ServiceEntry, _SERVICES, after, limit)

    async def add(self, tenant: UUID, client_id: str, name: str, kind: ServiceKind) -> tuple[UUID, IssuedKey | None]:
        """A service by the provider's client id. A directory gets a token of ours, which is in the answer only."""
        if _CLIENT.fullmatch(client_id) is None:
            raise InvalidRequestError("A client id is 1 to 200 visible ASCII characters.", param="client_id")
        if _NAME.fullmatch(name) is None:
            raise InvalidRequestError("A service needs a name of 1 to 100 characters.", param="name")
        made, token = self._office.new_id(), None
        if kind is ServiceKind.DIRECTORY:
            token = issue(self._office.now(), DIRECTORY_TOKEN_LIFETIME, new_id=self._office.new_id)
        async with self._office.act(tenant, "service.added") as act:
            expires_at = None if token is None else token.expires_at
            done = await act.connection.execute(
                "INSERT INTO service (id, tenant, client_id, name, kind, digest, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant, client_id) DO NOTHING",
                [made, tenant, client_id, name, str(kind), None if token is None else token.digest, expires_at],
            )
            if done.rowcount == 0:
                raise InvalidRequestError("There is a service of this client id.", param="client_id")
            act.tell(None, {"kind": kind, "client_id": client_id, "expires_at": expires_at}, service=made)
        return made, token

    async def deactivate(self, tenant: UUID, service: UUID) -> None:
        """It is refused from the next request on, and every session in which it acts. Raises UnknownIdError."""
        async with self._office.act(tenant, "service.deactivated") as act:
            done = await act.connection.execute("UPDATE service SET active = false WHERE id = %s AND active", [service])
            if done.rowcount == 0:
                raise UnknownIdError("id")
            act.tell({"active": True}, {"active": False}, service=service)
