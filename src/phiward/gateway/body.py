"""Reading a request body within a limit."""

from starlette.requests import ClientDisconnect, Request

from phiward.domain.errors import InvalidRequestError, TooLargeError


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The whole body. Raises TooLargeError as soon as it is known to be longer than `max_bytes`."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > max_bytes:
        raise _too_large(max_bytes)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise InvalidRequestError("A compressed body is not read.", param="content-encoding")
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > max_bytes:
                raise _too_large(max_bytes)
            pieces.append(piece)
    except ClientDisconnect as error:
        raise InvalidRequestError("The client went away before the body was complete.") from error
    return b"".join(pieces)


def _too_large(max_bytes: int) -> TooLargeError:
    return TooLargeError(f"The body is larger than {max_bytes} bytes.")
