"""Endings of files and what they stand for."""

from pathlib import Path

import pytest

from phiward.records.formats import ENDINGS, FILE_TYPES, Format, format_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bundle.json", Format.FHIR),
        ("Patient.ndjson", Format.FHIR),
        ("CCD.XML", Format.CCDA),
        ("feed.hl7", Format.HL7V2),
        ("scan.TIFF", Format.FILE),
        ("letter.docx", Format.FILE),
        ("letter.doc", None),
        ("letter", None),
    ],
)
def test_the_ending_tells_the_format_whatever_its_case(name: str, expected: Format | None) -> None:
    """What is not known is not guessed from the content."""
    assert format_of(Path(name)) is expected


def test_every_ending_is_told_and_every_file_has_a_media_type() -> None:
    """So that an error can say what is read."""
    assert set(FILE_TYPES) < set(ENDINGS)
    assert all(format_of(Path(f"x{ending}")) for ending in ENDINGS)
