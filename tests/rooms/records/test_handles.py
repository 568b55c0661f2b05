"""How a caller may name a patient."""

import pytest

from phiward.domain.patients import Identifier, IdentifierKind
from phiward.records.handles import handle_text, handles


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("abc", "the bare id"),
        ("Patient/abc", "as FHIR writes it"),
        ("patient/ABC", "case does not matter"),
        ("  Patient/abc\n", "blank ends do not matter"),
    ],
)
def test_spellings_of_one_reference_are_one(reference: str, reason: str) -> None:
    """The canonical form is the same."""
    assert handle_text(reference) == "abc", reason


@pytest.mark.parametrize("reference", ["Practitioner/abc", "abcd", "patient abc", "https://x/Patient/abc"])
def test_other_references_stay_other(reference: str) -> None:
    """Nothing else is cut away."""
    assert handle_text(reference) != "abc"


def test_a_patient_is_named_by_our_id_the_records_id_and_every_record_number() -> None:
    """A social security number is no handle."""
    identifiers = (
        Identifier(IdentifierKind.MRN, "MRN-1"),
        Identifier(IdentifierKind.MRN, "MRN-2"),
        Identifier(IdentifierKind.SSN, "900-00-0001"),
    )
    assert set(handles("our-id", "Patient/Abc", identifiers)) == {"our-id", "abc", "mrn-1", "mrn-2"}
