"""recordTarget."""

from datetime import date

import pytest
from lxml import etree

from phiward.domain.errors import ImportFailedError
from phiward.records.ccda.patient import patient
from phiward.records.results import PatientRecord

from .files import CANARY, HERE, PATIENT, document, reader


def of(xml: str, rest: str = "") -> PatientRecord:
    """The patient of a document with this recordTarget."""
    return patient(etree.fromstring(document(patient=xml, rest=rest).encode()), reader())


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        pytest.param("", "exactly one patient", id="no recordTarget"),
        pytest.param("<recordTarget/>", "exactly one patient", id="one without a patient"),
        pytest.param(PATIENT * 2, "exactly one patient", id="two of them"),
        pytest.param(PATIENT + "<recordTarget/>", "exactly one patient", id="a second one, empty"),
        pytest.param(PATIENT.replace("root=", "display="), "no number", id="no roots"),
        pytest.param(
            '<recordTarget><patientRole><id root="1.2.3"/></patientRole></recordTarget>', "no number", id="no extension"
        ),
        pytest.param(PATIENT.replace("19700131", CANARY), "birthTime: this is not a time", id="a broken birth date"),
        pytest.param(PATIENT.replace("19700131", "19700231"), "birthTime: this is not a time", id="31 February"),
    ],
)
def test_a_document_that_is_not_about_one_patient_is_refused(xml: str, said: str) -> None:
    """Without repeating who it is."""
    with pytest.raises(ImportFailedError, match=said) as caught:
        of(xml)
    assert CANARY not in str(caught.value)


def test_the_patient_is_his_first_record_number() -> None:
    """Of the social security number only where there is no other, without its dashes."""
    assert of(PATIENT).source_id == "urn:cda:1.2.3:M-1"
    assert of(PATIENT.replace('<id root="1.2.3" extension="M-1"/>', "")).source_id == (
        "urn:cda:2.16.840.1.113883.4.1:999000000"
    )


def test_every_identifier_of_the_header_is_known() -> None:
    """His own, his guardian's, his contacts', and those of relatives in a family history."""
    person = """<name><given>Bo</given><family>Example</family></name>"""
    more = f"""<guardian><addr><city>Guardtown</city></addr><guardianPerson>{person}</guardianPerson></guardian>
        <birthplace><place><addr><city>Birthtown</city></addr></place></birthplace>
        <sdtc:deceasedTime value="20240101"/></patient>"""
    rest = f"""<participant typeCode="IND"><associatedEntity classCode="ECON"><telecom value="tel:555-0102"/>
        <associatedPerson>{person.replace("Bo", "Cy")}</associatedPerson></associatedEntity></participant>
        <informant><relatedEntity><relatedPerson>{person.replace("Bo", "Di")}</relatedPerson></relatedEntity>
        </informant>
        <subject><relatedSubject><subject>{person.replace("Bo", "Ed")}</subject></relatedSubject></subject>"""
    found = of(PATIENT.replace("</patient>", more), rest)
    values = {(str(one.kind), one.value) for one in found.identifiers}
    assert values == {
        ("mrn", "M-1"),
        ("ssn", "999-00-0000"),
        ("given", "Quilla"),
        ("family", CANARY),
        ("full_name", f"Quilla {CANARY}"),
        ("street", "1 Road"),
        ("city", "Town"),
        ("phone", "+1(617)555-0101"),
        ("birth_date", "1970-01-31"),
        ("death_date", "2024-01-01"),
        ("city", "Guardtown"),
        ("city", "Birthtown"),
        ("phone", "555-0102"),
        *(("relative", name) for given in ("Bo", "Cy", "Di", "Ed") for name in (given, "Example", f"{given} Example")),
    }
    assert (found.birth_date, found.by_number, found.place.name) == (date(1970, 1, 31), True, HERE.name)


def test_a_year_alone_is_no_identifier() -> None:
    """It may stay (45 CFR 164.514(b)(2)(i)(C))."""
    found = of(PATIENT.replace("19700131", "1970"))
    assert found.birth_date is None
    assert "birth_date" not in {str(one.kind) for one in found.identifiers}
