"""A C-CDA file to what it says: one patient, one document, facts, care relations. Source: C-CDA R2.1.

`resources` is always 1, the document; an account counts its parts. What of it is not understood is counted in
`unresolved` by fixed sentences.
"""

import base64
import binascii
import re
from collections import Counter

from phiward.domain.documents import SourceFormat
from phiward.records.ccda import header, narrative
from phiward.records.ccda.elements import V3, Element, Reader, attribute, by_id, child
from phiward.records.ccda.facts import facts
from phiward.records.ccda.patient import patient
from phiward.records.ccda.safe_xml import parse_xml
from phiward.records.ports import Extracted, Extractor
from phiward.records.reading import Limits, Source, read_bytes, refuse
from phiward.records.results import DocumentRecord, FactRecord, ParsedFile, Place

TYPE = "C-CDA document"
"""As what the document is counted."""
SKIP_NO_TEXT = "it carries no text"
SKIP_ELSEWHERE = "its body stands elsewhere, by reference"
SKIP_NO_EXTRACTOR = "its body is an embedded file, and this import reads no embedded files"
SKIP_NOT_READ = "its body is an embedded file of a type that is not read"
_PLAIN = "text/plain"


def parse_ccda(source: Source, limits: Limits | None = None, extractor: Extractor | None = None) -> ParsedFile:
    """What the file says. Raises ImportFailedError naming the place, with its line where that is known."""
    limits = limits or Limits()
    return parse_ccda_bytes(read_bytes(source, limits), source.place, limits, extractor)


def parse_ccda_bytes(
    data: bytes, place: Place, limits: Limits | None = None, extractor: Extractor | None = None
) -> ParsedFile:
    """The same of bytes. Raises ImportFailedError."""
    root = parse_xml(data, place, limits or Limits())
    if root.tag != f"{V3}ClinicalDocument":
        refuse(place, "this is not a clinical document of HL7 CDA")
    reader = Reader(place, by_id(root))
    unresolved: Counter[str] = Counter()
    who = patient(root, reader)
    key = header.source_id(root, who.source_id, reader)
    classes = header.classes(root, unresolved)
    relations = header.relations(root, who.source_id, key, reader, unresolved)
    written = header.written_at(root, reader)
    structured = child(root, "component", "structuredBody")
    read = _text(root, reader, extractor, unresolved)
    stated: list[FactRecord] = []
    if structured is not None:
        stated = facts(structured, reader, key, who.source_id, classes, unresolved)
    documents: tuple[DocumentRecord, ...] = ()
    if isinstance(read, Extracted):
        document = DocumentRecord(
            key,
            who.source_id,
            written,
            header.title(root, reader),
            read.text,
            place,
            header.kind(root),
            classes,
            header.author(root),
            read.sections,
            read.source,
        )
        documents = (document,)
    return ParsedFile(
        place,
        1,
        (who,),
        documents,
        (relations,),
        header.replaced(root, who.source_id, key),
        {(TYPE, read): 1} if isinstance(read, str) else {},
        {reason: count for reason, count in unresolved.items() if count},
        tuple(stated),
    )


def _text(root: Element, reader: Reader, extractor: Extractor | None, unresolved: Counter[str]) -> Extracted | str:
    """The text of the body, or why there is none: a fixed sentence. Raises ImportFailedError, also the extractor's."""
    structured = child(root, "component", "structuredBody")
    if structured is not None:
        body = narrative.body(structured, unresolved)
        return Extracted(body.text, SourceFormat.CCDA, body.sections) if body.text else SKIP_NO_TEXT
    element = child(root, "component", "nonXMLBody", "text")
    if element is None:
        return SKIP_NO_TEXT
    return _embedded(element, reader, extractor)


def _embedded(element: Element, reader: Reader, extractor: Extractor | None) -> Extracted | str:
    """nonXMLBody: plain text as it stands, or a file in base64 for the extractor."""
    media_type = (attribute(element, "mediaType") or _PLAIN).lower()
    written = "".join(map(str, element.itertext())).strip()
    if not written:
        return SKIP_ELSEWHERE if child(element, "reference") is not None else SKIP_NO_TEXT
    if attribute(element, "representation") != "B64":
        return Extracted(written, SourceFormat.CCDA) if media_type == _PLAIN else SKIP_NOT_READ
    if extractor is None:
        return SKIP_NO_EXTRACTOR
    if not extractor.reads(media_type):
        return SKIP_NOT_READ
    try:
        data = base64.b64decode(re.sub(r"\s+", "", written), validate=True)
    except (binascii.Error, ValueError):
        reader.refuse(element, "this is not base64")
    read = extractor.extract(data, media_type, reader.at(element))
    return read if read.text.strip() else SKIP_NO_TEXT
