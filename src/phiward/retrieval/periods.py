"""The time that a question is about: "since March 2023", "in 2022", "over the last year", "before 3/15/2021".

English, and dates month first, as the records' authors write. Where a question names several times that do not make
one, there is no limit: too much is found rather than too little.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: n for n, word in enumerate(_WORDS, 1)}
"""Number words that questions use."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = (
    rf"{_YEAR}-\d\d?(?:-\d\d?)?|(?:\d\d?/)?\d\d?/{_YEAR}"
    rf"|{_MONTH}\s+(?:\d\d?(?:st|nd|rd|th)?,?\s+)?(?:of\s+)?{_YEAR}"
)
_BEGIN, _END = r"(?<![\w/.-])", r"(?![\w/]|[.-]\d)"
_DATE = rf"{_BEGIN}({_DAY}|{_YEAR}){_END}"
_MANY = {**{str(n): n for n in range(1, 1000)}, **NUMBERS, "couple of": 2, "few": 3, "several": 6}
_COUNT = rf"(\d{{1,3}}|{'|'.join(NUMBERS)}|couple of|few|several)"
_UNIT = r"(day|week|month|year)s?\b"


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, and without, `until`; None is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Whether the moment lies within, by its UTC date. What has no date cannot be ruled out."""
        if moment is None:
            return True
        day = moment.astimezone(UTC).date()
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


def period(question: str, now: datetime) -> tuple[Period, str]:
    """The time that the question asks about, seen from `now`, and the question without the words that say so."""
    today = now.astimezone(UTC).date()
    found: list[Period] = []
    for pattern, read in _RULES:
        for match in pattern.finditer(question):
            if one := read(match, today):
                found.append(one)
                question = question[: match.start()] + " " * len(match[0]) + question[match.end() :]
    return _together(found), question


def _together(found: list[Period]) -> Period:
    """One span around closed periods, or what half-open ones have in common; no limit if both kinds are named."""
    closed = [one for one in found if one.since and one.until]
    if closed and len(closed) < len(found):
        return Period()
    begins = [one.since for one in found if one.since]
    ends = [one.until for one in found if one.until]
    return Period(min(begins, default=None), max(ends, default=None))


def _read(text: str) -> Period | None:
    """A day, a month or a year as a period; None for a date that there is not."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    month = next((n for n, name in enumerate(_MONTHS, 1) if text[:3].lower() == name), None)
    if len(text) > 4 and text[4] == "-":
        year, *rest = numbers
    else:
        *rest, year = numbers
    parts = [*([month] if month else []), *rest]
    try:
        first = date(year, *[*parts, 1, 1][:2])
    except ValueError:
        return None
    return Period(first, _later(first, ("year", "month", "day")[len(parts)], 1))


def _later(day: date, unit: str, count: int) -> date:
    """So many units later, or earlier for a negative count; the last day of a month where it has no such day."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _begin(today: date, unit: str) -> date:
    """The first day of this week (Monday), month or year."""
    if unit == "week":
        return today - timedelta(days=today.weekday())
    return today if unit == "day" else date(today.year, today.month if unit == "month" else 1, 1)


def _from_to(match: re.Match[str], _: date) -> Period | None:
    one, other = _read(match[1]), _read(match[2])
    return Period(one.since, other.until) if one and other else None


def _since(match: re.Match[str], _: date) -> Period | None:
    return Period(one.since, None) if (one := _read(match[1])) else None


def _before(match: re.Match[str], _: date) -> Period | None:
    return Period(None, one.since) if (one := _read(match[1])) else None


def _through(match: re.Match[str], _: date) -> Period | None:
    return Period(None, one.until) if (one := _read(match[1])) else None


def _within(match: re.Match[str], _: date) -> Period | None:
    return _read(match[1])


def _last_many(match: re.Match[str], today: date) -> Period | None:
    many = _MANY.get(match[1].lower())
    return Period(_later(today, match[2].lower(), -many), None) if many else None


def _last_one(match: re.Match[str], today: date) -> Period | None:
    return Period(_later(today, match[1].lower(), -1), None)


def _calendar_last(match: re.Match[str], today: date) -> Period | None:
    begin = _begin(today, unit := match[1].lower())
    return Period(_later(begin, unit, -1), begin)


def _calendar_this(match: re.Match[str], today: date) -> Period | None:
    return Period(_begin(today, match[1].lower()), None)


def _named_day(match: re.Match[str], today: date) -> Period | None:
    day = today if match[1].lower() == "today" else today - timedelta(days=1)
    return Period(day, day + timedelta(days=1))


_Reading = Callable[[re.Match[str], date], Period | None]
_RULES: tuple[tuple[re.Pattern[str], _Reading], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"\b(?:between|from|in|during|of|for)\s+{_DATE}\s*(?:and|or|to|through|until|till|-|–)\s*{_DATE}", _from_to),
        (rf"\b(?:since|after|from|starting(?:\s+(?:in|from))?)\s+{_DATE}", _since),
        (rf"\b(?:before|prior\s+to)\s+{_DATE}", _before),
        (rf"\b(?:until|till|through|up\s+to|by)\s+{_DATE}", _through),
        (rf"\b(?:in|during|of|on|for|at|dated|year)\s+{_DATE}", _within),
        (rf"{_BEGIN}({_DAY}){_END}", _within),
        (rf"\b(?:last|past|previous)\s+{_COUNT}\s+{_UNIT}", _last_many),
        (rf"\b(?:(?:over|in|during|within|for)\s+the\s+(?:last|previous)|(?:the\s+)?past)\s+{_UNIT}", _last_one),
        (rf"\blast\s+{_UNIT}", _calendar_last),
        (rf"\bthis\s+{_UNIT}", _calendar_this),
        (r"\b(today|yesterday)\b", _named_day),
    )
)
