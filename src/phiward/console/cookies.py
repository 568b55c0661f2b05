"""The two cookies: the session, and the mark of the browser that began a login.

`__Host-`: only over HTTPS or from this machine itself, for this host alone, on every path. The token is the
whole of it: what it stands for is on the server. Source: RFC 6265bis section 4.1.3, OWASP ASVS 5.0 V3.3.
"""

from hmac import compare_digest
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from phiward.domain.text import Secret
from phiward.identity.sessions import csrf_token

SESSION: Final = "__Host-phiward"
BROWSER: Final = "__Host-phiward-login"
MAX_CHARACTERS: Final = 200
LOGIN_SECONDS: Final = 600


def read(request: Request, name: str) -> Secret | None:
    """The value of a cookie; None where there is none, or one that cannot be ours."""
    value = request.cookies.get(name, "")
    plain = 20 <= len(value) <= MAX_CHARACTERS and value.isascii() and value.isprintable()
    return Secret(value) if plain else None


def put(response: Response, name: str, value: Secret, seconds: int | None) -> None:
    """Set a cookie; without `seconds` it goes with the browser. Lax: the way back from the provider is cross-site."""
    response.set_cookie(name, value.value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def drop(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def is_ours(request: Request, origin: str) -> bool:
    """Whether a form was sent from our own page: by Origin, or by Sec-Fetch-Site where there is no Origin."""
    said = request.headers.get("origin")
    if said is not None:
        return said == origin
    return request.headers.get("sec-fetch-site") in ("same-origin", "none")


def carries(session: Secret, csrf: str | None) -> bool:
    """Whether a form carries the mark of this session."""
    return csrf is not None and compare_digest(csrf.encode(), csrf_token(session).value.encode())
