"""Measured values in words."""

from typing import Any

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.fields import Node
from phiward.records.fhir.quantities import Measured, measured, period, quantity, ratio, span
from tests.rooms.records.fhir_files import HERE


def _node(**content: Any) -> Node:
    return Node(content, HERE)


@pytest.mark.parametrize("value", ["1.2", True, [1]])
def test_a_value_that_is_no_number_is_refused(value: object) -> None:
    """FHIR writes decimals as numbers."""
    with pytest.raises(ImportFailedError, match="must be a number"):
        quantity(_node(value=value))


@pytest.mark.parametrize(
    "content",
    [{}, {"valueQuantity": {"unit": "mg"}}, {"valueCodeableConcept": {}}, {"valueRange": {}}, {"valuePeriod": {}}],
)
def test_a_value_that_says_nothing_is_none(content: dict[str, Any]) -> None:
    """A unit alone is no value."""
    assert measured(Node(content, HERE)) is None
    assert quantity(None) is span(None) is ratio(None) is None


@pytest.mark.parametrize(
    ("content", "said", "unit"),
    [
        ({"valueQuantity": {"value": 1.25, "unit": "mg/dL", "code": "mg/dL"}}, "1.25", "mg/dL"),
        ({"valueQuantity": {"value": 0.01, "comparator": "<", "code": "ng/mL"}}, "<0.01", "ng/mL"),
        ({"valueQuantity": {"value": 0}}, "0", None),
        ({"valueAge": {"value": 52, "unit": "years"}}, "52", "years"),
        ({"valueRange": {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "g"}}}, "1-2", "g"),
        ({"valueRange": {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "kg"}}}, "1 g-2 kg", None),
        ({"valueRange": {"high": {"value": 2, "unit": "g"}}}, "<=2", "g"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1:128", None),
        (
            {"valueRatio": {"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 10, "unit": "mL"}}},
            "5 mg/10 mL",
            None,
        ),
        ({"valueString": "no\n growth"}, "no growth", None),
        ({"valueCodeableConcept": {"text": "Positive"}}, "Positive", None),
        ({"valueInteger": 3}, "3", None),
        ({"valueBoolean": False}, "no", None),
        ({"valueTime": "10:30:00"}, "10:30:00", None),
        ({"valueDateTime": "2020-05"}, "2020-05", None),
        ({"valuePeriod": {"start": "2020-05-01T10:00:00Z"}}, "from 2020-05-01", None),
    ],
)
def test_each_type_of_value_is_said_as_it_is_written(content: dict[str, Any], said: str, unit: str | None) -> None:
    """The unit beside it, where it has one."""
    assert measured(Node(content, HERE)) == Measured(said, unit)


class Spelled(float):
    """A decimal that remembers how it was written."""

    def __str__(self) -> str:
        """As it was written."""
        return "1.20"


def test_a_decimal_keeps_its_spelling() -> None:
    """1.20 says more than 1.2: https://hl7.org/fhir/R4/datatypes.html#decimal."""
    found = quantity(_node(value=Spelled(1.2), unit="mg/dL"))
    assert str(found) == "1.20 mg/dL"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, ""),
        ({"end": "2020-05-03"}, "until 2020-05-03"),
        ({"start": "2020-05-01T10:00:00Z", "end": "2020-05-03T10:00:00Z"}, "2020-05-01 to 2020-05-03"),
        ({"start": "2020-05-01T10:00:00Z", "end": "2020-05-01T11:00:00Z"}, "2020-05-01"),
    ],
)
def test_a_period_is_said_in_days(content: dict[str, Any], said: str) -> None:
    """Open ends are named."""
    assert period(Node(content, HERE)) == said
    assert period(None) == ""
