"""(C) Ages over 89."""

import pytest

from phiward.deid.rules.ages import Ages
from tests.rooms.deid.helpers import TODAY, found

AGES = Ages(TODAY)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("89-year-old", "89 stays"),
        ("55-year-old", "most damage elsewhere"),
        ("age 89", "89 stays"),
        ("born in 1940", "85"),
        ("born in 1937", "at most 89"),
        ("sat is 93%", "a value"),
        ("HR is 110", "a value"),
        ("he was 92 kg", "a weight"),
        ("temp 98 F", "a temperature"),
        ("age 90 or older", "the category itself"),
        ("since 1930", "not a birth"),
        ("she is 101.2", "a temperature"),
        ("93 mg", "a dose"),
        ("for 95 years", "how long"),
        ("over 100 yrs", "how long"),
        ("100 years ago", "elapsed"),
        ("110 years later", "elapsed"),
    ],
)
def test_younger_ages_and_other_numbers_stay(text, why):
    """Ages to 89 and bare years are kept."""
    assert found(AGES, text) == [], why


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90-year-old", "90"),
        ("91 years old", "91"),
        ("93 y/o", "93"),
        ("93yo", "93"),
        ("aged 101", "101"),
        ("age: 92", "92"),
        ("ninety-two-year-old", "ninety-two"),
        ("a hundred years old", "a hundred"),
        ("she is 94 and lives", "94"),
        ("turned 90", "90"),
        ("in his nineties", "nineties"),
        ("a nonagenarian", "nonagenarian"),
        ("born in 1930", "1930"),
        ("born in 1936", "1936"),
        ("93M with cough", "93"),
        ("his 90th birthday", "90"),
        ("94 year old", "94"),
        ("Age of 101 years", "101"),
        ("Mrs. Pham, 94F, delirium", "94"),
        ("shes 91 so i worry", "91"),
        ("Don Eusebio, 101 yrs, oldest in the county", "101"),
        ("Born .......... 1931", "1931"),
    ],
)
def test_ages_over_89_go_and_the_words_around_stay(text, age):
    """90 is the first one; the year 1936 may tell an age of 90 in 2026."""
    assert found(AGES, text) == [("AGE", age)]
