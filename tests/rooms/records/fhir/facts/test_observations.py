"""Results and vital signs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from phiward.domain.facts import Code, FactKind

from .said import code, said

_HIGH, _LOW = code("Systolic", "8480-6"), code("Diastolic", "8462-4")


def _part(concept: dict[str, Any], value: float | None, unit: str = "mm[Hg]", **more: Any) -> dict[str, Any]:
    measured = {} if value is None else {"valueQuantity": {"value": value, "unit": unit}}
    return {"code": concept, **measured, **more}


@pytest.mark.parametrize(
    ("components", "reason"),
    [
        ([_part(_HIGH, 120), _part(_LOW, 11, "kPa")], "two units"),
        ([_part(_HIGH, 120), _part(_LOW, None)], "one is missing"),
        ([_part(_HIGH, 120), _part(_LOW, 80), _part(code("Mean", "8478-0"), 93)], "a third value would be lost"),
        ([_part(_HIGH, 120)], "one only"),
    ],
)
def test_a_pressure_that_is_not_simply_two_values_stays_in_parts(components: list[dict[str, Any]], reason: str) -> None:
    """Each component with its own value in the detail."""
    made = said("Observation", code=code("Blood pressure"), component=components)
    assert made.value is None, reason
    assert "Systolic: 120 mm[Hg]" in made.detail


def test_a_blood_pressure_is_one_value() -> None:
    """Systolic before diastolic, whichever is written first, with the codes of both."""
    low = _part(_LOW, 80, interpretation=[code("Normal")])
    made = said(
        "Observation",
        category=[{"coding": [{"code": "vital-signs"}]}],
        code=code("Blood pressure", "85354-9"),
        component=[low, _part(_HIGH, 120)],
        bodySite=code("Left arm"),
        effectiveDateTime="2020-05-01",
        status="final",
    )
    assert (made.kind, made.label, made.value, made.unit) == (FactKind.VITAL, "Blood pressure", "120/80", "mm[Hg]")
    assert made.codes == (Code("", "85354-9"), Code("", "8462-4"), Code("", "8480-6"))
    assert made.detail == "body site: Left arm; Normal"
    assert made.effective_at == datetime(2020, 5, 1, tzinfo=UTC)


def test_other_panels_keep_each_component_in_the_detail() -> None:
    """With what it has to be read with, and why it is missing."""
    made = said(
        "Observation",
        code=code("Apgar score"),
        component=[
            _part(code("Heart rate"), 2, "points", interpretation=[code("Normal")]),
            _part(code("Colour"), None, dataAbsentReason=code("not assessed")),
            _part(code("Tone"), None),
        ],
    )
    assert made.detail == "Heart rate: 2 points (Normal); Colour: not assessed; Tone: no value"


@pytest.mark.parametrize(
    ("content", "value", "unit", "status"),
    [
        ({"valueQuantity": {"value": 0.01, "comparator": "<", "unit": "ng/mL"}}, "<0.01", "ng/mL", "final"),
        ({"valueCodeableConcept": code("Never smoker")}, "Never smoker", None, "final"),
        ({"dataAbsentReason": code("Not performed")}, None, None, "final, Not performed"),
        ({}, None, None, "final"),
    ],
)
def test_the_value_is_as_written_and_a_missing_one_says_why(
    content: dict[str, Any], value: str | None, unit: str | None, status: str
) -> None:
    """A comparator belongs to the value."""
    made = said("Observation", code=code("Troponin"), status="final", **content)
    assert (made.kind, made.value, made.unit, made.status) == (FactKind.RESULT, value, unit, status)


def test_what_a_value_has_to_be_read_with_stands_beside_it() -> None:
    """Interpretation, ranges and for whom they hold, method, notes; never who performed it."""
    limits = {"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.1, "unit": "mmol/L"}}
    made = said(
        "Observation",
        code=code("Potassium"),
        valueQuantity={"value": 5.9, "unit": "mmol/L"},
        interpretation=[code("High")],
        referenceRange=[
            {**limits, "type": {"coding": [{"code": "normal"}]}},
            {"text": "up to 6.0", "appliesTo": [code("newborns")], "type": code("Critical", "critical")},
            {},
        ],
        method=code("Ion-selective electrode"),
        performer=[{"reference": "Practitioner/1", "display": "Dr. Testov"}],
        note=[{"text": "Haemolysed."}],
    )
    assert made.detail == (
        "High; reference range: 3.5-5.1 mmol/L; reference range: up to 6.0 (newborns, Critical);"
        " method: Ion-selective electrode; Haemolysed."
    )


def test_a_curve_is_named_and_not_shown() -> None:
    """Numbers without end are no fact."""
    made = said("Observation", code=code("ECG"), valueSampledData={"data": "1 2 3"}, effectiveInstant="2020-05-01")
    assert (made.value, made.detail) == (None, "a recorded curve, not shown here")
