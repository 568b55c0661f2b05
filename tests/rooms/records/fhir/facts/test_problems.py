"""Problems and allergies."""

from datetime import UTC, datetime
from typing import Any

import pytest

from phiward.domain.facts import Code, FactKind

from .said import code, said


@pytest.mark.parametrize(
    ("clinical", "verification", "status"),
    [
        ("active", "confirmed", "active"),
        ("active", "refuted", "active, refuted"),
        ("inactive", "provisional", "inactive, provisional"),
        (None, "unconfirmed", "unconfirmed"),
        ("resolved", None, "resolved"),
        (None, None, ""),
    ],
)
@pytest.mark.parametrize("kind", ["Condition", "AllergyIntolerance"])
def test_what_is_not_confirmed_says_so(kind: str, clinical: str | None, verification: str | None, status: str) -> None:
    """A refuted problem must not be read as one that the patient has."""
    given = {"clinicalStatus": clinical, "verificationStatus": verification}
    content = {name: {"coding": [{"code": value}]} for name, value in given.items() if value}
    assert said(kind, **content).status == status


def test_a_condition_is_a_problem_with_what_belongs_to_it() -> None:
    """Its onset is when it holds."""
    made = said(
        "Condition",
        code=code("Hypertension", "38341003"),
        severity=code("Mild"),
        bodySite=[code("Arm")],
        stage=[{"summary": code("Stage 1")}, {}],
        evidence=[{"code": [code("Headache")]}],
        onsetDateTime="2019-03-01",
        recordedDate="2020-01-01",
        abatementString="last spring",
        asserter={"reference": "Patient/a", "display": "Ms. Testova"},
        note=[{"text": "Since the move."}],
    )
    assert (made.kind, made.label, made.codes) == (FactKind.PROBLEM, "Hypertension", (Code("", "38341003"),))
    assert made.effective_at == datetime(2019, 3, 1, tzinfo=UTC)
    assert made.detail == (
        "severity: Mild; body site: Arm; stage: Stage 1; evidence: Headache; abatement: last spring; Since the move."
    )


@pytest.mark.parametrize(
    ("onset", "detail", "year"),
    [
        ({"onsetAge": {"value": 52, "unit": "years"}}, "onset: 52 years", 2020),
        ({"onsetString": "in childhood"}, "onset: in childhood", 2020),
        ({"onsetPeriod": {"start": "2018"}}, "", 2018),
    ],
)
def test_an_onset_without_a_date_stands_in_words(onset: dict[str, Any], detail: str, year: int) -> None:
    """The day it was recorded then dates the fact."""
    made = said("Condition", code=code("Asthma"), recordedDate="2020-01-01", **onset)
    assert (made.detail, made.effective_at) == (detail, datetime(year, 1, 1, tzinfo=UTC))


def test_an_allergy_says_its_reactions_and_how_dangerous_it_is() -> None:
    """Reaction by reaction."""
    made = said(
        "AllergyIntolerance",
        code=code("Penicillin", "764146007"),
        type="allergy",
        category=["medication"],
        criticality="high",
        reaction=[
            {
                "manifestation": [code("hives"), code("itching")],
                "severity": "severe",
                "substance": code("Penicillin V"),
                "note": [{"text": "After one dose."}],
            },
            {"description": "felt unwell"},
        ],
    )
    assert made.kind is FactKind.ALLERGY
    assert made.detail == (
        "allergy, medication; criticality: high;"
        " reaction: hives, itching (severe; Penicillin V; After one dose.); reaction: felt unwell"
    )


def test_no_known_allergies_is_kept_as_it_is_said() -> None:
    """It is a finding; nothing at all has no name."""
    assert said("AllergyIntolerance", code=code("No known allergies", "716186003")).label == "No known allergies"
    assert said("AllergyIntolerance", reaction=[{"substance": code("Latex")}]).label == "Latex"
    assert said("AllergyIntolerance").label == "not named"
