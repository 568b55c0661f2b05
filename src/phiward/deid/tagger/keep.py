"""Keep-rules: what the tagger may not take, however likely it looks.

Safe Harbor lets a text keep ages to 89, years, elapsed times, times of day, states and countries
(45 CFR 164.514(b)(2)(i)); eponyms, drugs, units, vital signs and scores identify nobody.
"""

import re

from phiward.deid.regions import LANGUAGES, REGIONS
from phiward.deid.words import EPONYM_TAIL, EPONYMS

_YEAR = re.compile(r"'?\d{2}s|(?:1[89]|20|21)\d{2}(?:'?s)?(?:\s?(?:-|to|and|–)\s?(?:1[89]|20|21)?\d{2})?")
_TIME = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?|[0-2]\d[0-5]\d\s?(?:h|hrs?|hours)",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\.?"
_PERIOD = (
    r"(?:day|week|month|year|night|morning|evening|afternoon|weekend|spring|summer|autumn|fall|winter|visit|time)s?"
)
_RELATIVE = re.compile(
    rf"{_WEEKDAY}(?:(?:,| and|/|-| through| thru| to|) ?{_WEEKDAY})*|today|tomorrow|yesterday|tonight|now|"
    rf"(?:last|next|this|past|every|each|the) (?:{_PERIOD}|{_WEEKDAY})|"
    rf"[\w-]+ {_PERIOD}(?: ago| later| prior| before)?|{_PERIOD}|noon|midnight",
    re.IGNORECASE,
)
_UNIT = (
    r"(?:%|mg|mcg|ug|g|kg|lbs?|ml|l|dl|cc|cm|mm|ft|mmhg|bpm|meq|mmol|units?|iu|ng|pg|hz|k|x|hrs?|h|min|sec|days?|d|wks?|weeks?|months?|mo|"
    r"yrs?|years?|y|yo|fr|french|gauge|cmh2o|psi|rpm)(?:/\w+)?"
)
_MEASURE = re.compile(rf"[<>=~+\-]?\s?\d+(?:[.,/\-]\d+)*\s?{_UNIT}", re.IGNORECASE)
_NUMBER = re.compile(r"[<>=~+\-]?\s?\d+(?:[.,]\d+)*")
_CODE_LABEL = re.compile(
    r"(?:#|\bx|ext\.?|extension|pager|pgr|page|box|id|no\.?|number|mrn|acct|account|case|order|pin|"
    r"four|digits|ending in)\s?[:#]?\s?$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r",? (?:at )?\d{1,2}:\d{2}|,? \d{4}\b")
_AGE = re.compile(r"\d+")
_OLD_WORDS = re.compile(r"ninet|hundred|enarian", re.IGNORECASE)
_UNIT_BEHIND = re.compile(rf"\s?{_UNIT}(?![a-z])", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_ROOM = re.compile(r"\d{1,3}\s?(?:[A-Z]|North|South|East|West|Tower)(?:-?\d{1,3})?|[A-Z]\d{0,2}|\d{1,3}", re.IGNORECASE)
_BED = re.compile(r"[1-9]-0\d")
_CELL_BEFORE = re.compile(r"(?:^|[\n|])\s*(?:[*•-] )?$")
_WARD_BEFORE = re.compile(r"\b\d{1,2}\s$")
_SIDES = frozenset(("north", "south", "east", "west", "main", "tower"))
_VALUES = re.compile(r"\d{1,4}(?:, ?\d{1,4})+|\d{1,5}-\d")
"""Readings one behind the other; a code of LOINC."""
_DIRECTION = re.compile(
    r"(?:north|south|east|west|central)(?:ern|west|east)?(?:western|eastern)? |(?:the|upstate|rural|greater) "
)


GIVEN_REGIONS = frozenset(
    [
        "jordan",
        "chad",
        "georgia",
        "israel",
        "virginia",
        "montana",
        "kenya",
        "china",
        "india",
        "asia",
        "america",
        "ireland",
        "france",
        "holland",
        "england",
        "wales",
        "maine",
        "kansas",
        "dominica",
        "gujarat",
    ]
)
"""Regions that people are called too: a NAME stays a name."""


_CREDENTIALS = re.compile(
    r"md|do|rn|np|pa|pa-c|pharmd|lcsw|phd|dpm|rph|lpn|crna|fnp|fnp-bc|aprn|dnp|mbbs|frcp|facs|facc|faap|facp|facog|dds|"
    r"dmd|psyd|pt|dpt|ot|otr|slp|rd|msw|cnm|rrt|cna|ma|emt|aud|od|mph|bsn|msn|ccrn|pct|lvn|ppo|hmo|dob|mrn"
)
"""What stands behind a name, or before one as a label, and names nobody alone."""


def is_kept(label: str, text: str, before: str, behind: str) -> bool:
    """Whether `text`, which the tagger took for a `label`, stays. `before` and `behind` are its neighbours."""
    if label == "DATE":
        return bool(
            (_BED.fullmatch(text) and _CELL_BEFORE.search(before) and not _CLOCK.match(behind))
            or _YEAR.fullmatch(text)
            or _TIME.fullmatch(text)
            or _RELATIVE.fullmatch(text)
            or _is_measure(text, behind)
        )
    if label == "AGE":
        number = _AGE.search(text)
        return int(number.group()[:4]) < 90 if number else not _OLD_WORDS.search(text)
    if label == "CODE":
        return _is_weak_code(text, before, behind)
    low = text.lower()
    if _CREDENTIALS.fullmatch(low) and text != text.title():
        return True
    if label == "PLACE":
        plain = _YEAR.fullmatch(text) or _ROOM.fullmatch(text) or _VALUES.fullmatch(text) or low in LANGUAGES
        return is_region(low) or _is_measure(text, behind) or bool(plain)
    if label == "NAME":
        if (low in _SIDES and _WARD_BEFORE.search(before)) or low in LANGUAGES:
            return True
        return not _LETTER.search(text) or (is_region(low) and low not in GIVEN_REGIONS) or _is_eponym(low, behind)
    return is_region(low) or _is_measure(text, behind) or bool(_YEAR.fullmatch(text))


def is_region(low: str) -> bool:
    """Whether `low` (lower case) is a state, a country, a continent or a demonym, with a direction before it or not."""
    return low in REGIONS or ((match := _DIRECTION.match(low)) is not None and low[match.end() :] in REGIONS)


def _is_measure(text: str, behind: str) -> bool:
    """A number with its unit, inside the span or right behind it."""
    return bool(_MEASURE.fullmatch(text)) or (bool(_NUMBER.fullmatch(text)) and bool(_UNIT_BEHIND.match(behind)))


def _is_weak_code(text: str, before: str, behind: str) -> bool:
    """No digits to speak of, a year, a time, a measure, or a short bare number that no label announces."""
    if "@" in text or "://" in text or "www." in text.lower():
        return False
    if sum(letter.isdigit() for letter in text) < 3:
        return True
    if _YEAR.fullmatch(text) or _TIME.fullmatch(text) or _is_measure(text, behind):
        return True
    return text.isdigit() and len(text) < 5 and not _CODE_LABEL.search(before)


def _is_eponym(low: str, behind: str) -> bool:
    bare = low.removesuffix("'s")
    return bare in EPONYMS and bool(EPONYM_TAIL.match(behind))
