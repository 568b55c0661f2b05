"""Everything else of the compartment, in words: what is never said first."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.facts import Code, FactKind
from tests.rooms.records.fhir_files import CANARY, b64

from .said import code, said

_SECRET = f"urn:x/{CANARY}"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("Task", {"owner": {"reference": "Patient/b", "display": CANARY}}),
        ("Claim", {"insurer": {"display": CANARY}}),
        ("Claim", {"insurance": [{"preAuthRef": [CANARY], "coverage": {"identifier": {"value": CANARY}}}]}),
        (
            "Coverage",
            {"subscriberId": CANARY, "dependent": CANARY, "class": [{"type": code("group"), "value": CANARY}]},
        ),
        ("Account", {"name": f"Account of {CANARY}", "identifier": [{"value": CANARY}]}),
        ("RelatedPerson", {"name": [{"text": CANARY}], "telecom": [{"value": CANARY}], "address": [{"text": CANARY}]}),
        ("Person", {"name": [{"family": CANARY}], "birthDate": "1970-01-31", "photo": {"url": CANARY}}),
        ("FamilyMemberHistory", {"name": CANARY, "bornString": CANARY}),
        ("ExplanationOfBenefit", {"accident": {"locationAddress": {"text": CANARY}}}),
        ("QuestionnaireResponse", {"questionnaire": _SECRET, "item": [{"answer": [{"valueUri": _SECRET}]}]}),
        ("Communication", {"payload": [{"contentAttachment": {"title": CANARY, "url": _SECRET, "data": b64("x")}}]}),
        ("Provenance", {"agent": [{"who": {"display": CANARY}}], "signature": [{"data": CANARY}]}),
        ("AuditEvent", {"agent": [{"altId": CANARY, "name": CANARY}], "source": {"site": CANARY}}),
        ("Task", {"input": [{"valueHumanName": {"given": [CANARY]}, "valueAddress": {"city": CANARY}}]}),
        ("Task", {"input": [{"valueContactPoint": {"system": "phone", "value": CANARY}}]}),
        ("ServiceRequest", {"extension": [{"valueString": CANARY}], "contained": [{"title": CANARY}]}),
        ("ServiceRequest", {"instantiatesUri": [CANARY], "requisition": {"value": CANARY}, "inventedByUs": CANARY}),
        ("Goal", {"note": [{"authorString": CANARY}]}),
    ],
)
def test_references_numbers_urls_and_people_are_never_said(kind: str, content: dict[str, Any]) -> None:
    """Nor what a reference displays, nor an element that R4 does not have."""
    made = said(kind, **content)
    assert CANARY not in f"{made.label} {made.detail} {made.status}"
    assert "1970" not in made.detail


@pytest.mark.parametrize(
    "content",
    [
        {"owner": {"reference": "Patient/b", "type": "Patient", "display": CANARY}},
        {"owner": {"identifier": {"value": "1"}, "type": "Patient"}},
        {"input": [{"valueIdentifierOf": {"use": "official", "value": "1"}}]},
        {"input": [{"valueContactPoint": {"system": "phone", "use": "home", "value": "1"}}]},
    ],
)
def test_not_even_the_kind_of_a_reference_or_of_a_number_is_said(content: dict[str, Any]) -> None:
    """It would stand there without what it belongs to."""
    assert said("Task", **content).detail == ""


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["reference", "display", "value", "text", "start", "low", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(_VALUES)
@settings(max_examples=100)
def test_a_reference_is_silent_whatever_stands_beside_it(value: object) -> None:
    """Total: whatever is not as FHIR wants it is refused or left out, never said."""
    about = [{"reference": "Patient/b", "display": CANARY}]
    made = said("Task", reasonReference=about, other=about, description="The matter")
    assert made.detail == ""
    assert said("Task", description="The matter", output=[{"inventedByUs": str(value) + CANARY}]).detail == ""


def test_what_is_not_to_be_done_cannot_be_read_as_done() -> None:
    """doNotPerform turns the meaning around."""
    assert said("ServiceRequest", code=code("MRI"), doNotPerform=True).label == "Not to be done: Service request: MRI"


def test_a_plan_says_its_parts() -> None:
    """Title, status, dates and whatever is words about the matter."""
    made = said(
        "CarePlan",
        status="active",
        intent="plan",
        category=[code("assess-plan"), code("Wound care", "225358003")],
        period={"start": "2020-05-01", "end": "2020-05-15"},
        activity=[{"detail": {"kind": "Task", "code": code("Dressing"), "status": "completed", "doNotPerform": False}}],
        note=[{"text": "Every\nsecond day."}],
        subject={"reference": "Patient/a", "display": CANARY},
    )
    assert (made.kind, made.label, made.status) == (FactKind.OTHER, "Care plan: Wound care", "active")
    assert made.codes == (Code("", "225358003"),)
    assert made.effective_at == datetime(2020, 5, 1, tzinfo=UTC)
    assert made.detail == (
        "intent: plan; category: assess-plan, Wound care; period: 2020-05-01 to 2020-05-15;"
        " activity: detail: kind: Task, code: Dressing, status: completed, do not perform: no; note: Every second day."
    )


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ({"quantityQuantity": {"value": 2, "unit": "units", "comparator": "<"}}, "quantity: <2 units"),
        ({"total": {"value": 119.22, "currency": "USD"}}, "total: 119.22 USD"),
        ({"quantityRange": {"low": {"value": 1}, "high": {"value": 2}}}, "quantity: 1-2"),
        ({"quantityRatio": {"numerator": {"value": 1}, "denominator": {"value": 2}}}, "quantity: 1:2"),
        ({"occurrenceTiming": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}}}, "1 time per 2 day"),
        ({"modality": [{"system": "s", "code": "US", "display": "Ultrasound"}]}, "modality: Ultrasound"),
        ({"item": [{"text": "Smoker?", "answer": [{"valueBoolean": False}]}]}, "item: Smoker?, answer: no"),
        ({"contributedToDeath": True}, "contributed to death: yes"),
        ({"dueDate": "2020-05-01T10:00:00Z"}, "due: 2020-05-01"),
        ({"dateCriterion": [{"code": code("earliest"), "value": "2020-05-01"}]}, "code: earliest, 2020-05-01"),
    ],
)
def test_each_shape_is_said_in_its_own_way(content: dict[str, Any], detail: str) -> None:
    """Numbers as written."""
    assert detail in said("ServiceRequest", **content).detail


@pytest.mark.parametrize(
    ("kind", "read_as"),
    [
        ("Claim", DocumentKind.BILLING),
        ("Coverage", DocumentKind.BILLING),
        ("Appointment", DocumentKind.ADMINISTRATIVE),
        ("ImagingStudy", DocumentKind.RESULT),
        ("CarePlan", DocumentKind.CLINICAL_NOTE),
    ],
)
def test_bills_and_appointments_are_not_read_as_clinical_notes(kind: str, read_as: DocumentKind) -> None:
    """Minimum necessary tells them apart."""
    assert said(kind).read_as is read_as


def test_a_sequence_is_genetic_data_whatever_its_labels() -> None:
    """No source needs to say so."""
    assert said("MolecularSequence", type="dna").classes == {DataClass.GENETIC}


def test_the_narrative_serves_only_where_there_is_nothing_else_and_nobody_else() -> None:
    """It may name whomever the resource is about."""
    text = {"status": "generated", "div": "<div><p>Seen at home.</p></div>"}
    assert said("Basic", text=text).detail == "Seen at home."
    assert said("Basic", text=text, alone=False).detail == ""
    assert said("Basic", text=text, code=code("referral")).detail == ""
    assert said("Basic", text=text, created="2020-05-01").detail == "created: 2020-05-01"
