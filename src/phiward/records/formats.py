"""Which formats are read, by the ending of a file's name."""

from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """FILE is a document without a structure of its own: somebody has to say whose it is."""

    FHIR = "fhir"
    CCDA = "ccda"
    HL7V2 = "hl7v2"
    FILE = "file"


FILE_TYPES = {
    ".pdf": "application/pdf",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Ending → media type of a FILE."""

_FORMATS = {
    ".json": Format.FHIR,
    ".ndjson": Format.FHIR,
    ".xml": Format.CCDA,
    ".hl7": Format.HL7V2,
} | dict.fromkeys(FILE_TYPES, Format.FILE)
ENDINGS = tuple(sorted(_FORMATS))


def format_of(path: Path) -> Format | None:
    """The format of a file; None for one that is not read."""
    return _FORMATS.get(path.suffix.lower())
