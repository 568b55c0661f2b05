"""Reads one written date. Only a date with day, month and year has a place in the calendar."""

import re
from datetime import date

from phiward.deid.canonical import fold

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})$")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?('?\d{2}|\d{4})$")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4,6})?$")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.,]*(?:of )?([a-z]{3,9})\.?[\s\-/,.]*('?\d{2}|\d{4})$")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?[\s\-/.]*(?:the )?(\d{1,2})(?:st|nd|rd|th)?[\s\-/.,]+('?\d{2}|\d{4})$")
_WEEKDAY = re.compile(r"^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)[a-z]*\.?,?\s+")


def calendar_date(written: str, today: date) -> date | None:
    """The day that `written` names, or None where it is partial, a range or impossible.

    `07/08/2024` is read the US way (July) unless only the other way exists. A two-digit year is the
    latest one that is at most a year after `today`.
    """
    low = _WEEKDAY.sub("", " ".join(fold(written).lower().split()))
    for pattern, order in _FORMS:
        match = pattern.match(low)
        if match:
            year, month, day = (match.group(index) for index in order)
            return _date(_year(year, today), month, day, today, swap=pattern is _YEAR_LAST)
    return None


_FORMS = (
    (_YEAR_FIRST, (1, 2, 3)),
    (_YEAR_LAST, (3, 1, 2)),
    (_COMPACT, (1, 2, 3)),
    (_DAY_FIRST, (3, 2, 1)),
    (_MONTH_FIRST, (3, 1, 2)),
)


def _year(text: str, today: date) -> int:
    digits = text.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + 1 else year - 100


def _date(year: int, month: str, day: str, today: date, *, swap: bool) -> date | None:
    if month.isdigit():
        number = int(month)
    elif month[:3] in MONTHS:
        number = MONTHS.index(month[:3]) + 1
    else:
        return None
    try:
        return date(year, number, int(day))
    except ValueError:
        return _date(year, day, month, today, swap=False) if swap else None
