"""Dates of a text as year, month and day, as far as each is written. A date may be coarser than its source, not finer.

Read are ISO 8601, the US forms (month first; day first only where the first number is over 12), names of months, and
years. Relative times ("3 days after") are numbers with units, not dates.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class PartialDate(NamedTuple):
    """What is written of a date; None for what is not."""

    year: int | None
    month: int | None = None
    day: int | None = None


_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
_MONTHS = {name[:3]: number for number, name in enumerate((*_NAMES, "december"), 1)}
_LONG = r"January|February|April|June|July|August|September|October|November|December"
_MONTH = (
    rf"\b(?:{_LONG}|{_LONG.lower()}|{_LONG.upper()}|March|MARCH|May|MAY|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)\b\.?)"
)
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_UNIT_AHEAD = r"(?!\s?(?:m[gL]|mcg|ml|g\b|kg|mmol|mEq|IU|units?\b|kcal|cal|steps|cells|/|%|[.,]\d|:\d))"
_BEFORE_FRACTION = r"\b(?:[Oo]n|[Ss]ince|[Uu]ntil|[Tt]hrough|[Ff]rom|[Bb]y|[Dd]ated|[Aa]fter|[Bb]efore)\s"
_DATE = re.compile(
    rf"""(?<![\d/.,$])(?:
    (?P<iso>(?P<iy>{_YEAR})(?P<s>[-/.])(?P<im>0?[1-9]|1[0-2])(?:(?P=s)(?P<id>\d{{1,2}})|(?<!\.\d)(?<!\.\d\d))
        (?:T\d\d:?\d\d(?::?\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d/]|[.-]\d))
    |(?P<us>(?P<ua>\d{{1,2}})(?P<t>[-/.])(?P<ub>\d{{1,2}})(?P=t)(?P<uy>\d{{4}}|\d\d)(?![\d/]|[.-]\d))
    |(?P<my>(?P<mm>0?[1-9]|1[0-2])[/-](?P<mmy>{_YEAR})(?![\d/-]))
    |(?P<dm>(?P<dd>\d{{1,2}}){_TH}(?:\sof)?[\s-](?P<dmm>{_MONTH})(?:,?(?:\sof)?[\s-](?P<dmy>{_YEAR})\b)?)
    |(?P<md>(?P<mdm>{_MONTH})[\s-](?P<mdd>\d{{1,2}}){_TH}(?:\s?-\s?(?P<mdd2>\d{{1,2}}){_TH})?(?:,?\s?(?P<mdy>\b{_YEAR})\b)?
        (?![\d/%]|[.,:]\d))
    |(?P<m>(?P<mym>{_MONTH})(?:,|\sof)?[\s-](?P<myy>{_YEAR})\b)
    |(?P<alone>\b(?:{_LONG})\b|(?<=\b[Ii]n\s)(?:March|May)\b|(?<=[Ss]ince\s)(?:March|May)\b|(?<=[Ll]ast\s)(?:March|May)\b)
    |(?P<year>(?<![\w])(?:{_YEAR})\b{_UNIT_AHEAD})
    )|{_BEFORE_FRACTION}(?P<fm>0?[1-9]|1[0-2])/(?P<fd>0?[1-9]|[12]\d|3[01])(?![\d/]|[.-]\d)""",
    re.VERBOSE,
)
_WORD = re.compile(r"\S+")
_BEGIN = re.compile(r"(?<![^\W_])[^\W_]")
_HINT = re.compile(rf"\d|(?i:{'|'.join(_MONTHS)})")
_KEYS = frozenset({*_NAMES, *_MONTHS, "december", "sept"}) | frozenset(
    {"on", "since", "until", "through", "from", "by", "dated", "after", "before"}
)


def find_dates(text: str) -> tuple[list[PartialDate], str]:
    """The dates of a plain text, and the text with spaces for them, so that nothing is read twice."""
    found: list[PartialDate] = []
    rest, place = [], 0
    for match in _matches(text):
        if match.start() >= place and (read := _read(match)):
            found += read
            start = match.start("fm") if match["fm"] else match.start()  # the word before a fraction stays
            rest += [text[place:start], " " * (match.end() - start)]
            place = match.end()
    return found, "".join([*rest, text[place:]]) if rest else text


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Dates that begin where a word or number begins; most words are passed over at a glance."""
    for word in _WORD.finditer(text):
        if (word[0].lower() in _KEYS) if word[0].isalpha() else _HINT.search(word[0]):
            for begin in _BEGIN.finditer(text, word.start(), word.end()):
                if match := _DATE.match(text, begin.start()):
                    yield match


def coarser(date: PartialDate) -> list[PartialDate]:
    """Everything that `date` supports: itself, and what says less."""
    year, month, day = date
    kept = [date, PartialDate(year), PartialDate(year, month), PartialDate(None, month, day), PartialDate(None, month)]
    return [one for one in dict.fromkeys(kept) if one.year or one.month]


def _read(match: re.Match[str]) -> list[PartialDate]:
    part = match.groupdict()
    if part["iso"]:
        return _valid(part["iy"], part["im"], part["id"])
    if part["us"]:
        first, second = part["ua"], part["ub"]
        month, day = (second, first) if int(first) > 12 else (first, second)
        return _valid(_long_year(part["uy"]), month, day)
    if part["my"]:
        return _valid(part["mmy"], part["mm"], None)
    if part["dm"]:
        return _valid(part["dmy"], _month(part["dmm"]), part["dd"])
    if part["md"]:
        month, year = _month(part["mdm"]), part["mdy"]
        return _valid(year, month, part["mdd"]) + (_valid(year, month, part["mdd2"]) if part["mdd2"] else [])
    if part["m"]:
        return _valid(part["myy"], _month(part["mym"]), None)
    if part["alone"]:
        return _valid(None, _month(part["alone"]), None)
    if part["year"]:
        return _valid(part["year"], None, None)
    return _valid(None, part["fm"], part["fd"])


def _month(name: str) -> str:
    return str(_MONTHS[name[:3].lower()])


def _long_year(year: str) -> str:
    """Two digits: 00 to 49 are of this century."""
    return year if len(year) == 4 else f"{'20' if int(year) < 50 else '19'}{year}"


def _valid(year: str | None, month: str | None, day: str | None) -> list[PartialDate]:
    """One date, or none where the numbers are no date."""
    date = PartialDate(int(year) if year else None, int(month) if month else None, int(day) if day else None)
    holds = (date.month is None or 1 <= date.month <= 12) and (date.day is None or 1 <= date.day <= 31)
    return [date] if holds else []
