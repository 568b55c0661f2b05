"""(H) to (R) by label."""

import pytest

from phiward.deid.rules.labelled import Labelled
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    "text",
    [
        "policy of 2021",
        "on account of pain",
        "serial troponins 12, 14",
        "claim denied",
        "certification 2019",
        "account for 1000 mL",
        "study NCT01234567",
        "medicare part B",
        "harsh 3456 murmur",
        "pinned",
        "finger 2234",
    ],
)
def test_the_words_alone_announce_nothing(text):
    """A label without a value, or a value that is a year or a dose."""
    assert found(Labelled(), text) == []


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("MRN: A12345", "MRN", "A12345"),
        ("Hosp no. SX 40 88 17", "MRN", "SX 40 88 17"),
        ("DL PA 99 417 220", "LICENSE", "PA 99 417 220"),
        ("plate SK22 TXO", "VEHICLE", "SK22 TXO"),
        ("badge 417", "ID", "417"),
        ("gate code 5519", "ID", "5519"),
        ("mrn 4821", "MRN", "4821"),
        ("medical record number is 00-48-29", "MRN", "00-48-29"),
        ("MRN #123 456 789", "MRN", "123 456 789"),
        ('"patient_id": "X9912"', "MRN", "X9912"),
        ("Member ID: XQH-1234567", "PLAN", "XQH-1234567"),
        ("policy no. 99-8123", "PLAN", "99-8123"),
        ("acct# 7712-09934", "ACCOUNT", "7712-09934"),
        ("driver's license D123-4567", "LICENSE", "D123-4567"),
        ("DEA number AB1234563", "LICENSE", "AB1234563"),
        ("plate ABC 1234", "VEHICLE", "ABC 1234"),
        ("serial no. SN-4455", "DEVICE", "SN-4455"),
        ("fingerprint id 8821", "BIOMETRIC", "8821"),
        ("study ID 10-0042", "ID", "10-0042"),
        ("username: mtest", "ID", "mtest"),
        ("SSN: 123456789", "SSN", "123456789"),
        ("passport X1234567", "ID", "X1234567"),
        ("ZIP code 62704", "ZIP", "62704"),
    ],
)
def test_the_value_goes_and_the_label_stays(text, category, value):
    """One row for each kind of label."""
    assert (category, value) in found(Labelled(), text)
