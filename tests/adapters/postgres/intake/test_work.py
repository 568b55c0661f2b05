"""What a report may call a resource: never an id, which may be a medical record number."""

import pytest

from phiward.adapters.postgres.intake.work import type_of


@pytest.mark.parametrize(
    ("source_id", "expected"),
    [
        ("Patient/pat-1", "Patient"),
        ("urn:cda:2.16.840:40017723", "C-CDA"),
        ("urn:hl7v2:H:40017723", "HL7 v2"),
        ("File/Zelda Quagmire.pdf", "File"),
    ],
)
def test_the_type_says_nothing_of_whom_it_is_about(source_id: str, expected: str) -> None:
    """Numbers and file names stay out of the account."""
    assert type_of(source_id) == expected
