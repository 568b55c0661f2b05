"""The sealed forms, written and read back: a patient's identifiers, what one source knows of him, a document, a fact.

Each is sealed with record = the row's id and the name below. All are JSON by orjson; the encoding is stable, so that
digests of it can be compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.documents import Document, Section, SourceFormat
from phiward.domain.errors import VaultError
from phiward.domain.facts import Code, Fact, FactId, FactKind, Saying
from phiward.domain.patients import DocumentId, Identifier, IdentifierKind, KnownPatient, PatientRef
from phiward.domain.trust import Trust

PATIENT_NAME = "identifiers"
SOURCE_NAME = "source"
DOCUMENT_NAME = "document"
FACT_NAME = "fact"
SEGMENT_NAME = "segment"


@dataclass(frozen=True, slots=True)
class KnownSource:
    """What one source knows of a patient, and by which id it names him."""

    source_id: str = field(repr=False)
    identifiers: tuple[Identifier, ...]
    birth_date: date | None = field(repr=False)


def encode_patient(identifiers: tuple[Identifier, ...], birth_date: date | None) -> bytes:
    """{"identifiers": [[kind, value], …], "birth_date": "1970-01-31" or null}."""
    return orjson.dumps({"identifiers": _pairs(identifiers), "birth_date": birth_date})


def decode_patient(ref: UUID, version: int, plaintext: bytes) -> KnownPatient:
    """The patient from what was sealed. Raises VaultError if it is not of that form."""
    try:
        stored = orjson.loads(plaintext)
        identifiers, birth_date = _identifiers(stored)
    except (ValueError, TypeError, KeyError):
        raise _other_form("patient record") from None
    return KnownPatient(PatientRef(ref), version, identifiers, birth_date)


def encode_source(source: KnownSource) -> bytes:
    """As for a patient, and {"source_id": …}."""
    return orjson.dumps(
        {
            "source_id": source.source_id,
            "identifiers": _pairs(source.identifiers),
            "birth_date": source.birth_date,
        }
    )


def decode_source(plaintext: bytes) -> KnownSource:
    """The source from what was sealed. Raises VaultError if it is not of that form."""
    try:
        stored = orjson.loads(plaintext)
        return KnownSource(str(stored["source_id"]), *_identifiers(stored))
    except (ValueError, TypeError, KeyError):
        raise _other_form("source of a patient") from None


def encode_document(title: str, text: str, author: str | None, sections: Sequence[Section]) -> bytes:
    """{"title", "text", "author", "sections": [[start, end, title], …]}."""
    places = [[section.start, section.end, section.title] for section in sections]
    return orjson.dumps({"title": title, "text": text, "author": author, "sections": places})


def decode_document(
    document: UUID,
    patient: UUID,
    version: int,
    written_at: datetime,
    source: str,
    plaintext: bytes,
    kind: str = DocumentKind.CLINICAL_NOTE,
    classes: Iterable[str] = (),
    trust: str = Trust.OUTSIDE,
) -> Document:
    """The document from what was sealed.

    Raises VaultError if it is not of that form, or of a kind or class that this version does not know: no rule
    of this version could protect it.
    """
    try:
        stored = orjson.loads(plaintext)
        title, text, author = stored["title"], stored["text"], stored["author"]
        if not (isinstance(title, str) and isinstance(text, str) and isinstance(author, str | None)):
            raise TypeError
        sections = tuple(Section(start, end, name) for start, end, name in stored["sections"])
        labels = SourceFormat(source), Trust(trust), DocumentKind(kind), frozenset(DataClass(one) for one in classes)
    except (ValueError, TypeError, KeyError):
        raise _other_form("document") from None
    return Document(
        DocumentId(document), PatientRef(patient), version, written_at, title, text, author, sections, *labels
    )


def encode_saying(saying: Saying) -> bytes:
    """What a fact says; when, as what and of which class stands in the row as well."""
    return orjson.dumps(
        {
            "label": saying.label,
            "codes": [[code.system, code.code] for code in saying.codes],
            "value": saying.value,
            "unit": saying.unit,
            "status": saying.status,
            "detail": saying.detail,
        }
    )


def decode_fact(
    fact: UUID,
    patient: UUID,
    version: int,
    kind: str,
    effective_at: datetime | None,
    plaintext: bytes,
    document_kind: str,
    classes: Iterable[str],
    trust: str = Trust.OUTSIDE,
) -> Fact:
    """The fact from what was sealed. Raises VaultError as for a document."""
    try:
        stored = orjson.loads(plaintext)
        saying = Saying(
            FactKind(kind),
            stored["label"],
            tuple(Code(system, code) for system, code in stored["codes"]),
            stored["value"],
            stored["unit"],
            stored["status"],
            stored["detail"],
            effective_at,
            DocumentKind(document_kind),
            frozenset(DataClass(one) for one in classes),
        )
        who = Trust(trust)
    except (ValueError, TypeError, KeyError):
        raise _other_form("fact") from None
    return Fact(FactId(fact), PatientRef(patient), version, saying, who)


def _pairs(identifiers: tuple[Identifier, ...]) -> list[list[str]]:
    return [[str(identifier.kind), identifier.value] for identifier in identifiers]


def _identifiers(stored: Any) -> tuple[tuple[Identifier, ...], date | None]:
    pairs = tuple(Identifier(IdentifierKind(kind), value) for kind, value in stored["identifiers"])
    return pairs, None if stored["birth_date"] is None else date.fromisoformat(stored["birth_date"])


def _other_form(what: str) -> VaultError:
    return VaultError(f"A sealed {what} is not of the expected form.")
