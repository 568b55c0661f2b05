"""The archive of an Office document opens only when it stays small."""

import struct
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.extraction.order import ExtractionLimits, Order
from phiward.adapters.extraction.package import Package, parsed
from phiward.adapters.extraction.reasons import Reason, Refused
from tests.adapters.extraction.made import docx, paragraph

ORDER = Order("word", ExtractionLimits(max_unpacked_bytes=4 * 1024 * 1024))
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
GOOD = docx(paragraph("K 4.1"))


def with_file(name: str, content: bytes, method: int = ZIP_DEFLATED) -> bytes:
    """The good document and one more file."""
    held = BytesIO(GOOD)
    with ZipFile(held, "a", method) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def lying() -> bytes:
    """The archive says that a part of two mebibytes unpacks to forty bytes."""
    data, size = with_file("word/x.xml", b"x" * 2_000_000), struct.pack("<I", 2_000_000)
    assert data.count(size) == 2
    return data.replace(size, struct.pack("<I", 40))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(with_file("a", bytes(3 * 1024 * 1024)), Reason.TOO_LARGE, id="a ratio of a thousand"),
        pytest.param(with_file("a", b"0123456789abcdef" * 300_000), Reason.TOO_LARGE, id="more than unpacks in all"),
        pytest.param(with_file("../a", b"x"), Reason.BROKEN, id="a name that climbs"),
        pytest.param(with_file("/a", b"x"), Reason.BROKEN, id="a name from the root"),
        pytest.param(with_file("a\\b", b"x"), Reason.BROKEN, id="a name of another system"),
        pytest.param(with_file("a", b"x", ZIP_BZIP2), Reason.BROKEN, id="a method that Office does not use"),
        pytest.param(b"\xd0\xcf\x11\xe0" + bytes(512), Reason.OLD_WORD, id="a document of before 2007"),
        pytest.param(GOOD[:-40], Reason.BROKEN, id="cut short"),
        pytest.param(b"PK", Reason.BROKEN, id="nothing"),
    ],
)
def test_an_archive_that_could_do_harm_is_not_opened(data: bytes, reason: Reason) -> None:
    """No part of it is unpacked."""
    with pytest.raises(Refused) as refused:
        Package(data, ORDER)
    assert refused.value.reason is reason


def test_a_document_named_twice_is_refused() -> None:
    """Which of the two would be read is not certain."""
    with pytest.warns(UserWarning, match="Duplicate"):
        data = with_file("word/styles.xml", b"<a/>")
    with pytest.raises(Refused, match="BROKEN"):
        Package(data, ORDER)


def test_an_encrypted_part_is_refused() -> None:
    """By its flag in the directory."""
    at = GOOD.index(b"PK\x01\x02") + 8
    with pytest.raises(Refused, match="ENCRYPTED"):
        Package(GOOD[:at] + b"\x01" + GOOD[at + 1 :], ORDER)


def test_a_part_that_unpacks_to_more_than_it_says_is_refused() -> None:
    """At what it says, and not later."""
    held = lying().replace(b"word/styles.xml", b"word/xtyles.xml").replace(b"word/x.xml", b"word/s.xml")
    package = Package(held, ORDER)
    with pytest.raises(Refused, match="BROKEN"):
        package._content("word/s.xml")


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', id="an external entity"),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>', id="a document type elsewhere"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>', id="entities of entities"),
        pytest.param("<!DOCTYPE a []><a/>".encode("utf-16"), id="in another encoding"),
    ],
)
def test_what_declares_a_document_type_is_refused(xml: bytes) -> None:
    """The parser's own finding counts, not a search for words."""
    with pytest.raises(Refused, match="DECLARES_TYPES"):
        parsed(xml)


@pytest.mark.parametrize("xml", [b"", b"<a>", b"<a></b>", b"<a>&x;</a>", b"<a>" * 300 + b"</a>" * 300])
def test_what_is_no_xml_is_refused(xml: bytes) -> None:
    """Also what is nested without end."""
    with pytest.raises(Refused, match="BROKEN"):
        parsed(xml)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_document_with_any_byte_changed_opens_or_is_refused(at: int, change: int) -> None:
    """No other error escapes."""
    data = GOOD[:at] + bytes([GOOD[at] ^ change]) + GOOD[at + 1 :]
    with suppress(Refused):
        assert all(root.tag for root in Package(data, ORDER).parts(MAIN))


def test_parts_are_found_by_their_content_type() -> None:
    """Whatever they are called."""
    data = GOOD.replace(b"word/document.main.xml", b"word/elsewhere.bin.xml")
    assert [root.tag.rpartition("}")[2] for root in Package(GOOD, ORDER).parts(MAIN)] == ["document"]
    assert Package(GOOD, ORDER).parts("application/json") == []
    with pytest.raises(Refused, match="BROKEN"):
        Package(data, ORDER).parts(MAIN)
