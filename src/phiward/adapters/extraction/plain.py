"""Plain text: bytes to characters, strictly. The only format that needs no process of its own."""

import codecs
import unicodedata

from phiward.adapters.extraction.reasons import Reason, Refused

CHARSETS = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
"""IANA names of the character sets that are read, with Python's names."""

_MARKS = (
    (codecs.BOM_UTF32_LE, None),  # begins as UTF-16's does, so it is asked first
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALLOWED = "\n\t"


def decode(data: bytes, charset: str | None) -> str:
    """The text, its lines ended by line feeds. A byte order mark goes before `charset`, an IANA name.

    Raises Refused. Nothing is guessed: without mark and without `charset` the bytes are UTF-8.
    """
    name, data = _named(data, charset)
    if data.startswith(b"{\\rtf"):
        raise Refused(Reason.RICH_TEXT)
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        raise Refused(Reason.NOT_DECODED if charset is None else Reason.BROKEN) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    if any(unicodedata.category(one) == "Cc" and one not in _ALLOWED for one in set(text)):
        raise Refused(Reason.CONTROLS)
    if not text.strip():
        raise Refused(Reason.NO_TEXT)
    return text


def _named(data: bytes, charset: str | None) -> tuple[str, bytes]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            if name is None:
                raise Refused(Reason.UNKNOWN_CHARSET)
            return name, data.removeprefix(mark)
    if charset is None:
        return "utf-8", data
    if charset.lower() not in CHARSETS:
        raise Refused(Reason.UNKNOWN_CHARSET)
    return CHARSETS[charset.lower()], data
