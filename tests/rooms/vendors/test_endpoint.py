"""One spelling for an endpoint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.errors import InvalidRequestError
from phiward.vendors.endpoint import normalise_endpoint

REFUSED = [
    ("", "nothing"),
    ("api.vendor.example/v1", "no scheme"),
    ("ftp://api.vendor.example/v1", "another scheme"),
    ("file:///etc/passwd", "a file"),
    ("http://api.vendor.example/v1", "plain text over the network"),
    ("http://192.168.1.10:8000/v1", "plain text over the local network"),
    ("http://localhost.vendor.example/v1", "looks like loopback"),
    ("https://user@api.vendor.example/v1", "a user name"),
    ("https://user:secret@api.vendor.example/v1", "a password"),
    ("https://api.vendor.example/v1?key=secret", "a query"),
    ("https://api.vendor.example/v1#part", "a fragment"),
    ("https://api.vendor.example/v1;x=1", "parameters"),
    ("https://api.vendor.example/%2e%2e/v1", "percent-encoding"),
    ("https://api.vendor.example/a/../v1", "a step up"),
    ("https://api.vendor.example/./v1", "a step to the same place"),
    ("https://api.vendor.example//v1", "an empty segment"),
    ("https://api.vendor.example\\@evil.example/v1", "a backslash"),
    ("https://api.vendor.example /v1", "a space"),
    ("https://api.vendor.example/v1\r\nHost: evil.example", "a line break"),
    ("https://api.vendor.example:99999/v1", "no such port"),
    ("https://:443/v1", "no host"),
    ("https://-bad-.example/v1", "no valid host"),
    ("https://аpi.vendor.example/v1", "a Cyrillic letter"),  # noqa: RUF001 - the look-alike is the case
    ("https://169.254.169.254/v1", "a metadata service"),
    ("https://[fe80::1]/v1", "link-local"),
    ("https://0.0.0.0/v1", "any address"),
    ("https://224.0.0.1/v1", "multicast"),
    ("https://2130706433/v1", "a number that is an address"),
    ("https://127.1/v1", "a short address"),
    ("https://[::1/v1", "an open bracket"),
    ("https://api.vendor.example/" + "v" * 500, "too long"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_an_endpoint_that_could_lead_elsewhere_is_refused(url: str, reason: str) -> None:
    """And the message does not repeat it."""
    with pytest.raises(InvalidRequestError) as error:
        normalise_endpoint(url)
    assert "vendor" not in str(error.value)
    assert "secret" not in str(error.value)


ONE_SPELLING = [
    ("https://api.vendor.example/v1", "https://api.vendor.example/v1", "as it is"),
    ("https://api.vendor.example/v1/", "https://api.vendor.example/v1", "a trailing slash"),
    ("https://api.vendor.example", "https://api.vendor.example", "no path"),
    ("https://api.vendor.example/", "https://api.vendor.example", "only a slash"),
    ("HTTPS://API.Vendor.Example/v1", "https://api.vendor.example/v1", "upper case in scheme and host"),
    (
        "https://api.vendor.example/Tenant/v1",
        "https://api.vendor.example/Tenant/v1",
        "the path keeps its case",
    ),
    ("https://api.vendor.example:443/v1", "https://api.vendor.example/v1", "the default port"),
    ("https://api.vendor.example:8443/v1", "https://api.vendor.example:8443/v1", "another port"),
    ("https://10.1.2.3/v1", "https://10.1.2.3/v1", "a private address with a certificate"),
    ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", "loopback"),
    ("http://localhost:80/v1", "http://localhost/v1", "loopback by name"),
    ("http://[::1]:8080/v1", "http://[::1]:8080/v1", "loopback, version 6"),
]


@pytest.mark.parametrize(("url", "spelling", "reason"), ONE_SPELLING, ids=[case[2] for case in ONE_SPELLING])
def test_an_endpoint_has_one_spelling(url: str, spelling: str, reason: str) -> None:
    """Normalising twice changes nothing."""
    assert normalise_endpoint(url) == spelling
    assert normalise_endpoint(spelling) == spelling


@given(st.text(max_size=40), st.sampled_from(["", "https://", "http://127.0.0.1", "https://a.example/"]))
def test_any_text_is_either_refused_or_has_a_stable_spelling(text: str, before: str) -> None:
    """Never another error."""
    try:
        once = normalise_endpoint(before + text)
    except InvalidRequestError:
        return
    assert normalise_endpoint(once) == once
