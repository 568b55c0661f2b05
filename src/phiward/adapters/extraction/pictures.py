"""Scans as PNG, JPEG or TIFF. How large a picture is, is read from its head before anyone decodes it.

Sources: PNG (ISO/IEC 15948) 11.2.2, JPEG (ITU-T T.81) B.2.2, TIFF 6.0 section 2.
"""

import struct
from collections.abc import Iterator
from operator import add

from phiward.adapters.extraction.answer import Read, of_pages
from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.reasons import Reason, Refused
from phiward.adapters.extraction.recognition import recognised

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_TIFF = {b"II*\x00": "<", b"MM\x00*": ">"}
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_WIDTH, _HEIGHT = 256, 257
_PIECES = ((273, 279), (324, 325))  # where strips and tiles start, and their lengths in bytes
_WHOLE = {3: ("H", 2), 4: ("I", 4)}
_INLINE = 4


def read(data: bytes, order: Order) -> Read:
    """The text of each page. Raises Refused."""
    return of_pages(texts(data, order), "scan")


def texts(data: bytes, order: Order) -> tuple[str, ...]:
    """What is recognised on each page of a picture; it may be nothing. Raises Refused."""
    pages = len(pixels(data, order))
    found = recognised(data, order)
    if len(found) != pages:
        raise Refused(Reason.BROKEN)
    return found


def pixels(data: bytes, order: Order) -> tuple[int, ...]:
    """How many each page of a picture has. Raises Refused: broken, or more than the limits allow."""
    found: list[int] = []
    try:
        for width, height in _sizes(data):
            found.append(width * height)
            if len(found) > order.limits.max_pages:
                raise Refused(Reason.TOO_MANY_PAGES)
            if found[-1] > order.limits.max_pixels:
                raise Refused(Reason.TOO_MANY_PIXELS, len(found))
    except (struct.error, IndexError):
        raise Refused(Reason.BROKEN) from None
    return tuple(found)


def _sizes(data: bytes) -> Iterator[tuple[int, int]]:
    """Width and height in pixels, page by page."""
    if data.startswith(_PNG):
        if _PNG_END not in data:
            raise Refused(Reason.CUT_SHORT)
        yield struct.unpack_from(">II", data, 16)
    elif data.startswith(_JPEG):
        if not data.rstrip(b"\0").endswith(_JPEG_END):
            raise Refused(Reason.CUT_SHORT)
        yield _jpeg(data)
    elif data[:4] in _TIFF:
        yield from _tiff(data, _TIFF[data[:4]])
    else:
        raise Refused(Reason.BROKEN)


def _jpeg(data: bytes) -> tuple[int, int]:
    """The largest frame that stands before the first scan."""
    at, found = 2, (0, 0)
    while data[at + 1] != _START_OF_SCAN:
        if data[at] != 0xFF:
            raise Refused(Reason.BROKEN)
        kind, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if kind in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            found = max(found, (width, height), key=lambda size: size[0] * size[1])
        at += 1 if kind == 0xFF else 2 + length  # a marker may be filled up with FF
    return found


def _tiff(data: bytes, order: str) -> Iterator[tuple[int, int]]:
    (at,) = struct.unpack_from(order + "I", data, 4)
    seen: set[int] = set()
    while at:
        if at in seen:
            raise Refused(Reason.BROKEN)
        seen.add(at)
        (count,) = struct.unpack_from(order + "H", data, at)
        fields = dict(_field(data, order, at + 2 + 12 * number) for number in range(count))
        for offsets, lengths in _PIECES:
            ends = map(add, fields.get(offsets, ()), fields.get(lengths, ()))
            if max(ends, default=0) > len(data):  # the decoder would paint what is missing
                raise Refused(Reason.CUT_SHORT)
        if not (fields.get(_WIDTH) and fields.get(_HEIGHT)):
            raise Refused(Reason.BROKEN)
        yield fields[_WIDTH][0], fields[_HEIGHT][0]
        (at,) = struct.unpack_from(order + "I", data, at + 2 + 12 * count)


def _field(data: bytes, order: str, at: int) -> tuple[int, tuple[int, ...]]:
    """The tag of a directory's entry, and its values; none where they are not whole numbers."""
    tag, kind, count = struct.unpack_from(order + "HHI", data, at)
    if kind not in _WHOLE:
        return tag, ()
    letter, size = _WHOLE[kind]
    within = at + 8  # the values themselves, where they fit into four bytes
    start = within if count * size <= _INLINE else struct.unpack_from(order + "I", data, within)[0]
    if start + count * size > len(data):
        raise Refused(Reason.CUT_SHORT)
    return tag, struct.unpack_from(f"{order}{count}{letter}", data, start)
