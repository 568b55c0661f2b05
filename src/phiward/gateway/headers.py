"""Headers that decide something come once; and from where a request came."""

from starlette.requests import Request

from phiward.domain.audit import Circumstances
from phiward.domain.errors import InvalidRequestError


def single_header(request: Request, name: str) -> str | None:
    """The value of a header that may come once. Raises InvalidRequestError when it comes twice."""
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise InvalidRequestError("A header came more than once.", param=name)
    return values[0] if values else None


def circumstances(request: Request) -> Circumstances:
    """The address of the connection, as the server saw it, and what the program calls itself."""
    return Circumstances(request.client.host if request.client else None, request.headers.get("user-agent"))
