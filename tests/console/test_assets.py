"""Files of the pages: no other name is served, and each is what its address or its vendor says."""

import gzip
import json
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.requests import Request

from phiward.console.assets import KINDS, Assets

ASSETS = Assets()
STATIC = Path(__file__).parents[2] / "src" / "phiward" / "console" / "static"


def asked(**headers: str) -> Request:
    """By a browser."""
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": sent, "query_string": b""})


@pytest.mark.parametrize(
    "name", ["../pages.py", "pico.LICENSE.md", "", "app.css", "app.000000000000.css", "%2e%2e/app.css", "VENDORED.json"]
)
def test_no_other_name_is_served(name: str) -> None:
    """Neither a file of another version, which would be kept for a year."""
    assert ASSETS.answer(asked(), name) is None


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_file_is_served_packed_or_plain_for_good(name: str) -> None:
    """The same content; not sent again to whoever has it."""
    file = ASSETS.address(name).removeprefix("/static/")
    packed, plain = ASSETS.answer(asked(accept_encoding="br, gzip"), file), ASSETS.answer(asked(), file)
    assert packed is not None
    assert plain is not None
    content = (STATIC / name).read_bytes()
    assert gzip.decompress(bytes(packed.body)) == bytes(plain.body) == content
    assert packed.headers["content-type"] == KINDS[name]
    assert "immutable" in packed.headers["cache-control"]
    assert sha256(content).hexdigest()[:12] in file
    again = ASSETS.answer(asked(if_none_match=packed.headers["etag"]), file)
    assert again is not None
    assert again.status_code == 304


def test_vendored_files_are_the_published_ones() -> None:
    """By name, version and hash; each with its licence beside it. Nothing else is there that is not ours."""
    told = json.loads((STATIC / "VENDORED.json").read_text(encoding="utf-8"))
    assert set(told) == {name for name in KINDS if ".min." in name}
    for name, one in told.items():
        assert sha256((STATIC / name).read_bytes()).hexdigest() == one["sha256"]
        assert one["version"].count(".") == 2
        licence = one["licence"].partition("(")[2].rstrip(")")
        assert (STATIC / licence).exists()
    known = {*KINDS, "VENDORED.json", *(one["licence"].partition("(")[2].rstrip(")") for one in told.values())}
    assert {one.name for one in STATIC.iterdir()} == known


def test_scripts_of_ours_do_nothing_that_the_policy_would_hold_back() -> None:
    """No evaluation, no other place."""
    for name in ("console.js", "ask.js"):
        text = (STATIC / name).read_text(encoding="utf-8")
        assert "eval(" not in text
        assert "Function(" not in text
        assert "://" not in text
        assert ".style" not in text
