"""Compositions: what is not kept first, then text and sections."""

from datetime import UTC, datetime
from typing import Any

import pytest

from phiward.domain.access import DocumentKind
from phiward.domain.documents import Section
from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.care import SKIP_NOT_A_PATIENT, Skipped
from phiward.records.fhir.composition import composition
from phiward.records.fhir.documents import SKIP_IN_ERROR, SKIP_NO_DATE
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from phiward.records.results import DocumentRecord
from tests.rooms.records.fhir_files import HERE


def _div(text: str) -> dict[str, str]:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'}


_SECTIONS = [
    {
        "title": "Course",
        "text": _div("<p>Improved.</p><p>Ate.</p>"),
        "section": [{"title": "Day 2", "text": _div("Up.")}],
    },
    {"title": "Nothing here", "entry": [{"reference": "Observation/1", "display": "Somebody Else"}]},
    {"code": {"text": "Allergies"}, "emptyReason": {"text": "None known"}},
]


def _made(**more: Any) -> DocumentRecord | Skipped:
    content = {
        "resourceType": "Composition",
        "id": "c",
        "status": "final",
        "type": {"coding": [{"code": "18842-5", "display": "Discharge summary"}]},
        "subject": {"reference": "Patient/pat-1"},
        "date": "2020-05-01",
        "author": [{"reference": "Practitioner/1", "display": "Dr. One"}],
        "section": _SECTIONS,
        **more,
    }
    return composition(Resource("Composition", content, None, HERE), Directory())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (_made(status="entered-in-error"), Skipped(SKIP_IN_ERROR, retract=True)),
        (_made(subject=None), Skipped(SKIP_NOT_A_PATIENT, retract=True)),
        (_made(subject={"reference": "Device/1"}), Skipped(SKIP_NOT_A_PATIENT, retract=True)),
        (_made(section=[]), Skipped("it carries no text")),
        (_made(date=None), Skipped(SKIP_NO_DATE)),
    ],
)
def test_these_are_not_kept(made: DocumentRecord | Skipped, expected: Skipped) -> None:
    """A mistaken one is taken back."""
    assert made == expected


def test_a_subject_that_leads_nowhere_is_refused() -> None:
    """As of every document."""
    with pytest.raises(ImportFailedError, match="leads to nobody"):
        _made(subject={"reference": "urn:uuid:nobody"})


def test_sections_are_those_of_the_source_and_stand_in_the_text() -> None:
    """Each under its title; what its entries display is not in it."""
    made = _made()
    assert isinstance(made, DocumentRecord)
    assert made.text == "Course\nImproved.\n\nAte.\n\nDay 2\nUp.\n\nAllergies\nNone known"
    assert [made.text[one.start : one.end].split("\n")[0] for one in made.sections] == [
        one.title for one in made.sections
    ]
    assert made.sections[1] == Section(24, 33, "Day 2")
    assert (made.title, made.author, made.kind) == ("Discharge summary", "Dr. One", DocumentKind.DISCHARGE_SUMMARY)
    assert (made.source_id, made.patient) == ("Composition/c", "Patient/pat-1")
    assert made.written_at == datetime(2020, 5, 1, tzinfo=UTC)


def test_without_sections_the_narrative_of_the_whole_serves() -> None:
    """It has no section then."""
    made = _made(section=None, text=_div("A short letter."))
    assert isinstance(made, DocumentRecord)
    assert (made.text, made.sections) == ("A short letter.", ())
