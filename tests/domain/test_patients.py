"""What names a patient does not print."""

from uuid import uuid4

from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef

CANARY = "Zelda Quagmire"


def test_identifiers_print_their_kind_and_length_only() -> None:
    """Also inside a patient."""
    identifier = Identifier(IdentifierKind.FULL_NAME, CANARY)
    patient = KnownPatient(PatientRef(uuid4()), 1, (identifier,))
    assert repr(identifier) == "Identifier(full_name, 14 characters)"
    assert CANARY not in repr(patient)
