"""FHIR resources, field by field."""

import json

import pytest

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.fhir import Place, Treatment, label_of, parts, treatment
from phiward.deid.restore import reidentify
from phiward.deid.rules.catalogue import rule_detectors
from phiward.domain.placeholders import Category
from tests.rooms.deid.helpers import OKAFOR, TODAY

C = Category
RULES = Deidentifier(rule_detectors())


def conversation(known=None):
    """A fresh one, by the rules alone."""
    return RULES.conversation(known, TODAY)


TREATMENTS = [
    ("resourceType", "Patient", "", {}, Treatment.KEEP, "a control field"),
    ("status", "final", "", {}, Treatment.KEEP, "a code of the standard"),
    ("status", "seen by Zoe Testa", "", {}, Treatment.TEXT, "a control field with prose in it is prose"),
    ("code", "E11.9", "coding", {}, Treatment.KEEP, "a code of a terminology"),
    ("display", "Diabetes", "coding", {}, Treatment.TEXT, "people write names into displays"),
    ("family", "Testa", "name", {}, C.NAME, "HumanName"),
    ("given", "Zoe", "name", {}, C.NAME, "HumanName"),
    ("text", "Zoe Testa", "name", {}, C.NAME, "HumanName.text"),
    ("text", "Diabetes", "code", {}, Treatment.TEXT, "any other text"),
    ("line", "1 Elm", "address", {}, C.ADDRESS, "Address"),
    ("city", "Akron", "address", {}, C.CITY, "Address"),
    ("postalCode", "44301", "address", {}, C.ZIP, "Address"),
    ("state", "OH", "address", {}, Treatment.KEEP, "the state stays"),
    ("country", "US", "address", {}, Treatment.KEEP, "the country stays"),
    ("value", "1", "telecom", {"system": "phone"}, C.PHONE, "ContactPoint"),
    ("value", "1", "telecom", {"system": "fax"}, C.FAX, "ContactPoint"),
    ("value", "1", "telecom", {"system": "email"}, C.EMAIL, "ContactPoint"),
    ("value", "1", "telecom", {}, C.ID, "ContactPoint of an unknown system"),
    ("value", "1", "identifier", {"type": {"coding": [{"code": "MR"}]}}, C.MRN, "Identifier by its type"),
    ("value", "1", "identifier", {"type": "broken"}, C.ID, "Identifier of a broken type"),
    ("system", "http://loinc.org", "coding", {}, Treatment.KEEP, "a terminology"),
    ("id", "abc", "", {}, Treatment.REFERENCE, "a resource id is a unique code"),
    ("reference", "Patient/abc", "subject", {}, Treatment.REFERENCE, "Reference"),
    ("birthDate", "1949-07-22", "", {}, Treatment.DATE, "date"),
    ("issued", "2024-03-05T10:11:12Z", "", {}, Treatment.DATE, "instant"),
    ("birthDate", "1949", "", {}, Treatment.TEXT, "a year is judged by the rules for ages"),
    ("serialNumber", "X1", "", {}, C.DEVICE, "Device"),
    ("data", "AAAA", "content", {"contentType": "image/png"}, C.PHOTO, "Attachment that nobody can read"),
    ("data", "AAAA", "content", {"contentType": "application/pdf"}, C.ID, "Attachment that nobody can read"),
    ("url", "http://x/y.pdf", "content", {}, C.URL, "Attachment"),
    ("url", "http://hl7.org/x", "extension", {}, Treatment.KEEP, "names the extension"),
    ("div", "<div>Zoe</div>", "text", {}, Treatment.TEXT, "narrative"),
    ("display", "Zoe Testa", "subject", {}, C.NAME, "a reference to a person by its field"),
    ("display", "Zoe Testa", "x", {"reference": "Patient/1"}, C.NAME, "a reference to a person by its type"),
    ("display", "Metformin", "subject", {"reference": "Medication/1"}, Treatment.TEXT, "a reference to a thing"),
    ("prefix", "Dr.", "name", {}, Treatment.KEEP, "a title names nobody"),
    ("prefix", "Freifrau", "name", {}, C.NAME, "any other prefix"),
    ("suffix", "M.D.", "name", {}, Treatment.KEEP, "a degree"),
    ("text", "1 Elm, Akron", "address", {}, C.ADDRESS, "Address.text"),
    ("state", "OH 44301", "address", {}, Treatment.TEXT, "a ZIP in the wrong field"),
    ("latitude", "41.08", "position", {}, C.ADDRESS, "a place on the map"),
    ("value", "1", "accessionIdentifier", {}, C.ID, "Identifier by the name of its field"),
    ("value", "1", "x", {"system": "http://x.example"}, C.ID, "Identifier by its form"),
    ("value", "1", "identifier", {"system": "http://hl7.org/fhir/sid/us-ssn"}, C.SSN, "Identifier by its system"),
    ("value", "7", "valueQuantity", {"system": "http://u.example", "unit": "mg"}, Treatment.TEXT, "a quantity"),
    ("value", "a@b.example", "telecom", {}, C.EMAIL, "ContactPoint by its form"),
    ("subscriberId", "1", "", {}, C.PLAN, "Coverage"),
    ("value", "1", "class", {}, C.PLAN, "Coverage.class: the number of the group"),
    ("carrierHRF", "(01)1", "udiCarrier", {}, C.DEVICE, "UDI"),
    ("lotNumber", "A1", "", {}, Treatment.TEXT, "a lot of a vaccine is no device"),
    ("title", "okafor_ct.pdf", "attachment", {"contentType": "application/pdf"}, C.ID, "the name of a file"),
    ("title", "CT of the head", "attachment", {"contentType": "image/png"}, Treatment.TEXT, "a title in words"),
    ("data", "AAAA", "signature", {}, C.ID, "a signature"),
    ("data", "1 2 E", "valueSampledData", {"origin": {}}, Treatment.TEXT, "a curve"),
    ("authorString", "Zoe", "note", {}, C.NAME, "Annotation"),
    ("valueString", "Testa", "extension", {"url": "http://x/patient-mothersMaidenName"}, C.NAME, "a named extension"),
    ("valueDateTime", "2024-03-05", "extension", {"url": "http://x/seen"}, Treatment.DATE, "a date in an extension"),
    ("issued", "2024-03-05TZoe", "", {}, Treatment.TEXT, "no time of day"),
    ("version", "2024-03-05", "coding", {}, Treatment.KEEP, "the version of a terminology"),
    ("unit", "/min", "valueQuantity", {}, Treatment.KEEP, "UCUM"),
    ("linkId", "4.1", "item", {}, Treatment.KEEP, "a control field"),
    ("url", "Patient/abc", "request", {}, Treatment.REFERENCE, "Bundle.entry.request"),
]


