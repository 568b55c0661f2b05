"""Check digits and fixed forms, each with a right and a wrong number. All numbers are invented."""

import pytest

from phiward.guard.checkdigits import card, dea, holds_identifying_number, identifying_numbers, luhn, npi, vin

CHECKS = [
    ("Luhn, the example of ISO/IEC 7812-1", luhn, "79927398713", True),
    ("Luhn, last digit changed", luhn, "79927398710", False),
    ("NPI, the example of the standard", npi, "1234567893", True),
    ("NPI, last digit changed", npi, "1234567894", False),
    ("NPI, two digits swapped", npi, "1234576893", False),
    ("card of 16 digits", card, "4111 1111 1111 1111", True),
    ("card of 15 digits", card, "378282246310005", True),
    ("card, last digit changed", card, "4111 1111 1111 1112", False),
    ("card too short", card, "41111111111", False),
    ("card too long", card, "4111111111111111111100", False),
    ("VIN, X as check digit", vin, "1M8GDM9AXKP042788", True),
    ("VIN, another check digit", vin, "1M8GDM9A1KP042788", False),
    ("VIN of digits only", vin, "11111111111111111", False),
    ("VIN of letters only", vin, "ABCDEFGHJKLMNPRST", False),
    ("DEA", dea, "AB1234563", True),
    ("DEA, last digit changed", dea, "AB1234564", False),
]


@pytest.mark.parametrize(("check", "text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in CHECKS])
def test_a_check_digit_decides(check: object, text: str, expected: bool) -> None:
    """Right numbers pass, changed ones do not."""
    assert check(text) is expected  # type: ignore[operator]


@pytest.mark.parametrize("place", range(16))
def test_a_changed_digit_of_a_card_is_always_seen(place: int) -> None:
    """Luhn sees every single change."""
    right = "4111111111111111"
    for digit in "0123456789":
        if digit != right[place]:
            assert not luhn(right[:place] + digit + right[place + 1 :])


FORMS = [
    ("social security number", "987-65-4320", True),
    ("the same as part of a longer number", "1987-65-4320", False),
    ("the same with a fourth group", "987-65-4320-1", False),
    ("telephone number", "call 555-234-5678.", True),
    ("telephone number in brackets", "(555) 234-5678", True),
    ("an area code cannot begin with 1", "155-234-5678", False),
    ("ten digits that are no NPI", "1234567890", False),
    ("an NPI", "1234567893", True),
    ("an NPI behind a point", "0.1234567893", False),
    ("e-mail address", "a.b@example.org", True),
    ("at sign only", "5 mg @ 8", False),
    ("VIN in a text", "VIN 1M8GDM9AXKP042788", True),
    ("DEA in a text", "Dr. Test AB1234563", True),
    ("full width", "９８７-６５-４３２０", True),  # noqa: RUF001 - look-alikes are the subject
    ("dashes of another kind", "987\u201365\u20134320", True),
    ("nothing", "", False),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in FORMS])
def test_a_form_is_found_in_a_text(text: str, expected: bool) -> None:
    """And not inside something longer."""
    assert holds_identifying_number(text) is expected


def test_each_identifying_number_is_given_as_it_is_written() -> None:
    """In plain characters."""
    text = "９８７-６５-４３２０, ada@example.org, AB1234563 and (555) 234\u20115678"  # noqa: RUF001
    assert sorted(identifying_numbers(text)) == ["(555) 234-5678", "987-65-4320", "AB1234563", "ada@example.org"]
