"""Who asks: a bearer credential, looked up as for every other request."""

from collections.abc import Callable

from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import Caller
from phiward.domain.ports import People
from phiward.domain.text import Secret
from phiward.identity.keys import REFUSED, parse_bearer


class BearerDoor:
    """Implements ports.Door over `People`. `parse` reads the header; it knows what a credential looks like."""

    def __init__(self, people: People, parse: Callable[[str | None], Secret] = parse_bearer) -> None:
        """Nothing is cached: a credential that ended is refused from the next request on."""
        self._people, self._parse = people, parse

    async def caller(self, authorization: str | None) -> Caller:
        """Raises NotAuthenticatedError with the same words whatever is wrong; StorageError."""
        opened = await self._people.caller(self._parse(authorization), None)
        if opened is None:
            raise NotAuthenticatedError(REFUSED)
        return opened.caller
