"""Notes from DocumentReference and DiagnosticReport."""

from datetime import UTC, datetime
from typing import Any

import pytest

from phiward.domain.documents import SourceFormat
from phiward.records.fhir.care import SKIP_NOT_A_PATIENT, Skipped
from phiward.records.fhir.documents import SKIP_IN_ERROR, SKIP_NO_DATE, diagnostic_report, document_reference
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from phiward.records.results import DocumentRecord
from tests.rooms.records.fhir_files import HERE, b64, document


def _document(**more: Any) -> DocumentRecord | Skipped:
    return document_reference(Resource("DocumentReference", document(**more), None, HERE), Directory())


def _report(**more: Any) -> DocumentRecord | Skipped:
    content = {
        "resourceType": "DiagnosticReport",
        "id": "rep-1",
        "status": "final",
        "code": {"coding": [{"display": "Consult  note"}, {"display": "Other"}]},
        "subject": {"reference": "Patient/pat-1"},
        "presentedForm": [{"contentType": "text/plain", "data": b64("Report.")}],
        **more,
    }
    return diagnostic_report(Resource("DiagnosticReport", content, None, HERE), Directory())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (_document(status="entered-in-error"), Skipped(SKIP_IN_ERROR, retract=True)),
        (_document(docStatus="entered-in-error"), Skipped(SKIP_IN_ERROR, retract=True)),
        (_report(status="cancelled"), Skipped(SKIP_IN_ERROR, retract=True)),
        (_document(subject={"reference": "Device/d"}), Skipped(SKIP_NOT_A_PATIENT, retract=True)),
        (_document(content=[]), Skipped("it carries no text")),
        (_report(presentedForm=None), Skipped("it carries no text")),
        (_document(date=None), Skipped(SKIP_NO_DATE)),
    ],
)
def test_these_are_not_kept(made: DocumentRecord | Skipped, expected: Skipped) -> None:
    """A mistaken note is also taken back."""
    assert made == expected


@pytest.mark.parametrize("status", ["current", "superseded"])
def test_a_superseded_note_is_kept(status: str) -> None:
    """It was written and relied upon."""
    made = _document(status=status)
    assert isinstance(made, DocumentRecord)
    assert (made.source_id, made.patient) == ("DocumentReference/doc-1", "Patient/pat-1")
    assert (made.title, made.text) == ("Progress note", "Invented note.")
    assert made.written_at == datetime(2020, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "day"),
    [
        (_document(date=None, context={"period": {"start": "2019-01-02"}}), 2),
        (
            _document(
                date=None,
                content=[{"attachment": {"contentType": "text/plain", "data": b64("x"), "creation": "2019-01-03"}}],
            ),
            3,
        ),
        (_report(effectiveDateTime="2019-01-04", issued="2020-01-01T00:00:00Z"), 4),
        (_report(effectivePeriod={"start": "2019-01-05"}), 5),
        (_report(issued="2019-01-06T00:00:00Z"), 6),
    ],
)
def test_the_date_comes_from_the_best_field_there_is(made: DocumentRecord | Skipped, day: int) -> None:
    """When it happened before when it was issued."""
    assert isinstance(made, DocumentRecord)
    assert made.written_at == datetime(2019, 1, day, tzinfo=UTC)


def test_the_title_is_the_kind_of_note() -> None:
    """Text, else the first display, else "Note"; the description may hold anything and is not used."""
    report = _report(issued="2019-01-06")
    plain = _document(type=None, description="Visit of Ms. Testova")
    assert isinstance(report, DocumentRecord)
    assert isinstance(plain, DocumentRecord)
    assert (report.title, plain.title) == ("Consult note", "Note")


def test_a_document_names_its_author_and_the_format_of_its_text() -> None:
    """A report is by whoever interpreted it, else by whoever performed it."""
    doctor, other = ({"reference": f"Practitioner/{n}", "display": f"Dr. {n}"} for n in "12")
    made = [
        _document(author=[doctor]),
        _report(issued="2019-01-06", performer=[other], resultsInterpreter=[doctor]),
        _report(issued="2019-01-06", performer=[other]),
        _document(author=[{"reference": "Patient/pat-1", "display": "Ms. Testova"}]),
    ]
    assert [one.author for one in made if isinstance(one, DocumentRecord)] == ["Dr. 1", "Dr. 1", "Dr. 2", None]
    assert {one.source for one in made if isinstance(one, DocumentRecord)} == {SourceFormat.FHIR}
