"""Elapsed time between dates, exact in every unit."""

from datetime import date

import pytest

from phiward.deid.elapsed import elapsed, tells_age_over_89


@pytest.mark.parametrize(
    ("first", "other", "said"),
    [
        (date(2024, 3, 5), date(2024, 3, 8), "3 days after DATE_1"),
        (date(2024, 3, 5), date(2024, 3, 4), "1 day before DATE_1"),
        (date(2024, 3, 5), date(2024, 3, 5), "same day as DATE_1"),
        (date(2024, 3, 5), date(2022, 3, 5), "2 years before DATE_1"),
        (date(2024, 3, 5), date(2024, 8, 5), "5 months after DATE_1"),
        (date(2024, 3, 5), date(2024, 5, 4), "60 days after DATE_1"),
        (date(2023, 1, 1), date(2024, 2, 17), "412 days after DATE_1"),
    ],
)
def test_the_distance_is_exact(first, other, said):
    """Whole years and months where they come out even, else days: nothing is rounded."""
    assert elapsed(first, other, "DATE_1") == said


def test_ninety_years_are_told_apart_from_eighty_nine():
    """The ninetieth birthday is the line, to the day."""
    assert not tells_age_over_89(date(1936, 3, 2), date(2026, 3, 1))
    assert tells_age_over_89(date(1936, 3, 1), date(2026, 3, 1))
