"""What pages load: style sheets and scripts of this package, read and compressed once, named by their content.

An address carries the beginning of the content's SHA-256, so a browser may keep it for a year and still never shows an
old one. Pages themselves are never compressed: beside a secret, what a person typed would be (BREACH, CVE-2013-3587).
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

KINDS: Final[Mapping[str, str]] = {
    "pico.min.css": "text/css; charset=utf-8",
    "app.css": "text/css; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "ask.js": "text/javascript; charset=utf-8",
}
"""Every file that is served as it is; no other name leads anywhere."""
TAG_LENGTH: Final = 12
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `address` is where a page finds it, and changes with the content."""

    name: str
    kind: str
    plain: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    tag: str

    @property
    def address(self) -> str:
        """`/static/app.0123456789ab.css`."""
        stem, _, suffix = self.name.rpartition(".")
        return f"/static/{stem}.{self.tag}.{suffix}"


class Assets:
    """All of them, read when this is made."""

    def __init__(self) -> None:
        """Read and compress. Raises OSError where a file of the package is missing."""
        folder = files("phiward.console").joinpath("static")
        made = [_asset(name, kind, folder.joinpath(name).read_bytes()) for name, kind in KINDS.items()]
        self._by_name = {one.name: one for one in made}
        self._by_file = {one.address.removeprefix("/static/"): one for one in made}

    def address(self, name: str) -> str:
        """Where a page finds a file. Raises KeyError for one that there is not."""
        return self._by_name[name].address

    def all(self) -> tuple[Asset, ...]:
        """For counting."""
        return tuple(self._by_name.values())

    def answer(self, request: Request, file: str) -> Response | None:
        """A file by the last part of its address; None for any other name, one of another version too."""
        found = self._by_file.get(file)
        if found is None:
            return None
        headers = {"cache-control": FOREVER, "etag": f'"{found.tag}"', "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(found.plain, headers=headers, media_type=found.kind)
        return Response(found.packed, headers={**headers, "content-encoding": "gzip"}, media_type=found.kind)


def _asset(name: str, kind: str, content: bytes) -> Asset:
    packed = gzip.compress(content, 9, mtime=0)
    return Asset(name, kind, content, packed, sha256(content).hexdigest()[:TAG_LENGTH])
