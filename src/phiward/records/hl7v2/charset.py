"""The character set that a message declares in MSH-18, and nothing guessed.

Without a declaration only ASCII is read. Several sets, and the escape sequences of ISO 2022 that switch between them,
are refused. Source: HL7 v2.8 chapter 2.14.9.18 and table 0211.
"""

import re

from phiward.records.reading import refuse
from phiward.records.results import Place

_CODECS = {
    "": "ascii",
    "ascii": "ascii",
    "unicode utf-8": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
}
_ISO = re.compile(r"(?:iso[ _-]?)?8859[/-](1|2|3|4|5|6|7|8|9|15)", re.IGNORECASE)
_WINDOWS = re.compile(r"(?:windows-|cp)(125[0-8])", re.IGNORECASE)


def codec_of(declared: str, place: Place) -> str:
    """The codec of Python for MSH-18 as written. Raises ImportFailedError for a set that is not read."""
    name = " ".join(declared.split()).lower()
    if name in _CODECS:
        return _CODECS[name]
    if iso := _ISO.fullmatch(name):
        return f"iso8859-{iso[1]}"
    if windows := _WINDOWS.fullmatch(name):
        return f"cp{windows[1]}"
    refuse(place, "MSH-18 declares a character set that is not read, or several")


def decode(data: bytes, codec: str, place: Place) -> str:
    """The text. Raises ImportFailedError where a byte does not belong to the declared set."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        pass  # its own text and context hold bytes of the message
    if codec == "ascii":
        refuse(place, "it holds bytes beyond ASCII, and MSH-18 declares no set that has them")
    refuse(place, "it holds bytes that are not of the character set that MSH-18 declares")
