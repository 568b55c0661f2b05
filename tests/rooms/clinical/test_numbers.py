"""Numbers with their units, in one form; no digit is passed over."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.clinical.numbers import find_numbers

READ = [
    ("K 4.10 mmol/L", [("4.1", "mmol/l")]),
    ("1,200 mg", [("1200", "mg")]),
    (".5 mg", [("0.5", "mg")]),
    ("0.0", [("0", None)]),
    ("007", [("7", None)]),
    ("100", [("100", None)]),
    ("1" * 40 + "2", [("1" * 40 + "2", None)]),
    ("grades 1,3", [("1", None), ("3", None)]),
    ("BP 120/80 mmHg", [("120/80", "mmhg")]),
    ("120 over 80", [("120/80", None)]),
    ("8:30 am", [("8:30", "am")]),
    ("< 5", [("<5", None)]),
    (">=5 mg", [(">=5", "mg")]),
    ("less than 5 mg", [("<5", "mg")]),
    ("less than or equal to 5", [("<=5", None)]),
    ("at least 2 L", [(">=2", "l")]),
    ("3-5 days", [("3..5", "day")]),
    ("3 to 5 days", [("3..5", "day")]),
    ("between 3 and 5", [("3..5", None)]),
    ("from 25 to 50 mg", [("25", "mg"), ("50", "mg")]),
    ("25 and 50 mg", [("25", "mg"), ("50", "mg")]),
    ("2 and 120/80", [("2", None), ("120/80", None)]),
    ("T-score -2.5", [("-2.5", None)]),
    ("2+ edema", [("2", "+")]),
    ("3rd", [("3rd", None)]),
    ("x3", [("3", "time")]),
    ("x 3 days", [("3", "day")]),
    ("q4-6h", [("4..6", "hour")]),
    ("q8 hours", [("8", "hour")]),
    ("b.i.d.", [("2", "time")]),
    ("TID", [("3", "time")]),
    ("twice", [("2", "time")]),
    ("three tablets", [("3", "tablet")]),
    ("twenty-five", [("25", None)]),
    ("twenty five", [("25", None)]),
    ("a hundred", [("hundred", None)]),
    ("one of them", []),
    ("one tablet", [("1", "tablet")]),
    ("COVID-19", [("covid-19", None)]),
    ("L4-L5", [("l4", None), ("l5", None)]),
    ("A1c 7.2%", [("a1c", None), ("7.2", "%")]),
    ("eGFR 55 mL/min/1.73m2", [("55", "ml/min/1.73m2")]),
    ("7.2 x10^3/uL", [("7.2", "k/ul")]),
    ("25mg", [("25", "mg")]),
    ("(25 mg)", [("25", "mg")]),
    ("1/2 tablet", [("1/2", "tablet")]),
    ("1.2.3", [("1.2", None), ("0.3", None)]),
    ("[NAME_9]", [("9", None)]),
    ("no numbers, at all; or more", []),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_number_is_read_with_its_unit(text: str, expected: list[tuple[str, str | None]]) -> None:
    """In canonical form."""
    assert [tuple(one) for one in find_numbers(text)] == expected


WORDS = st.sampled_from(
    [
        "4.1",
        "7",
        "120/80",
        "mg",
        "-",
        "<",
        "x",
        "B12",
        "and",
        "to",
        "at",
        ",",
        ".",
        "q8h",
        "3rd",
        "/",
        "%",
        "(",
        "v",
        ":",
        "\n",
    ]
)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["", " "])), max_size=12))
def test_no_digit_is_passed_over(parts: list[tuple[str, str]]) -> None:
    """Each run of digits stands in one of the numbers: what is not read is not checked."""
    text = "".join(word + space for word, space in parts)
    said = "".join(one.value + (one.unit or "") for one in find_numbers(text))
    for digits in ("4", "7", "120", "80", "12", "8", "3"):
        assert digits not in text or digits[0] in said


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_every_spelling_of_a_value_is_one_number(value: Decimal) -> None:
    """With zeros, with separators of thousands, or with neither."""
    read = {find_numbers(form)[0].value for form in (f"{value}", f"{value}00", f"{value:,}")}
    assert len(read) == 1
