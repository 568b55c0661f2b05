"""(G) to (R) by form and check digit."""

import pytest

from phiward.deid.rules.numbers import Numbers
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("glucose 13500", "a value of five digits"),
        ("platelets 250000", "a value of six digits"),
        ("SNOMED 444814009", "a code of a concept"),
        ('"system":"http://snomed.info/sct","code":"233604007"', "a code of a concept in JSON"),
        ("NCT01234567", "a trial"),
        ("E11.65", "ICD-10"),
        ("CPT 99213", "a procedure"),
        ("LOINC 2345-7", "a code"),
        ("PMID: 123456789", "a paper"),
        ("last 4 days", "not digits of a number"),
        ("1234567.5", "a value"),
    ],
)
def test_values_and_public_codes_stay(text, why):
    """Damage."""
    assert found(Numbers(), text) == [], why


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("123-45-6789", "SSN", "123-45-6789"),
        ("123.45.6789", "SSN", "123.45.6789"),
        ("123 45 6789", "SSN", "123 45 6789"),
        ("1 2 3 4 5 6 7 8 9", "SSN", "1 2 3 4 5 6 7 8 9"),
        ("SSN ending 1234", "SSN", "1234"),
        ("xxx-xx-1234", "SSN", "xxx-xx-1234"),
        ("card ending in 1111", "ACCOUNT", "1111"),
        ("4111 1111 1111 1111", "ACCOUNT", "4111 1111 1111 1111"),
        ("1234567893", "LICENSE", "1234567893"),
        ("AB1234563", "LICENSE", "AB1234563"),
        ("1M8GDM9AXKP042788", "VEHICLE", "1M8GDM9AXKP042788"),
        ("1EG4TE5MK73", "PLAN", "1EG4TE5MK73"),
        ("GB82WEST12345698765432", "ACCOUNT", "GB82WEST12345698765432"),
        ("(01)00844588003288(21)A99", "DEVICE", "(01)00844588003288(21)A99"),
        ("fe07e69a-4d6d-4e11-a675-de69f62de5f3", "ID", "fe07e69a-4d6d-4e11-a675-de69f62de5f3"),
        ("A12345678", "ID", "A12345678"),
        ("00482915", "ID", "00482915"),
        ("#48291", "ID", "48291"),
        ("9876543210988", "ID", "9876543210988"),
    ],
)
def test_identifiers_go(text, category, value):
    """One row for each form."""
    assert (category, value) in found(Numbers(), text)
