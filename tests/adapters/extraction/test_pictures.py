"""Scans as pictures: their size is known before anyone decodes them."""

import struct
import subprocess
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.extraction.order import ExtractionLimits, Order
from phiward.adapters.extraction.pictures import pixels, read
from phiward.adapters.extraction.reasons import Reason, Refused
from tests.adapters.extraction.conftest import Drawn
from tests.adapters.extraction.made import LETTER, letter, png, tiff
from tests.adapters.extraction.made import pixels as parts

BARE = Order("pictures", ExtractionLimits(max_pages=2))
DOT = (1, 1, b"\0")
HUGE = struct.pack(">II", 100_000, 100_000)
FRAME = b"\xff\xd8\xff\xc0\x00\x0b\x08%s\x01\x01\x11\x00\xff\xda\x00\x08" + b"\0" * 6 + b"\xff\xd9"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(png(*DOT)[:16] + HUGE + png(*DOT)[24:], Reason.TOO_MANY_PIXELS, id="a PNG of 100000 x 100000"),
        pytest.param(FRAME % (b"\xff\xff" * 2), Reason.TOO_MANY_PIXELS, id="a JPEG of 65535 x 65535"),
        pytest.param(tiff([(100_000, 100_000, b"")]), Reason.TOO_MANY_PIXELS, id="a TIFF of 100000 x 100000"),
        pytest.param(tiff([DOT] * 3), Reason.TOO_MANY_PAGES, id="a TIFF of three pages where two are the limit"),
        pytest.param(tiff([DOT, DOT], loops=True), Reason.BROKEN, id="a TIFF whose last page leads to the first"),
        pytest.param(tiff([DOT])[:40], Reason.BROKEN, id="a TIFF cut in its directory"),
        pytest.param(tiff([(600, 800, b"\xff" * 400_000)])[:-9], Reason.CUT_SHORT, id="a TIFF cut in its last strip"),
        pytest.param(png(*DOT)[:-12], Reason.CUT_SHORT, id="a PNG without end"),
        pytest.param(FRAME[:-2], Reason.CUT_SHORT, id="a JPEG without end"),
        pytest.param(b"\xff\xd8\xffx\xff\xd9", Reason.BROKEN, id="a JPEG of nothing"),
        pytest.param(b"GIF89a", Reason.BROKEN, id="another format"),
        pytest.param(b"", Reason.BROKEN, id="nothing"),
        pytest.param(png(*DOT), Reason.NEEDS_TESSERACT, id="a good picture, but nobody to read it"),
    ],
)
def test_a_picture_is_refused_before_it_is_decoded(data: bytes, reason: Reason) -> None:
    """Here no program is there that could decode it."""
    with pytest.raises(Refused) as refused:
        read(data, BARE)
    assert refused.value.reason is reason


@given(st.sampled_from([b"", b"II*\0", b"MM\0*", b"\xff\xd8\xff"]), st.binary(max_size=200))
def test_any_bytes_have_a_size_or_are_refused(head: bytes, rest: bytes) -> None:
    """No other error escapes, and no loop is without end."""
    for data in (head + rest, head + rest + b"\xff\xd9"):
        with suppress(Refused):
            assert all(count >= 0 for count in pixels(data, BARE))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png(2, 3, b"\0" * 6), id="PNG"),
        pytest.param(tiff([(2, 3, b"\0" * 6)]), id="TIFF"),
        pytest.param(FRAME % b"\x00\x02\x00\x03", id="JPEG"),
    ],
)
def test_the_size_is_read_from_the_head(data: bytes) -> None:
    """In pixels."""
    assert pixels(data, BARE) == (6,)


def test_an_empty_scan_gives_no_text(order: Order) -> None:
    """It is refused, since nothing was read."""
    with pytest.raises(Refused, match="NO_TEXT"):
        read(png(600, 800, b"\xff" * 480_000), order)


def test_every_page_of_a_scan_is_read_also_upside_down(order: Order, drawn: Drawn) -> None:
    """As fax machines send them."""
    width, height, content = parts(drawn(LETTER))
    found = read(tiff([(width, height, content), (width, height, content[::-1])]), order)
    assert [title for _, _, title in found.sections] == ["page 1", "page 2"]
    assert ["potassium 4.1" in found.text[start:end] for start, end, _ in found.sections] == [True, True]
    assert found.source == "scan"


def test_a_photograph_of_a_page_is_read(order: Order) -> None:
    """JPEG."""
    command = [order.pdftoppm or "", "-jpeg", "-r", "150", "-"]
    picture = subprocess.run(command, input=letter(LETTER), capture_output=True, check=True).stdout
    assert "potassium 4.1" in read(picture, order).text
