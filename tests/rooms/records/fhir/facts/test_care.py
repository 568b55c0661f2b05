"""Procedures, immunizations, visits and reports."""

from datetime import UTC, datetime

from phiward.domain.facts import Code, FactKind
from phiward.records.fhir.facts.care import concludes, report
from phiward.records.fhir.fields import Node
from tests.rooms.records.fhir_files import HERE

from .said import code, said

_DAY = datetime(2020, 5, 1, tzinfo=UTC)


def test_a_vaccine_that_was_not_given_says_so() -> None:
    """With the reason."""
    made = said("Immunization", vaccineCode=code("Influenza"), status="not-done", statusReason=code("Refused"))
    assert (made.status, made.detail) == ("not-done", "reason for the status: Refused")


def test_an_immunization_says_dose_route_and_lot() -> None:
    """The dose's number in words or as a number."""
    made = said(
        "Immunization",
        vaccineCode=code("Hepatitis B", "08"),
        status="completed",
        isSubpotent=True,
        occurrenceDateTime="2020-05-01",
        protocolApplied=[{"doseNumberPositiveInt": 2, "seriesDosesPositiveInt": 3}, {"doseNumberString": "booster"}],
        doseQuantity={"value": 0.5, "unit": "mL"},
        route=code("intramuscular"),
        site=code("left arm"),
        lotNumber="L-1",
        performer=[{"actor": {"reference": "Practitioner/1", "display": "Dr. Testov"}}],
    )
    assert (made.kind, made.label, made.codes) == (FactKind.IMMUNIZATION, "Hepatitis B", (Code("", "08"),))
    assert (made.status, made.effective_at) == ("completed, subpotent", _DAY)
    assert made.detail == "dose 2 of 3; dose booster; 0.5 mL; route: intramuscular; site: left arm; lot L-1"


def test_a_procedure_says_how_it_went() -> None:
    """A device by its name; places and people are not said."""
    made = said(
        "Procedure",
        code=code("Pacemaker insertion", "307280005"),
        status="completed",
        performedPeriod={"start": "2020-05-01", "end": "2020-05-02"},
        reasonCode=[code("Heart block")],
        bodySite=[code("Chest")],
        outcome=code("Successful"),
        complication=[code("Haematoma")],
        followUp=[code("Wound check")],
        usedCode=[code("Lead")],
        focalDevice=[{"manipulated": {"reference": "Device/1", "display": "Pacer 9"}}],
        location={"reference": "Location/1", "display": "Room 5"},
        note=[{"text": "No events."}],
    )
    assert (made.kind, made.effective_at) == (FactKind.PROCEDURE, _DAY)
    assert made.detail == (
        "reason: Heart block; body site: Chest; outcome: Successful; complication: Haematoma; follow-up: Wound check;"
        " used: Lead; device: Pacer 9; 2020-05-01 to 2020-05-02; No events."
    )


def test_a_visit_says_what_kind_it_was_and_why() -> None:
    """By its type, else by its class; a class that is not known stays a code."""
    made = said(
        "Encounter",
        status="finished",
        type=[code("Admission", "1"), code("Surgery")],
        serviceType=code("Cardiology"),
        priority=code("urgent"),
        reasonCode=[code("Chest pain")],
        hospitalization={"admitSource": code("Home"), "dischargeDisposition": code("Rehabilitation")},
        period={"start": "2020-05-01", "end": "2020-05-04"},
        **{"class": {"code": "IMP"}},
    )
    assert (made.kind, made.label, made.codes) == (FactKind.OTHER, "Encounter: Admission", (Code("", "1"),))
    assert made.detail == (
        "inpatient; Surgery; service: Cardiology; priority: urgent; reason: Chest pain; admitted from: Home;"
        " discharged to: Rehabilitation; 2020-05-01 to 2020-05-04"
    )
    assert said("Encounter", **{"class": {"code": "XYZ", "system": "s"}}).codes == (Code("s", "XYZ"),)
    assert said("Encounter").label == "Encounter: not named"


def test_a_report_concludes_in_words_or_in_codes() -> None:
    """Why its text is not kept is part of it."""
    plain = Node({"code": code("Lipids")}, HERE)
    assert not concludes(plain)
    assert report(plain, "it is a scan").detail == "its text is not kept: it is a scan"
    for more in ({"conclusion": "High."}, {"conclusionCode": [code("High.")]}):
        node = Node({"code": code("Lipids"), "issued": "2020-05-01", **more}, HERE)
        assert concludes(node)
        assert (report(node).detail, report(node).effective_at, report(node).kind) == ("High.", _DAY, FactKind.RESULT)
