"""Cookies and forms of our own."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from phiward.console import cookies
from phiward.domain.text import Secret
from phiward.identity.sessions import csrf_token, new_token

ORIGIN = "https://phiward.example"


def request(**headers: str) -> Request:
    """A request with these headers."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": pairs, "query_string": b""})


@pytest.mark.parametrize(
    ("value", "reason"),
    [("", "empty"), ("short", "too short"), ("x" * 201, "too long"), ("\u00e9" * 40, "not ASCII")],
)
def test_what_cannot_be_ours_is_not_read(value: str, reason: str) -> None:
    """It never reaches the database."""
    asked = request(cookie=f"{cookies.SESSION}={value.encode('latin-1', 'replace').decode('latin-1')}")
    assert cookies.read(asked, cookies.SESSION) is None, reason


def test_a_cookie_is_for_this_host_over_https_and_out_of_reach_of_script() -> None:
    """Each flag that ASVS 3.3 asks for."""
    response = Response()
    token = new_token().text
    cookies.put(response, cookies.SESSION, token, None)
    text = response.headers["set-cookie"]
    assert text.startswith("__Host-phiward=phs_")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert flag in text
    assert "Domain" not in text
    assert cookies.read(request(cookie=text.split(";")[0]), cookies.SESSION) == token


@pytest.mark.parametrize(
    ("headers", "ours", "reason"),
    [
        ({}, False, "nothing said"),
        ({"origin": "https://evil.example"}, False, "a foreign origin"),
        ({"origin": "null"}, False, "a sandbox"),
        ({"origin": "https://phiward.example.evil.example"}, False, "a longer name"),
        ({"origin": "http://phiward.example"}, False, "another scheme"),
        ({"sec_fetch_site": "cross-site"}, False, "the browser says so"),
        ({"sec_fetch_site": "same-site"}, False, "a sibling host"),
        ({"origin": "https://evil.example", "sec_fetch_site": "same-origin"}, False, "the origin counts first"),
        ({"origin": ORIGIN}, True, "ours"),
        ({"sec_fetch_site": "same-origin"}, True, "ours, without an origin"),
    ],
)
def test_a_form_from_elsewhere_is_not_ours(headers: dict[str, str], ours: bool, reason: str) -> None:
    """CSRF, first line."""
    assert cookies.is_ours(request(**headers), ORIGIN) is ours, reason


def test_a_form_must_carry_the_mark_of_its_session() -> None:
    """CSRF, second line: that of another session, or none, does not do."""
    one, other = new_token().text, new_token().text
    assert cookies.carries(one, csrf_token(one).value)
    assert not cookies.carries(one, csrf_token(other).value)
    assert not cookies.carries(one, None)
    assert not cookies.carries(one, "")
    assert one.value not in csrf_token(Secret(one.value)).value
