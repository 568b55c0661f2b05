"""Medications, of four types."""

from datetime import UTC, datetime
from typing import Any

import pytest

from phiward.domain.facts import Code, FactKind
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource
from tests.rooms.records.fhir_files import HERE

from .said import code, said

_DRUG = {"medicationCodeableConcept": code("Lisinopril 10 mg", "314076")}


def test_what_must_not_be_given_cannot_be_read_as_given() -> None:
    """doNotPerform turns the meaning of the order around."""
    assert said("MedicationRequest", **_DRUG, doNotPerform=True).label == "Do not give: Lisinopril 10 mg"
    assert said("MedicationRequest", **_DRUG, doNotPerform=False).label == "Lisinopril 10 mg"


@pytest.mark.parametrize(
    ("intent", "status"), [("proposal", "active, proposal"), ("order", "active"), (None, "active")]
)
def test_what_is_only_proposed_says_so(intent: str | None, status: str) -> None:
    """Only an order is one."""
    assert said("MedicationRequest", **_DRUG, status="active", intent=intent).status == status


@pytest.mark.parametrize(
    ("kind", "content", "detail", "day"),
    [
        (
            "MedicationRequest",
            {
                "authoredOn": "2020-05-01",
                "dosageInstruction": [{"text": "1 tablet daily"}, {"text": "2 on Sundays"}],
                "reasonCode": [code("Hypertension")],
                "statusReason": code("Replaced"),
                "dispenseRequest": {
                    "quantity": {"value": 30, "unit": "tablet"},
                    "expectedSupplyDuration": {"value": 30, "unit": "days"},
                    "numberOfRepeatsAllowed": 2,
                    "validityPeriod": {"start": "2020-05-01", "end": "2021-05-01"},
                },
                "note": [{"text": "Watch potassium."}],
            },
            "prescribed; 1 tablet daily; 2 on Sundays; reason: Hypertension; reason for the status: Replaced;"
            " quantity: 30 tablet; supply: 30 days; refills: 2; 2020-05-01 to 2021-05-01; Watch potassium.",
            1,
        ),
        (
            "MedicationStatement",
            {"effectivePeriod": {"start": "2020-05-02"}, "dosage": [{"text": "at night"}]},
            "as stated; at night; from 2020-05-02",
            2,
        ),
        (
            "MedicationAdministration",
            {
                "effectiveDateTime": "2020-05-03",
                "dosage": {"dose": {"value": 10, "unit": "mg"}, "route": code("oral")},
                "statusReason": [code("Vomiting")],
            },
            "administered; dose 10 mg, oral; reason for the status: Vomiting",
            3,
        ),
        (
            "MedicationDispense",
            {
                "whenHandedOver": "2020-05-04",
                "quantity": {"value": 90, "unit": "tablet"},
                "daysSupply": {"value": 90, "unit": "days"},
                "statusReasonCodeableConcept": code("Partial"),
            },
            "dispensed; reason for the status: Partial; quantity: 90 tablet; supply: 90 days",
            4,
        ),
    ],
)
def test_each_type_says_what_was_done_how_and_why(kind: str, content: dict[str, Any], detail: str, day: int) -> None:
    """Under the one name, at its own time."""
    made = said(kind, **_DRUG, **content)
    assert (made.kind, made.label, made.codes) == (FactKind.MEDICATION, "Lisinopril 10 mg", (Code("", "314076"),))
    assert made.detail == detail
    assert made.effective_at == datetime(2020, 5, day, tzinfo=UTC)


def test_a_medication_of_its_own_gives_the_name_and_the_codes() -> None:
    """Wherever it stands in the files."""
    directory = Directory()
    directory.add(Resource("Medication", {"id": "m", "code": code("Heparin", "5224")}, None, HERE))
    made = said("MedicationAdministration", directory=directory, medicationReference={"reference": "Medication/m"})
    assert (made.label, made.codes) == ("Heparin", (Code("", "5224"),))
