"""What names a patient does not print."""

from datetime import UTC, datetime
from uuid import uuid4

from phiward.domain.patients import DocumentId, Identifier, IdentifierKind, KnownPatient, Note, PatientRef

CANARY = "Zelda Quagmire"


def test_identifiers_and_notes_print_their_kind_and_length_only() -> None:
    """Also inside a patient."""
    identifier = Identifier(IdentifierKind.FULL_NAME, CANARY)
    patient = KnownPatient(PatientRef(uuid4()), 1, (identifier,))
    note = Note(DocumentId(uuid4()), patient.patient, datetime.now(UTC), "visit", CANARY)
    assert repr(identifier) == "Identifier(full_name, 14 characters)"
    assert CANARY not in repr(patient)
    assert CANARY not in repr(note)
