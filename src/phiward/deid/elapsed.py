"""How far one date of a conversation lies from its first one. Elapsed time is not an identifier.

Exact, so that a model can reason with it: whole years or months where they come out even, else days.
Nothing is said where the dates of a conversation would span ninety years, because that tells an age
over 89. Source: 45 CFR 164.514(b)(2)(i)(C).
"""

from datetime import date

DAYS_UP_TO = 60
"""Up to this many days the distance is always said in days."""

MAX_YEARS = 89


def elapsed(first: date, other: date, anchor: str) -> str:
    """`3 days after DATE_1`, `2 years before DATE_1` or `same day as DATE_1`; `anchor` is `DATE_1`."""
    if first == other:
        return f"same day as {anchor}"
    return f"{_distance(first, other)} {'after' if other > first else 'before'} {anchor}"


def _distance(one: date, two: date) -> str:
    early, late = min(one, two), max(one, two)
    days = (late - early).days
    months = (late.year - early.year) * 12 + late.month - early.month
    if days <= DAYS_UP_TO or early.day != late.day:
        return _count(days, "day")
    return _count(months // 12, "year") if months % 12 == 0 else _count(months, "month")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def tells_age_over_89(earliest: date, latest: date) -> bool:
    """Whether somebody born on the first date is 90 or older on the second."""
    birthday = (latest.month, latest.day) >= (earliest.month, earliest.day)
    return latest.year - earliest.year - (not birthday) > MAX_YEARS
