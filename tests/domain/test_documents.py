"""A document does not print what it says."""

from datetime import UTC, datetime
from uuid import uuid4

from phiward.domain.documents import Document, Section
from phiward.domain.patients import DocumentId, PatientRef

CANARY = "Zelda Quagmire"


def test_a_document_prints_its_ids_and_labels_only() -> None:
    """Not title, text, author or the titles of its sections."""
    sections = (Section(0, 14, CANARY),)
    at = datetime.now(UTC)
    made = Document(DocumentId(uuid4()), PatientRef(uuid4()), 1, at, CANARY, CANARY, CANARY, sections)
    assert CANARY not in repr(made)
    assert CANARY not in repr(sections[0])