@pytest.mark.parametrize(("field", "value", "above", "holder", "expected", "reason"), TREATMENTS)
def test_every_field_has_its_treatment(field, value, above, holder, expected, reason):
    """One row a kind of field."""
    assert treatment(field, value, Place("Patient", above, holder)) is expected, reason


def test_the_name_of_an_organisation_goes_and_that_of_a_questionnaire_is_read():
    """`name` means different things."""
    assert treatment("name", "Mercy", Place("Organization", "", {})) is C.NAME
    assert treatment("name", "Mercy", Place("Questionnaire", "", {})) is Treatment.TEXT


PATIENT = {
    "resourceType": "Patient",
    "id": "abc",
    "gender": "female",
    "active": True,
    "name": [{"use": "official", "family": "Testa", "given": ["Zoe", "Q"]}],
    "address": [{"line": ["1 Elm"], "city": "Akron", "state": "OH", "postalCode": "44301"}],
    "birthDate": "1949-07-22",
    "contained": [{"resourceType": "Observation", "subject": {"reference": "Patient/abc"}, "valueInteger": 72}],
}


def test_references_still_meet_their_resource():
    """The same id becomes the same placeholder, and the type stays."""
    hidden = conversation().hide_json(PATIENT)
    assert hidden["contained"][0]["subject"]["reference"] == f"Patient/{hidden['id']}"


@pytest.mark.parametrize(
    ("reference", "hidden"),
    [
        ("Patient/abc", "Patient/[ID_1]"),
        ("urn:uuid:53fe", "urn:uuid:[ID_1]"),
        ("#p1", "#[ID_1]"),
        ("Patient/abc/_history/2", "Patient/[ID_1]/_history/2"),
        ("https://ehr.example/fhir/Patient/abc", "[URL_1]/Patient/[ID_1]"),
        ("Patient?identifier=http://x|1", "[ID_1]"),
        ("https://ehr.example/fhir", "[URL_1]"),
        ("Zoe Testa", "[ID_1]"),
    ],
)
def test_only_the_id_of_a_reference_goes(reference, hidden):
    """What is no reference goes whole."""
    value = {"resourceType": "Observation", "subject": {"reference": reference}}
    assert conversation().hide_json(value)["subject"]["reference"] == hidden


def test_control_fields_are_untouched_and_identifiers_are_gone():
    """The whole resource."""
    hidden = conversation().hide_json(PATIENT)
    assert hidden["gender"] == "female"
    assert hidden["active"] is True
    assert hidden["address"][0]["state"] == "OH"
    assert hidden["contained"][0]["valueInteger"] == 72
    text = json.dumps(hidden)
    assert not any(word in text for word in ("Testa", "Zoe", "Akron", "44301", "1949", "abc"))


