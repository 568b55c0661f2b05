"""FHIR R4 resources: coded, dated, and as the notes say."""

import base64
from typing import Any

from phiward.records.synthetic import resources
from tests.rooms.records.synthetic.made import told

PEGGY = told(0)
SUBJECT = {"reference": "Patient/x"}


def test_the_patient_has_every_number_that_the_notes_mention() -> None:
    """Record number, social security number, account and plan, each with its type."""
    made = resources.patient(PEGGY, "x")
    codes = {one["type"]["coding"][0]["code"]: one["value"] for one in made["identifier"]}
    assert codes == {
        "MR": "40017723",
        "SS": PEGGY.contact.ssn,
        "AN": PEGGY.contact.account,
        "MB": PEGGY.contact.plan,
    }
    assert made["identifier"][0]["system"].startswith("urn:oid:")
    assert {"use": "nickname", "given": ["Peggy"]} in made["name"]
    assert made["generalPractitioner"] == [{"reference": PEGGY.team.primary.reference}]
    assert made["contact"][0]["telecom"][0]["value"] == PEGGY.contact.relative_phone


def test_a_driver_s_license_is_recorded_only_where_there_is_one() -> None:
    """No empty number is recorded."""
    recorded = [
        [one["value"] for one in resources.patient(told(index), "x")["identifier"] if _code(one) == "DL"]
        for index in (0, 1)
    ]
    assert recorded == [[], [told(1).contact.license]]


def _code(identifier: dict[str, Any]) -> str:
    return str(identifier["type"]["coding"][0]["code"])


def test_who_has_no_nickname_has_one_name() -> None:
    """No empty name is recorded."""
    assert len(resources.patient(told(2), "x")["name"]) == 1


def test_a_stay_is_one_period_and_a_visit_is_one_day() -> None:
    """Admission, nursing and discharge belong to the same stay."""
    stay = resources.encounter(PEGGY, "e", SUBJECT, "nursing")
    visit = resources.encounter(PEGGY, "e", SUBJECT, "clinic")
    assert stay["period"]["end"].startswith(PEGGY.days["discharge"].isoformat())
    assert visit["period"]["start"][:10] == visit["period"]["end"][:10]
    assert (stay["class"]["code"], visit["class"]["code"]) == ("IMP", "AMB")


def test_a_document_carries_its_text_in_base64() -> None:
    """Accents included."""
    made = resources.document(PEGGY, "d", SUBJECT, "nursing", "Søren slept.", "e")
    attachment = made["content"][0]["attachment"]
    assert base64.b64decode(attachment["data"]).decode() == "Søren slept."
    assert attachment["contentType"].startswith("text/plain")
    assert made["type"]["text"] == "Nursing note"


def test_the_prescriptions_are_those_of_the_notes() -> None:
    """The old dose is stopped where a change was written."""
    old, new = (resources.medication(PEGGY, "m", SUBJECT, place) for place in (0, 1))
    assert (old["status"], old["dosageInstruction"][0]["text"]) == ("stopped", "20 mg once daily")
    assert (new["status"], new["dosageInstruction"][0]["text"]) == ("active", "40 mg once daily")


def test_the_rest_is_coded_and_refers_to_the_patient() -> None:
    """Team, condition, allergy, observation, practitioner."""
    team = resources.care_team(PEGGY, "t", SUBJECT)
    assert "end" not in team["period"]
    assert team["participant"][0]["member"]["reference"] == PEGGY.team.primary.reference
    assert resources.condition(PEGGY, "c", SUBJECT)["code"]["coding"][0]["code"] == PEGGY.track.snomed
    assert resources.allergy(PEGGY, "a", SUBJECT)["patient"] == SUBJECT
    seen = resources.observation("o", SUBJECT, resources.snomed("1", "x"), "1.4", "mg/dL", PEGGY.days["clinic"])
    assert seen["valueQuantity"] == {"value": 1.4, "unit": "mg/dL"}
    assert resources.practitioner(PEGGY.team.nurse)["id"] == "p0005"
