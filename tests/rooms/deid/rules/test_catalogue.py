"""The list of shipped rules, and what all of them must keep."""

import pytest

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.rules.catalogue import rule_detectors
from phiward.domain.placeholders import Category
from tests.rooms.deid.helpers import TODAY, hide

EVERYTHING = (
    "Dr. Testa wrote to 12 Elm Street, Springfield, IL 62704 on 03/05/2024 about the 93-year-old; call "
    "555-234-5678, "
    "fax 555-234-9999, jane@example.org, SSN 123-45-6789, MRN 4829155, member id XQ-123456, account "
    "7712099, license D1234567, "
    "plate ABC 1234, serial no. SN-4455, https://x.example/p, 192.168.1.10, voice.wav, photo.jpg, study id "
    "10-0042."
)


@pytest.mark.parametrize(
    "text",
    [
        "She has had no fever, chills, cough or chest pain since 2021.",
        "BP 128/78, HR 72, RR 16, SpO2 97% on room air, temp 98.6 F.",
        "A1c 6.8, TSH 2.31, sodium 138, glucose 13500, platelets 250,000.",
        "Continue lisinopril 20 mg daily and metformin 500 mg twice a day.",
        "55-year-old with Parkinson's disease, Graves disease and a Foley catheter; Glasgow coma scale 15.",
        "POD 3, three days later, last Tuesday, at 10:30 pm.",
        "Follow up in six months, or sooner as needed. She may take 2 tablets.",
        "Guillain-Barre syndrome, Lou Gehrig disease, Framingham risk 12%, Wilson disease, Down syndrome.",
    ],
)
def test_clean_text_is_not_touched(text):
    """Nobody is named here."""
    assert hide(text) == text


def test_every_category_has_a_detector():
    """(A) to (R): PATIENT needs a known patient, LITERAL a look-alike; all others are found here."""
    one = Deidentifier(rule_detectors()).conversation(None, TODAY)
    one.hide(EVERYTHING)
    assert set(Category) - set(one.counts) == {Category.PATIENT, Category.LITERAL}


def test_rules_hold_no_state():
    """One instance serves every thread."""
    assert all(not getattr(detector, "__dict__", {}) for detector in rule_detectors())
    assert TODAY