def test_an_age_of_ninety_or_more_goes_and_one_below_stays():
    """A Quantity in years."""

    def onset(years: int) -> object:
        value = {"resourceType": "Condition", "onsetAge": {"value": years, "unit": "years", "code": "a"}}
        return conversation().hide_json(value)["onsetAge"]["value"]

    assert onset(90) == "[AGE_1: 90 or older]"
    assert onset(89) == 89
    assert conversation().hide_json({"resourceType": "Observation", "valueQuantity": {"value": 93, "unit": "kg"}}) == {
        "resourceType": "Observation",
        "valueQuantity": {"value": 93, "unit": "kg"},
    }


def test_narrative_is_read_and_its_tags_stay():
    """XHTML."""
    value = {
        "resourceType": "Patient",
        "text": {"status": "generated", "div": "<div>Seen by Dr. <b>Testwell</b></div>"},
    }
    assert conversation().hide_json(value)["text"]["div"].startswith("<div>Seen by [NAME_1]")


def test_prose_is_left_to_the_detectors():
    """`parts` says None, never the whole text."""
    assert parts("text", "Zoe", Place("Observation", "note", {})) is None


LABELS = [
    ("valueString", "extension", {"url": "http://x/patient-birthPlace"}, "", "birthPlace", "an extension"),
    ("valueString", "answer", {}, "Phone number", "Phone number", "an answer has its question"),
    ("answer", "item", {"text": "Phone number"}, "", "Phone number", "the question"),
    ("valueString", "parameter", {"name": "mrn"}, "", "mrn", "Parameters"),
    ("valueString", "x", {}, "", "valueString", "nothing else says more"),
    ("note", "x", {}, "", "note", "the field itself"),
]


@pytest.mark.parametrize(("field", "above", "holder", "label", "expected", "reason"), LABELS)
def test_a_value_is_read_with_what_labels_it(field, above, holder, label, expected, reason):
    """`valueString` alone says nothing."""
    assert label_of(field, Place("Patient", above, holder, label)) == expected, reason


def test_an_answer_is_read_under_its_question():
    """QuestionnaireResponse: the link id stays, the number goes."""
    item = {"linkId": "4", "text": "MRN", "answer": [{"valueString": "A1234"}]}
    hidden = conversation().hide_json({"resourceType": "QuestionnaireResponse", "item": [item]})
    assert hidden["item"] == [{"linkId": "4", "text": "MRN", "answer": [{"valueString": "[MRN_1]"}]}]


def test_a_name_of_the_resource_is_found_in_its_narrative():
    """Even though the narrative stands before the name."""
    value = {
        "resourceType": "Practitioner",
        "text": {"div": "<div>Zoe <b>Test</b>well, cardiology</div>"},
        "name": [{"family": "Testwell", "given": ["Zoe"]}],
    }
    assert "well" not in conversation().hide_json(value)["text"]["div"]


def test_the_name_of_the_patient_is_the_patients():
    """The legend then tells which placeholders are one person."""
    hidden = conversation(OKAFOR).hide_json({"resourceType": "Patient", "name": [{"family": "Okafor"}]})
    assert hidden["name"] == [{"family": "[PATIENT_1]"}]


def test_a_resource_inside_other_json_is_recognised():
    """Bundles, lists, the arguments of a tool, a string that holds JSON."""
    value = {"args": [{"resource": PATIENT}], "text": json.dumps(PATIENT)}
    hidden = conversation().hide_json(value)
    assert hidden["args"][0]["resource"]["name"][0]["family"] == "[NAME_1]"
    assert json.loads(hidden["text"]) == hidden["args"][0]["resource"]


def test_a_type_that_is_no_type_is_read_as_text():
    """`resourceType` must not switch the detectors off."""
    assert conversation(OKAFOR).hide_json({"resourceType": "Seen by x", "status": "Okafor"})["status"] == "[PATIENT_1]"


def test_a_number_where_an_identifier_belongs_goes():
    """Not every writer quotes."""
    value = {"resourceType": "Location", "position": {"latitude": 41.08}, "identifier": [{"value": 7}], "mode": "x"}
    assert conversation().hide_json(value) == {
        "resourceType": "Location",
        "position": {"latitude": "[ADDRESS_1]"},
        "identifier": [{"value": "[ID_1]"}],
        "mode": "x",
    }


def test_a_key_that_is_no_field_is_read():
    """Names do not belong into keys, and still stand there."""
    assert conversation(OKAFOR).hide_json({"resourceType": "Basic", "Margaret Okafor": 1}) == {
        "resourceType": "Basic",
        "[PATIENT_1]": 1,
    }


def test_the_way_back_is_exact():
    """String by string."""
    one = conversation()
    assert json.loads(reidentify(json.dumps(one.hide_json(PATIENT)), one.placeholders)) == PATIENT
