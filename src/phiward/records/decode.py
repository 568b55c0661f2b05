"""The two sealed forms, written and read back: a patient's identifiers and a note.

Sealed with record = the patient's id and name "identifiers", or the document's id and name
"document". Both are JSON by orjson; the encoding is stable, so that digests of it can be compared.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import orjson

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.errors import VaultError
from phiward.domain.patients import (
    DocumentId,
    Identifier,
    IdentifierKind,
    KnownPatient,
    Note,
    PatientRef,
)

PATIENT_NAME = "identifiers"
DOCUMENT_NAME = "document"


def encode_patient(identifiers: tuple[Identifier, ...], birth_date: date | None) -> bytes:
    """{"identifiers": [[kind, value], …], "birth_date": "1970-01-31" or null}."""
    pairs = [[str(identifier.kind), identifier.value] for identifier in identifiers]
    return orjson.dumps({"identifiers": pairs, "birth_date": birth_date})


def decode_patient(ref: UUID, version: int, plaintext: bytes) -> KnownPatient:
    """The patient from what was sealed. Raises VaultError if it is not of that form."""
    try:
        stored = orjson.loads(plaintext)
        pairs = tuple(Identifier(IdentifierKind(kind), value) for kind, value in stored["identifiers"])
        birth_date = None if stored["birth_date"] is None else date.fromisoformat(stored["birth_date"])
    except (ValueError, TypeError, KeyError):
        raise VaultError("A sealed patient record is not of the expected form.") from None
    return KnownPatient(PatientRef(ref), version, pairs, birth_date)


def encode_note(title: str, text: str) -> bytes:
    """{"title": …, "text": …}."""
    return orjson.dumps({"title": title, "text": text})


def decode_note(
    document: UUID,
    patient: UUID,
    written_at: datetime,
    plaintext: bytes,
    kind: str = DocumentKind.CLINICAL_NOTE,
    classes: Iterable[str] = (),
) -> Note:
    """The note from what was sealed.

    Raises VaultError if it is not of that form, or of a kind or class that this version does not know: no rule
    of this version could protect it.
    """
    try:
        stored = orjson.loads(plaintext)
        title, text = stored["title"], stored["text"]
        if not (isinstance(title, str) and isinstance(text, str)):
            raise TypeError
        labels = DocumentKind(kind), frozenset(DataClass(one) for one in classes)
    except (ValueError, TypeError, KeyError):
        raise VaultError("A sealed note is not of the expected form.") from None
    return Note(DocumentId(document), PatientRef(patient), written_at, title, text, *labels)
