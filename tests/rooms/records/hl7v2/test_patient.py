"""PID and those beside it."""

from datetime import date

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.hl7v2.patient import SKIP_NO_PATIENT, SKIP_TWO_PATIENTS, combined, patient
from phiward.records.results import PatientRecord

from .feeds import CANARY, PID, msh, parsed, segment


def record(*segments: str) -> PatientRecord:
    """The patient of a message."""
    found = patient(parsed(msh(), *segments))
    assert isinstance(found, PatientRecord)
    return found


@pytest.mark.parametrize(
    ("segments", "reason"),
    [
        pytest.param((), SKIP_NO_PATIENT, id="no PID"),
        pytest.param(("PID|1||||EXAMPLE^ADA",), SKIP_NO_PATIENT, id="no number"),
        pytest.param(("PID|1||999-00-0000^^^^SS",), SKIP_NO_PATIENT, id="no medical record number"),
        pytest.param((PID, PID), SKIP_TWO_PATIENTS, id="the same twice"),
    ],
)
def test_a_message_that_names_not_one_patient_is_skipped(segments: tuple[str, ...], reason: str) -> None:
    """Nothing of it could be filed."""
    assert patient(parsed(msh(), *segments)) == reason


def test_a_broken_birth_date_is_refused() -> None:
    """Named by its field."""
    with pytest.raises(ImportFailedError, match="PID-7"):
        patient(parsed(msh(), segment("PID", f3="M^^^H^MR", f7="31.1.1970")))


def test_the_patient_is_his_first_record_number_under_its_authority() -> None:
    """Of the sending facility where no authority is named."""
    assert record("PID|1||S^^^US^SS~M-1^^^NORTH&1.2.3&ISO^MR~M-2^^^SOUTH^MR").source_id == "urn:hl7v2:NORTH:M-1"
    assert record("PID|1||M-1^^^&1.2.3&ISO^MR").source_id == "urn:hl7v2:1.2.3:M-1"
    assert record("PID|1||M-1").source_id == "urn:hl7v2:HOSP:M-1"


def test_every_identifier_of_the_message_is_known() -> None:
    """His own, and those of relatives, guarantor and insurance."""
    found = record(
        segment(
            "PID",
            f2="EXT-1",
            f3="M-1^^^H^MR~A-1^^^H^AN~D-1^^^^DL~P-1^^^^PPN",
            f5="Example^Ada",
            f6="Maiden",
            f7="19700131",
            f9="Alias^Ann",
            f11="1 Road^^Town^MA^02139",
            f12="County",
            f13="555-0101",
            f14="555-0102",
            f18="ACC-1",
            f19="999-00-0000",
            f20="LIC-1",
            f23="Birthtown",
            f29="20240101",
        ),
        segment("NK1", f2="Example^Bob", f4="2 Road^^Otherton", f5="555-0103"),
        segment("GT1", f3="Payer^Pat"),
        segment("IN1", f16="Insured^Ivy", f36="POLICY-1"),
    )
    values = {(str(one.kind), one.value) for one in found.identifiers}
    assert values >= {
        ("other_id", "EXT-1"),
        ("mrn", "M-1"),
        ("account", "A-1"),
        ("license", "D-1"),
        ("passport", "P-1"),
        ("relative", "Maiden"),
        ("full_name", "Ann Alias"),
        ("postal_code", "02139"),
        ("city", "County"),
        ("phone", "555-0101"),
        ("phone", "555-0102"),
        ("account", "ACC-1"),
        ("ssn", "999-00-0000"),
        ("license", "LIC-1"),
        ("city", "Birthtown"),
        ("birth_date", "1970-01-31"),
        ("death_date", "2024-01-01"),
        ("relative", "Bob Example"),
        ("city", "Otherton"),
        ("phone", "555-0103"),
        ("relative", "Pat Payer"),
        ("relative", "Ivy Insured"),
        ("other_id", "POLICY-1"),
    }
    assert (found.birth_date, found.by_number) == (date(1970, 1, 31), True)


def test_a_year_alone_is_no_identifier() -> None:
    """It may stay (45 CFR 164.514(b)(2)(i)(C))."""
    found = record(segment("PID", f3="M", f7="1970"))
    assert found.birth_date is None
    assert "birth_date" not in {str(one.kind) for one in found.identifiers}


def test_a_result_may_not_change_a_date_of_birth() -> None:
    """The number may be someone else's; only a registration corrects it."""
    first, other = record(PID), record(PID.replace("19700131", "19800131"))
    with pytest.raises(ImportFailedError, match="another date of birth") as caught:
        combined(first, other, registers=False)
    assert CANARY not in str(caught.value)
    assert combined(first, other, registers=True).birth_date == date(1980, 1, 31)


def test_two_messages_know_more_than_one() -> None:
    """A former name may still stand in a note."""
    first, later = record(PID), record("PID|1||MRN-7^^^HOSP^MR||NEWNAME^QUILLA")
    both = combined(first, later, registers=False)
    assert set(both.identifiers) == {*first.identifiers, *later.identifiers}
    assert (both.birth_date, both.identifiers[0]) == (date(1970, 1, 31), later.identifiers[0])
