"""Headers that decide something come once."""

from starlette.requests import Request

from phiward.domain.errors import InvalidRequestError


def single_header(request: Request, name: str) -> str | None:
    """The value of a header that may come once. Raises InvalidRequestError when it comes twice."""
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise InvalidRequestError("A header came more than once.", param=name)
    return values[0] if values else None
