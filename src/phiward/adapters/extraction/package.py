"""The ZIP archive of an Office document, opened only when it unpacks to no more than the limits allow.

Sources: ECMA-376 part 2 (Open Packaging Conventions); APPNOTE.TXT 4.4 of the ZIP format.
"""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.reasons import Reason, Refused

_MOST_ENTRIES = 4000
_MOST_RATIO = 200  # of text; Word's own files stay below 100
_RATIO_FROM = 1024 * 1024  # bytes unpacked from which the ratio counts
_ENCRYPTED = 1
_OLE = b"\xd0\xcf\x11\xe0"  # a document of before 2007, or an encrypted one
_TYPES = "[Content_Types].xml"
_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"


class Package:
    """The parts of an Office document by their content types."""

    def __init__(self, data: bytes, order: Order) -> None:
        """Raises Refused: broken, encrypted, too large when unpacked."""
        if data.startswith(_OLE):
            raise Refused(Reason.OLD_WORD)
        try:
            self._archive = ZipFile(BytesIO(data))
        except (BadZipFile, ValueError, NotImplementedError):
            raise Refused(Reason.BROKEN) from None
        self._names = {entry.filename: entry for entry in _checked(self._archive.infolist(), order)}
        self._types = [(each.get("PartName", ""), each.get("ContentType", "")) for each in self._overrides()]

    def parts(self, content_type: str) -> list[etree._Element]:
        """The roots of all parts of a content type, in the order of their names."""
        wanted = sorted(name for name, kind in self._types if kind == content_type)
        return [self._root(name.removeprefix("/")) for name in wanted]

    def pictures(self) -> list[bytes]:
        """The pictures that lie in it, as they are."""
        names = sorted(name for name in self._names if name.lower().endswith(_PICTURES))
        return [self._content(name) for name in names]

    def _overrides(self) -> list[etree._Element]:
        return [each for each in self._root(_TYPES) if each.tag == _OVERRIDE]

    def _root(self, name: str) -> etree._Element:
        return parsed(self._content(name))

    def _content(self, name: str) -> bytes:
        if name not in self._names:
            raise Refused(Reason.BROKEN)
        try:
            return self._archive.read(self._names[name])
        except (BadZipFile, EOFError, OSError, ValueError, zlib.error):
            raise Refused(Reason.BROKEN) from None


def parsed(xml: bytes) -> etree._Element:
    """The root. No entity is resolved, nothing is loaded. Raises Refused for what declares a document type."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        raise Refused(Reason.DECLARES_TYPES if b"<!DOCTYPE" in xml else Reason.BROKEN) from None
    if etree.ElementTree(root).docinfo.internalDTD is not None:
        raise Refused(Reason.DECLARES_TYPES)
    return root


def _checked(entries: list[ZipInfo], order: Order) -> list[ZipInfo]:
    if len(entries) > _MOST_ENTRIES or sum(each.file_size for each in entries) > order.limits.max_unpacked_bytes:
        raise Refused(Reason.TOO_LARGE)
    if len({each.filename for each in entries}) != len(entries):
        raise Refused(Reason.BROKEN)
    for each in entries:
        if each.flag_bits & _ENCRYPTED:
            raise Refused(Reason.ENCRYPTED)
        if each.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refused(Reason.BROKEN)
        if each.filename.startswith("/") or ".." in each.filename.split("/") or "\\" in each.orig_filename:
            raise Refused(Reason.BROKEN)
        if each.file_size > _RATIO_FROM and each.file_size > _MOST_RATIO * each.compress_size:
            raise Refused(Reason.TOO_LARGE)
    return entries
