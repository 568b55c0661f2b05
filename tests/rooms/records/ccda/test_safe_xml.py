"""Hostile XML: nothing outside the file is touched, nothing grows."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.ccda.safe_xml import line_of, parse_xml
from phiward.records.reading import Limits

from .files import CANARY, HERE

LIMITS = Limits()
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]><a>&l9;</a>'
DEEP = "<a>" * 10_000 + CANARY + "</a>" * 10_000
BROKEN = [
    pytest.param(BOMB, "document type", id="a billion laughs"),
    pytest.param(f"<!-- first --><?p x?>\n{BOMB}", "document type", id="the same after a comment"),
    pytest.param("<!DOCTYPE a><a/>", "document type", id="a harmless document type"),
    pytest.param('<!ENTITY x "y"><a/>', "document type", id="an entity declaration"),
    pytest.param(f'<a b="&{CANARY};"/>', "not well-formed", id="an entity that nobody declared"),
    pytest.param("<a>&x;</a>", "not well-formed", id="the same in text"),
    pytest.param(DEEP, "nesting is beyond|nested too deeply", id="nested 10,000 deep"),
    pytest.param("<a>" * 80 + "</a>" * 80, "nested too deeply", id="nested beyond our limit"),
    pytest.param(f"<a>{CANARY}<a>", "not well-formed", id="cut off"),
    pytest.param("", "not well-formed", id="empty"),
    pytest.param(CANARY, "not well-formed", id="prose"),
    pytest.param("<a>\x00</a>", "zero byte", id="a zero byte"),
    pytest.param("<a>\x01</a>", "not well-formed", id="a control character"),
    pytest.param('<?xml version="1.0" encoding="UTF-16"?><a/>', "character set", id="a set that it is not in"),
    pytest.param('<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>', "character set", id="a set that is not read"),
    pytest.param('\ufeff<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "another one", id="two declarations"),
    pytest.param(
        f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{CANARY}"/></a>', "outside it", id="XInclude"
    ),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_what_could_harm_is_refused(text: str, said: str) -> None:
    """With nothing of the content in the message, nor in what caused it."""
    with pytest.raises(ImportFailedError, match=said) as caught:
        parse_xml(text.encode(), HERE, LIMITS)
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param("<a/>".encode("utf-16"), "zero byte", id="UTF-16"),
        pytest.param(BOMB.encode("utf-16-le"), "zero byte", id="a bomb in UTF-16 without mark"),
        pytest.param(b"<a>\n\xe9</a>", "line 2: a byte", id="Latin-1 as UTF-8"),
        pytest.param(b'<?xml version="1.0" encoding="us-ascii"?><a>\xc3\xa9</a>', "a byte is not", id="UTF-8 as ASCII"),
        pytest.param(BOMB.encode("cp037"), "a byte is not", id="EBCDIC"),
    ],
)
def test_bytes_of_another_set_are_refused(data: bytes, said: str) -> None:
    """What is checked is what is parsed: no other reading of the bytes is left."""
    with pytest.raises(ImportFailedError, match=said):
        parse_xml(data, HERE, LIMITS)


def test_a_file_beyond_the_limit_is_refused() -> None:
    """Before anything looks at it."""
    with pytest.raises(ImportFailedError, match="larger than 3 bytes"):
        parse_xml(b"<a/>", HERE, Limits(max_file_bytes=3))


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """A web server of this machine that notes who comes."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "form",
    [
        pytest.param('<!DOCTYPE a SYSTEM "{0}/x.dtd"><a/>', id="an external document type"),
        pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "{0}/x">]><a>&x;</a>', id="an external entity"),
        pytest.param('<!DOCTYPE a [<!ENTITY % x SYSTEM "{0}/x"> %x;]><a/>', id="a parameter entity"),
        pytest.param('<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{0}/x"/></a>', id="XInclude"),
    ],
)
def test_nothing_is_fetched_for_what_is_refused(form: str, visits: tuple[str, list[str]], tmp_path: Path) -> None:
    """Neither from the network nor from the disk."""
    address, seen = visits
    (tmp_path / "x").write_text(CANARY)
    for where in (address, tmp_path.as_uri()):
        with pytest.raises(ImportFailedError) as caught:
            parse_xml(form.format(where).encode(), HERE, LIMITS)
        assert CANARY not in str(caught.value)
    assert seen == []


def test_a_style_sheet_and_a_schema_are_never_looked_for(visits: tuple[str, list[str]]) -> None:
    """The document that names them is read."""
    address, seen = visits
    text = (
        f'<?xml-stylesheet type="text/xsl" href="{address}/x.xsl"?>'
        f'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x {address}/x.xsd"/>'
    )
    assert parse_xml(text.encode(), HERE, LIMITS).tag == "a"
    assert seen == []


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param("<a>é</a>".encode(), "é", id="UTF-8 by default"),
        pytest.param("\ufeff<a>é</a>".encode(), "é", id="with a byte order mark"),
        pytest.param('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode("latin-1"), "é", id="Latin-1"),
        pytest.param('<?xml version="1.0" encoding="Windows-1252"?><a>€</a>'.encode("cp1252"), "€", id="Windows"),
        pytest.param(b"<a>x<!-- y -->z<?p q?></a>", "xz", id="comments are not text"),
        pytest.param(b"<a><![CDATA[<!DOCTYPE b>]]></a>", "<!DOCTYPE b>", id="text that only looks like a declaration"),
        pytest.param(b"<!-- <!DOCTYPE a> --><a>x</a>", "x", id="a comment that does"),
    ],
)
def test_a_sound_file_is_read(data: bytes, text: str) -> None:
    """In the character set that it declares."""
    root = parse_xml(data, HERE, LIMITS)
    assert (root.text, line_of(root)) == (text, 1)
