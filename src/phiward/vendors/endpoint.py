"""One spelling for an endpoint, so that an agreement covers exactly the place that is called.

Checked when a destination or an agreement is registered; never taken from a request.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from phiward.domain.errors import InvalidRequestError

MAX_ENDPOINT_CHARACTERS = 500

_ALLOWED = re.compile(r"[A-Za-z0-9:/.\-_~\[\]]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_DEFAULT_PORTS = {"https": 443, "http": 80}


def normalise_endpoint(url: str) -> str:
    """The base URL in its one spelling: lower-case scheme and host, no default port, no trailing slash.

    Raises InvalidRequestError unless it is https, or http to a loopback address; and for user
    information, query, fragment, percent-encoding, empty, `.` or `..` segments, link-local
    addresses (metadata services) and anything outside plain ASCII.
    """
    if len(url) > MAX_ENDPOINT_CHARACTERS or _ALLOWED.fullmatch(url) is None:
        raise _refused("has characters that an endpoint may not have (user, query and fragment among them)")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("is not a URL") from error
    scheme, host = parts.scheme, parts.hostname or ""
    if scheme not in _DEFAULT_PORTS:
        raise _refused("must begin with https://")
    place = _host(host)
    if scheme == "http" and not _is_loopback(host):
        raise _refused("must be https; http is for loopback addresses only")
    path = parts.path.rstrip("/")
    if any(segment in {"", ".", ".."} for segment in path.split("/")[1:]):
        raise _refused("has an empty or relative path segment")
    shown = "" if port is None or port == _DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{place}{shown}{path}"


def _host(host: str) -> str:
    """The host as it stands in a URL. Raises InvalidRequestError."""
    try:
        address = ip_address(host)
    except ValueError:
        if _HOST.fullmatch(host) is None or host.rsplit(".", 1)[-1].isdigit():
            raise _refused("has no valid host") from None
        return host
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise _refused("has an address that no model server may have")
    return f"[{address}]" if address.version == 6 else str(address)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(why: str) -> InvalidRequestError:
    return InvalidRequestError(f"The endpoint {why}.", param="endpoint")
