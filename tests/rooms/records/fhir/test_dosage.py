"""Dosages in words."""

from typing import Any

import pytest

from phiward.records.fhir.dosage import dosage, timing
from phiward.records.fhir.fields import Node
from tests.rooms.records.fhir_files import HERE

_TABLET = {"value": 1, "unit": "tablet"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, ""),
        ({"text": "1 tablet at night", "doseAndRate": [{"doseQuantity": _TABLET}]}, "1 tablet at night"),
        ({"text": "as told", "patientInstruction": "with food"}, "as told, with food"),
        (
            {
                "doseAndRate": [{"doseQuantity": _TABLET}],
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "route": {"text": "oral"},
                "asNeededCodeableConcept": {"text": "pain"},
                "maxDosePerPeriod": {"numerator": {"value": 4, "unit": "g"}, "denominator": {"value": 1, "unit": "d"}},
            },
            "dose 1 tablet, 2 times per 1 day, oral, as needed for pain, at most 4 g/1 d",
        ),
        ({"doseAndRate": [{"doseRange": {"low": _TABLET, "high": {"value": 2, "unit": "tablet"}}}]}, "dose 1-2 tablet"),
        (
            {"dose": {"value": 5, "unit": "mg"}, "rateQuantity": {"value": 2, "unit": "mL/h"}, "asNeededBoolean": True},
            "dose 5 mg, at 2 mL/h, as needed",
        ),
    ],
)
def test_a_dosage_is_said_in_its_own_words_or_from_its_structure(content: dict[str, Any], said: str) -> None:
    """Of an order and of an administration."""
    assert dosage(Node(content, HERE)) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, ""),
        ({"code": {"text": "twice daily"}, "repeat": {"frequency": 2}}, "twice daily"),
        ({"repeat": {"frequency": 1, "frequencyMax": 2, "period": 8, "periodUnit": "h"}}, "1-2 times per 8 hour"),
        ({"repeat": {"period": 2, "periodUnit": "wk", "dayOfWeek": ["mon"]}}, "every 2 week, on mon"),
        ({"repeat": {"when": ["HS"], "boundsDuration": {"value": 10, "unit": "days"}}}, "HS, for 10 days"),
        (
            {"repeat": {"timeOfDay": ["08:00:00"], "boundsPeriod": {"end": "2020-05-01"}}},
            "at 08:00:00, until 2020-05-01",
        ),
    ],
)
def test_a_timing_is_said(content: dict[str, Any], said: str) -> None:
    """The source's own words first."""
    assert timing(Node(content, HERE)) == said
    assert timing(None) == ""
