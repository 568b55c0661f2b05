"""(C) Dates written in digits: US, ISO and European forms, and the fractions that are none.

Day and month go, a bare year and a time of day stay. Source: 45 CFR 164.514(b)(2)(i)(C).
"""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_NUMERIC = re.compile(
    r"""[0-9](?<![0-9].)(?<![0-9][./\-].)(?:
      (?P<year_first>(?<=[12])[0-9]{3}(?P<s1>\ ?[-/.]\ ?)[0-9]{1,2}(?P=s1)[0-9]{1,2})(?![0-9])
    | (?P<year_last>[0-9]?(?P<s2>\ ?[-/.]\ ?)[0-9]{1,2}(?P=s2)'?(?:[0-9]{4}|[0-9]{2}))(?![0-9]|[./\-][0-9])
    | (?P<compact>(?<=[12])[0-9]{7}(?:[0-9]{4}|[0-9]{6})?)(?![0-9A-Za-z])
    | (?P<month_year>[0-9]?\ ?[/\-]\ ?(?:19|20)[0-9]{2})(?![0-9]|[./\-][0-9])
    | (?P<year_month>(?<=[12])[0-9]{3}-(?:0[1-9]|1[0-2]))(?![0-9]|-)
    | (?P<fraction>[0-9]?[/\-][0-9]{1,2})(?![0-9/]|[.\-][0-9])
    )""",
    re.VERBOSE,
)
_DATE_WORD = re.compile(
    r"(?:\b(?:on|since|until|till|dated?|as of|due|admitted|discharged|visit|appointment|appt|dos|dob|"
    r"through|thru|"
    r"f/u|seen|begun|started|starting|began|stopped|scheduled(?: for)?|between|of service|of birth|of "
    r"admission|"
    r"of discharge|week of|collected|drawn|received|signed|from|by|before|after|"
    r"born|tmrw|tomorrow|today|yesterday|tonight|edc|edd|lmp|due date)(?:\s+date)?)(?:\s(?:was|is))?\s*[:=]?\s*$",
    re.IGNORECASE,
)
_NO_DATE = re.compile(
    r"\s?(?:%|mg|mcg|ml|g\b|kg|tab|strength|power|pain|motor|muscle|scale|in\s(?:the|pain|strength|all|"
    r"severity)|"
    r"of\s(?:a|the|dose|normal)|cup|dose|bilat|systolic|murmur|throughout|weeks?|days?|hours?|hrs?|pack|"
    r"sat\b|"
    r"positive|negative|nodes?|points?|normal|times|on\s(?:the|pain|exam)|x\b|lbs?\b|cm\b|mm)",
    re.IGNORECASE,
)
_RANGE_TAIL = re.compile(r"\s?(?:-|–|to|through|and|&)\s?$")
_WEEKDAY_BEFORE = re.compile(
    r"\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+$", re.IGNORECASE
)
_COMPACT_LABEL = re.compile(
    r"\b(?:dob|d\.o\.b\.?|birth(?:date|day)?|date|dos)\b[^0-9A-Za-z\n]{0,6}([0-9]{6}|[0-9]{8})(?![0-9])",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:labs?|cath|cx|bcx|ucx|cultures?|cxr|kub|ct|mri|mra|us|echo|tte|tee|egd|ercp|eeg|ekg|ecg|pet|bal|biopsy|bx|adm|"
    r"admit|dc|d/c|dced|intubated|extubated|scoped|placed|removed|pulled|recheck|repeat|next|last|surgery|art|ij|line|"
    r"picc|foley|fistulogram|committee|meeting|mtg|tmrw|tomorrow|today|yesterday|thallium|stress|dialysis|hd|transfused)"
    r"\s*[:=]?\s*$",
    re.IGNORECASE,
)
_SCORE_BEFORE = re.compile(
    r"\b(?:gcs|mmse|moca|phq\S*|gad\S*|scor\w+|scale|epworth|ess|braden|apgars?|nihss|vision|va|od|os|ou|audit|recall|bims|"
    r"slums|pain|strength|rated|out of|grade)\b[^0-9\n]{0,12}$",
    re.IGNORECASE,
)
_MAXIMA = frozenset((15, 20, 21, 24, 27, 30))
"""What scores are out of: alone, 8/15 may be one."""
_PLAIN_NUMBER_BEFORE = re.compile(r"(?:\bv|version|ver\.?|section|build|rev\.?|\$)\s?$", re.IGNORECASE)


