"""XML that may be hostile: nothing outside the file is read, and nothing grows beyond it.

Refused, each with its line where that is known and never with content: a document type or entity declaration, however
harmless, XInclude, nesting beyond the limit, a file beyond the limit, bytes that are not of the declared character
set, and character sets that are not supersets of ASCII. A style sheet that the file names is never looked for. libxml2
bounds a single text to ten million bytes (`huge_tree` stays off). Source: https://owasp.org, XML External Entity
Prevention Cheat Sheet.
"""

import re
from typing import Any

from lxml import etree

from phiward.records.reading import Limits, refuse
from phiward.records.results import Place

_CODECS = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso8859-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
}
_DECLARED = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BEFORE_ROOT = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_XINCLUDE = "{http://www.w3.org/2001/XInclude}"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse_xml(data: bytes, place: Place, limits: Limits) -> etree._Element:
    """The root element, without comments and processing instructions. Raises ImportFailedError."""
    if len(data) > limits.max_file_bytes:
        refuse(place, f"it is larger than {limits.max_file_bytes} bytes")
    text = _decoded(data, place)
    begins = _BEFORE_ROOT.match(text)
    if begins is not None and text.startswith("<!", begins.end()):
        refuse(place, "it declares a document type, which is not read")
    root = _parsed(text, place)
    if root.getroottree().docinfo.internalDTD is not None:
        refuse(place, "it declares a document type, which is not read")
    _check(root, place, limits.max_depth)
    return root


def line_of(element: etree._Element) -> int | None:
    """The line on which it begins, from 1."""
    line: Any = element.sourceline
    return line or None


def _decoded(data: bytes, place: Place) -> str:
    """The text, by the declared character set and nothing guessed: what is checked is what is then parsed."""
    marked = data.startswith(_BYTE_ORDER_MARK)
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if b"\x00" in data:
        refuse(place, "it holds a zero byte: only character sets that extend ASCII are read")
    declared = _DECLARED.match(data)
    name = declared[1].decode().lower() if declared else "utf-8"
    codec = _CODECS.get(name)
    if codec is None or (marked and codec != "utf-8"):
        refuse(place, "it declares a character set that is not read, or another one than it begins with")
    bad: int | None = None
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        bad = error.start
    line = data.count(b"\n", 0, bad) + 1
    refuse(_at_line(place, line), "a byte is not of the character set that the file declares")


def _parsed(text: str, place: Place) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    line: int | None = None
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno  # its text may repeat content
    refuse(_at_line(place, line), "this is not well-formed XML, or a text or its nesting is beyond the limit")


def _check(root: etree._Element, place: Place, max_depth: int) -> None:
    level = [root]
    for _ in range(max_depth):
        for element in level:
            if not isinstance(element.tag, str) or element.tag.startswith(_XINCLUDE):
                refuse(_at_line(place, line_of(element)), "it refers to what stands outside it, which is not read")
        level = [child for element in level for child in element]
        if not level:
            return
    refuse(_at_line(place, line_of(level[0])), "this is nested too deeply")


def _at_line(place: Place, line: int | None) -> Place:
    return Place(place.file, place.files, place.name, line or None, place.path)
