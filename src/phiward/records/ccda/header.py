"""What a document is: its id, what it replaces, its date, title, author, kind, classes of data, and who gave the care.

The source id is the set's where there is one, so that a newer version replaces the older, and in any case the type and
the patient are part of it: in files of the field the same id is found on documents of several patients, and one
patient's document must never take the place of another's. Source: C-CDA R2.1 US Realm header; CDA R2, 4.2.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.patients import CareRelation, CareSource
from phiward.records.ccda.codes import code_words
from phiward.records.ccda.elements import (
    Element,
    Reader,
    attribute,
    child,
    children,
    is_null,
    tag,
    words,
)
from phiward.records.ccda.identifiers import display_name
from phiward.records.fhir.labels import KINDS, SENSITIVITY
from phiward.records.results import CareRelationRecord

NAMES_NO_CLASS = "a confidentiality code names no class of data"
NO_NPI = "a performer is not named by a national provider identifier"
NO_START = "a service has no start, or ends before it"
_NPI = "2.16.840.1.113883.4.6"
_NPI_FORM = re.compile(r"\d{10}", re.ASCII)
_ACT_CODES = "2.16.840.1.113883.5.4"
_USUAL = frozenset({"N", "L", "M", "U"})


def source_id(root: Element, patient: str, reader: Reader) -> str:
    """Raises ImportFailedError when the document has neither id nor set."""
    found = _instance(child(root, "setId")) or _instance(child(root, "id"))
    if found is None:
        reader.refuse(root, "the document has no id")
    return _qualified(found, root, patient)


def replaced(root: Element, patient: str, own: str) -> tuple[str, ...]:
    """The source ids of documents that this one replaces, its own set apart."""
    found: dict[str, None] = {}
    for related in children(root, "relatedDocument"):
        if related.get("typeCode") == "RPLC":
            for parent in children(related, "parentDocument"):
                instances = (_instance(child(parent, name)) for name in ("setId", "id"))
                found |= {_qualified(one, root, patient): None for one in instances if one is not None}
    return tuple(key for key in found if key != own)


def written_at(root: Element, reader: Reader) -> datetime:
    """effectiveTime. Raises ImportFailedError when it is missing or is no time."""
    found = reader.instant(child(root, "effectiveTime"))
    if found is None:
        reader.refuse(root, "effectiveTime is missing")
    return found


def title(root: Element, reader: Reader) -> str:
    """As written, else the name of its type."""
    return words(child(root, "title")) or code_words(child(root, "code"), reader) or "Clinical document"


def author(root: Element) -> str | None:
    """The first author who is a person, else the first that is a system."""
    authors = [child(one, "assignedAuthor") for one in children(root, "author")]
    people = (display_name(child(one, "assignedPerson", "name")) for one in authors)
    systems = (words(child(one, "assignedAuthoringDevice", "softwareName")) for one in authors)
    return next((name for name in (*people, *systems) if name is not None), None)


def kind(root: Element) -> DocumentKind:
    """By the LOINC code of the document's type, or a translation of it."""
    code = child(root, "code")
    found = [attribute(one, "code") for one in ((code, *children(code, "translation")) if code is not None else ())]
    return next((KINDS[one] for one in found if one in KINDS), DocumentKind.CLINICAL_NOTE)


def classes(root: Element, unresolved: Counter[str]) -> frozenset[DataClass]:
    """The classes that confidentiality codes and privacy markings anywhere in the document name.

    "R" and "V" say that it is restricted and not for what: they name no class, and are counted.
    """
    found = set()
    for element in root.iter():
        code = attribute(element, "code")
        if code is None:
            continue
        labelled = tag(element) == "confidentialityCode"
        if code in SENSITIVITY and (labelled or attribute(element, "codeSystem") == _ACT_CODES):
            found.add(SENSITIVITY[code])
        elif labelled and code not in _USUAL:
            unresolved[NAMES_NO_CLASS] += 1
    return frozenset(found)


def relations(
    root: Element, patient: str, document: str, reader: Reader, unresolved: Counter[str]
) -> CareRelationRecord:
    """Who performed the documented services, possibly nobody: it replaces what an earlier version said."""
    found = [
        relation
        for documentation in children(root, "documentationOf")
        for service in children(documentation, "serviceEvent")
        for relation in _performers(service, reader, unresolved)
    ]
    return CareRelationRecord(document, patient, tuple(dict.fromkeys(found)), reader.at(root))


def _performers(service: Element, reader: Reader, unresolved: Counter[str]) -> Iterator[CareRelation]:
    for performer in children(service, "performer"):
        number = _npi(performer)
        if number is None:
            unresolved[NO_NPI] += 1
            continue
        own, of_service = child(performer, "time"), child(service, "effectiveTime")
        start = reader.start(of_service) or reader.start(own)
        end = _end(of_service, reader)
        if start is None or (end is not None and end < start):
            unresolved[NO_START] += 1
            continue
        yield CareRelation(f"Practitioner/{number}", CareSource.CARE_TEAM, start, end)


def _npi(performer: Element) -> str | None:
    for one in children(child(performer, "assignedEntity"), "id"):
        number = attribute(one, "extension") or ""
        if attribute(one, "root") == _NPI and not is_null(one) and _NPI_FORM.fullmatch(number):
            return number
    return None


def _end(time: Element | None, reader: Reader) -> datetime | None:
    """The last instant of high, or of a single value; None while it goes on."""
    return reader.instant(child(time, "high"), end=True) or reader.instant(time, end=True)


def _instance(element: Element | None) -> str | None:
    root = attribute(element, "root")
    return None if is_null(element) or root is None else f"{root}:{attribute(element, 'extension') or ''}"


def _qualified(instance: str, root: Element, patient: str) -> str:
    return f"urn:cda:{instance}:{attribute(child(root, 'code'), 'code') or ''}:{patient}"