class NumericDates:
    """Finds dates written in digits."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category DATE; a weekday directly before goes with the date."""
        fractions: list[tuple[int, int]] = []
        dated = False
        for match in _NUMERIC.finditer(text):
            kind = match.lastgroup
            if kind in ("s1", "s2"):  # the separator is the last named group inside the form
                kind = "year_first" if match.group("year_first") else "year_last"
            start, end = match.span()
            if kind and _CHECKS[kind](text, start, end):
                dated = True
                yield Span(_with_weekday(text, start), end, Category.DATE, "numeric_date", 65)
            elif kind == "fraction":
                fractions.append((start, end))
        dated = dated or any(_clear(*_parts(text[start:end])) for start, end in fractions)
        for start, end in fractions:
            if _by_itself(text, start, end, dated=dated):
                yield Span(start, end, Category.DATE, "numeric_date", 60)
        low = text.lower()
        if "dob" in low or "birth" in low or "date" in low or "dos" in low or "d.o.b" in low:
            for match in _COMPACT_LABEL.finditer(text):
                yield Span(match.start(1), match.end(1), Category.DATE, "labelled_date", 66)


def _with_weekday(text: str, start: int) -> int:
    before = text[max(0, start - 12) : start]
    match = _WEEKDAY_BEFORE.search(before) if before[-1:].isspace() else None
    return start - len(before) + match.start() if match else start


def _parts(written: str) -> list[int]:
    return [int(part) for part in re.split(r"[^0-9]+", written) if part]


def _plausible(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31 and (year < 100 or 1850 <= year <= 2150)


def _year_first(text: str, start: int, end: int) -> bool:
    year, month, day = _parts(text[start:end])
    return _plausible(year, month, day) or _plausible(year, day, month)


def _year_last(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    month, day, year = _parts(written)
    if "." in written:
        if _PLAIN_NUMBER_BEFORE.search(text[max(0, start - 10) : start]):
            return False
        if year < 100 and len(written.replace(" ", "")) < 8:
            return False
    return _plausible(year, month, day) or _plausible(year, day, month)


def _compact(text: str, start: int, end: int) -> bool:
    if text[start - 1 : start].isalnum():
        return False
    digits = text[start:end]
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    return 1900 <= year <= 2100 and _plausible(year, month, day)


def _month_year(text: str, start: int, end: int) -> bool:
    month, _year = _parts(text[start:end])
    return 1 <= month <= 12 and not text[start - 1 : start].isalpha()


def _year_month(text: str, start: int, end: int) -> bool:
    return 1900 <= int(text[start : start + 4]) <= 2100 and not text[start - 1 : start].isalnum()


def _fraction(text: str, start: int, end: int) -> bool:
    """Day and month without a year: only where the words around say that it is a date."""
    first, second = _parts(text[start:end])
    if not (_plausible(0, first, second) or _plausible(0, second, first)) or _NO_DATE.match(text[end : end + 16]):
        return False
    before = text[max(0, start - 24) : start]
    if _WEEKDAY_BEFORE.search(before):
        return True
    if "-" in text[start:end]:
        return False
    if _DATE_WORD.search(before):
        return True
    joined = _RANGE_TAIL.search(before)  # "from 3/5 to 3/9"
    earlier = before[: joined.start()] if joined else ""
    return (
        bool(joined and re.search(r"\d{1,2}/\d{1,2}$", earlier))
        and _DATE_WORD.search(re.sub(r"\d{1,2}/\d{1,2}$", "", earlier)) is not None
    )


def _clear(month: int, day: int) -> bool:
    return 1 <= month <= 12 < day <= 31 and day not in _MAXIMA


def _by_itself(text: str, start: int, end: int, *, dated: bool) -> bool:
    """Month and day that no word announces: a day after the 12th, a leading zero, or an event before it.

    `dated`: the text holds other dates. Then even a number that scores are out of is a day.
    """
    before, behind = text[max(0, start - 24) : start], text[end : end + 16]
    written = text[start:end]
    if "-" in written or before.endswith(("-", "+", "~", "<", ">")):
        return False
    if _NO_DATE.match(behind) or _SCORE_BEFORE.search(before):
        return False
    month, day = _parts(written)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    if _clear(month, day) or (day > 12 and dated):
        return True
    if written.startswith("0") and len(written) == 5:
        return True
    return bool(dated and _EVENT.search(before))


_CHECKS = {
    "year_first": _year_first,
    "year_last": _year_last,
    "compact": _compact,
    "month_year": _month_year,
    "year_month": _year_month,
    "fraction": _fraction,
}
