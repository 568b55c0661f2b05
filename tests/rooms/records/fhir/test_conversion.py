"""One resource to what is kept of it."""

from typing import Any

import pytest

from phiward.domain.access import DataClass
from phiward.domain.facts import FactKind
from phiward.records.fhir.care import SKIP_NOT_IN_FORCE, Skipped
from phiward.records.fhir.conversion import (
    SKIP_MODIFIED,
    SKIP_NO_PATIENT,
    SKIP_UNKNOWN_PATIENT,
    Converter,
    Kept,
)
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from phiward.records.results import CareRelationRecord, DocumentRecord, FactRecord, PatientRecord
from tests.rooms.records import fhir_files
from tests.rooms.records.fhir_files import CANARY, HERE, b64

_A = {"reference": "Patient/a"}


def _convert(content: dict[str, Any], converter: Converter | None = None) -> tuple[Kept, ...] | Skipped:
    converter = converter or Converter(Directory())
    return converter.convert(Resource(content["resourceType"], content, None, HERE))


def _of(kind: str, **content: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": "x", **content}


def _report(**more: Any) -> dict[str, Any]:
    return _of("DiagnosticReport", status="final", code={"text": "Lipids"}, subject=_A, issued="2020-05-01", **more)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (_of("Condition", subject=_A, modifierExtension=[{}]), Skipped(SKIP_MODIFIED, retract=True)),
        (fhir_files.document(modifierExtension=[{}]), Skipped(SKIP_MODIFIED, retract=True)),
        (_of("Observation", status="entered-in-error", subject=_A), Skipped("it was entered in error", retract=True)),
        (_of("Observation"), Skipped(SKIP_NO_PATIENT, retract=True)),
        (_of("Observation", subject={"reference": "urn:uuid:nobody"}), Skipped(SKIP_UNKNOWN_PATIENT)),
        (fhir_files.encounter(status="cancelled"), Skipped(SKIP_NOT_IN_FORCE, retract=True)),
        (_report() | {"status": "cancelled"}, Skipped("it was entered in error or cancelled", retract=True)),
    ],
)
def test_these_are_not_kept(content: dict[str, Any], expected: Skipped) -> None:
    """What may have said something before is taken back."""
    assert _convert(content) == expected


def test_a_subject_that_leads_nowhere_is_counted() -> None:
    """By a reason that holds nothing of it."""
    converter = Converter(Directory())
    _convert(_of("Observation", subject={"reference": f"urn:uuid:{CANARY}"}), converter)
    assert converter.unresolved.counts == {"a patient reference leads to nobody in these files": 1}


def test_a_resource_of_two_patients_says_the_same_to_both_and_names_neither() -> None:
    """What a reference displays is dropped, and so is a narrative, which might name them."""
    whose = {"subject": {**_A, "display": CANARY}, "recipient": [{"reference": "Patient/b", "display": CANARY}]}
    made = _convert(_of("Communication", status="completed", text={"div": f"<div>{CANARY}</div>"}, **whose))
    assert isinstance(made, tuple)
    facts = [one for one in made if isinstance(one, FactRecord)]
    assert [one.patient for one in facts] == ["Patient/a", "Patient/b"]
    assert facts[0].saying == facts[1].saying
    assert CANARY not in facts[0].saying.label + facts[0].saying.detail
    assert {one.source_id for one in facts} == {"Communication/x"}


def test_security_labels_stand_on_the_fact() -> None:
    """Of whatever type."""
    label = {"security": [{"code": "HIV"}]}
    for content in (_of("Observation", subject=_A, meta=label), _report(meta=label)):
        made = _convert(content)
        assert isinstance(made, tuple)
        assert [one.saying.classes for one in made if isinstance(one, FactRecord)] == [frozenset({DataClass.HIV})]


def test_a_visit_relates_and_is_a_fact() -> None:
    """If it names no practitioner any more, the relations that it stated before are replaced by none."""
    for content, relations in ((fhir_files.encounter(), 1), (fhir_files.encounter(participant=[]), 0)):
        made = _convert(content)
        assert isinstance(made, tuple)
        relation, fact = made
        assert isinstance(relation, CareRelationRecord)
        assert isinstance(fact, FactRecord)
        assert len(relation.relations) == relations
        assert relation.source_id == fact.source_id == "Encounter/enc-1"


@pytest.mark.parametrize(
    ("more", "kinds", "detail"),
    [
        ({"presentedForm": [{"contentType": "text/plain", "data": b64("Text.")}]}, [DocumentRecord], ""),
        (
            {"presentedForm": [{"contentType": "text/plain", "data": b64("Text.")}], "conclusion": "High."},
            [DocumentRecord, FactRecord],
            "High.",
        ),
        ({"conclusion": "High.", "conclusionCode": [{"text": "Dyslipidemia"}]}, [FactRecord], "High.; Dyslipidemia"),
        ({}, [FactRecord], ""),
        (
            {"presentedForm": [{"contentType": "application/pdf", "data": b64("x")}]},
            [FactRecord],
            "its text is not kept: attachment of type application/pdf is not read yet",
        ),
    ],
)
def test_a_report_is_its_text_and_its_conclusion(more: dict[str, Any], kinds: list[type], detail: str) -> None:
    """Without either it was still made, and why its text is not kept is said."""
    made = _convert(_report(**more))
    assert isinstance(made, tuple)
    assert [type(one) for one in made] == kinds
    facts = [one for one in made if isinstance(one, FactRecord)]
    assert [(one.saying.kind, one.saying.label, one.saying.detail) for one in facts] == [
        (FactKind.RESULT, "Lipids", detail)
    ] * len(facts)


def test_patients_teams_notes_and_compositions_keep_their_own_forms() -> None:
    """A patient comes with his practitioners."""
    letter = _of("Composition", subject=_A, status="final", date="2020", text={"div": "<div>Hello.</div>"})
    found = [_convert(one) for one in (fhir_files.patient(), fhir_files.care_team(), fhir_files.document(), letter)]
    kinds = [[type(one) for one in made] for made in found if isinstance(made, tuple)]
    assert kinds == [[PatientRecord, CareRelationRecord], [CareRelationRecord], [DocumentRecord], [DocumentRecord]]
