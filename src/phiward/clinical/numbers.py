"""Numbers of a text with their units, in one spelling each, so that what is said can be looked up in what is cited.

"4.10" is "4.1", "1,200" is "1200", "three" is "3", "µg" is "mcg". A range ("3-5"), a pair ("120/80"), a bound ("<5")
and a code ("L4", "B12") are each one number: the ends of a range do not stand for themselves. Nothing is converted.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from phiward.clinical.units import UNIT, canonical_unit


class Number(NamedTuple):
    """`value` in canonical form, e.g. "4.1", "<5", "3..5", "120/80", "8:30", "l4"; `unit` as `canonical_unit` says."""

    value: str
    unit: str | None


_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SPELLED = (
    {word: str(number) for number, word in enumerate([*_UNITS, *_TEENS], 1)}
    | {word: str(number * 10) for number, word in enumerate(_TENS, 2)}
    | {f"{ten}-{unit}": str(t * 10 + u) for t, ten in enumerate(_TENS, 2) for u, unit in enumerate(_UNITS, 1)}
    | {"twice": "2", "thrice": "3"}
    | {word: word for word in ("half", "quarter", "dozen", "hundred", "thousand", "million", "double", "triple")}
)
_TIMES = frozenset({"twice", "thrice"})
_DOSING = {"b": "2", "t": "3", "q": "4"}
_BOUNDS = {"less": "<", "fewer": "<", "more": ">", "greater": ">", "least": ">=", "most": "<=", "≤": "<=", "≥": ">="}
_VALUE = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"""(?P<bound>[<>]=?\s?|[≤≥]\s?|\b(?i:(?:less|fewer|more|greater)\sthan\s(?:or\sequal\sto\s)?|at\s(?:least|most)\s))?
    (?P<sign>(?<![\w).])-|\bminus\s)?
    (?P<first>{_VALUE})
    (?:(?P<join>\s?/\s?|:|\s?-\s?|\s(?:to|over|and)\s)(?P<second>(?:{_VALUE})(?!\w*[-/]\d)))?
    |\b(?i:q)\.?\s?(?P<every>\d{{1,2}}(?:-\d{{1,2}})?)\s?(?P<every_unit>(?i:hrs?|h|hours?|days?|d|wks?|weeks?))\b
    |\b(?i:x)\s?(?P<count>\d+)\b(?!\.\d)
    |\b(?P<dosing>(?i:[btq]))(?i:\.?i\.?d)\b
    |(?P<code>(?<![\w.,])(?:[^\W\d_]+\d\w*|[A-Z][A-Za-z]{{1,7}}-\d+\w*))
    |\b(?P<word>(?i:(?:{"|".join(_TENS)})[-\s](?:{"|".join(_UNITS)})|{"|".join(_SPELLED)}))\b
    """,
    re.VERBOSE,
)
_GLUED = re.compile(r"[^\W\d_]+\w*")
_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")
_HINT = re.compile(r"\d|[<>≤≥]|[btqBTQ]\.[iI]")
_KEYS = frozenset(_SPELLED) | frozenset(
    {"less", "fewer", "more", "greater", "at", "minus", "q", "x", "bid", "tid", "qid"}
)


def find_numbers(text: str) -> list[Number]:
    """The numbers of a plain text without its dates and citation marks, in order. No digit is passed over."""
    found: list[Number] = []
    place = 0
    for word in _WORD.finditer(text):
        place = max(place, word.start())
        if _may_begin(word[0]):
            while place < word.end() and (match := _next(text, place, word.end())):
                place = _read(text, match, found)
    return found


def _may_begin(word: str) -> bool:
    """A cheap look, because most words hold no number."""
    if word.isalpha():
        return word.lower() in _KEYS
    return _HINT.search(word) is not None or not _KEYS.isdisjoint(_LETTERS.findall(word.lower()))


def _next(text: str, place: int, end: int) -> re.Match[str] | None:
    """The next number that begins before `end`."""
    match = _NUMBER.match(text, place)
    if match is None and (_DIGIT.search(text, place, end) or place + 1 < end):
        match = _NUMBER.search(text, place + 1)
    return match if match and match.start() < end else None


def _read(text: str, match: re.Match[str], found: list[Number]) -> int:
    """Add what was found; return where to read on."""
    if match["every"]:
        found.append(Number("..".join(map(_decimal, match["every"].split("-"))), canonical_unit(match["every_unit"])))
    elif match["code"]:
        found.append(Number(match["code"].lower(), None))
    elif match["dosing"]:
        found.append(Number(_DOSING[match["dosing"].lower()], "time"))
    else:
        unit, glued, place = _unit_after(text, match.end())
        found += _written(text, match, unit, glued) if match["first"] else _said(match, unit)
        return place
    return match.end()


def _written(text: str, match: re.Match[str], unit: str | None, glued: str) -> list[Number]:
    """In digits: alone, or two that belong together; "from 25 to 50 mg" and "25 and 50 mg" are two numbers."""
    second, join = match["second"], (match["join"] or "").strip()
    first = f"{_bound(match['bound'])}{'-' if match['sign'] else ''}{_decimal(match['first'])}"
    before = text[max(0, match.start() - 9) : match.start()].lower().rstrip()
    if second is None:
        return [Number(f"{first}{glued}", unit)]
    last = f"{_decimal(second)}{glued}"
    if join in ("/", "over", ":"):
        return [Number(f"{first}{':' if join == ':' else '/'}{last}", unit)]
    if before.endswith("between") or (join in ("-", "to") and not before.endswith("from")):
        return [Number(f"{first}..{last}", unit)]
    return [Number(first, unit), Number(last, unit)]


def _said(match: re.Match[str], unit: str | None) -> list[Number]:
    """In words, or "x3". "one" without a unit is a pronoun more often than a number, and is passed over."""
    if match["count"]:
        return [Number(_decimal(match["count"]), unit or "time")]
    word = match["word"].lower().replace(" ", "-")
    if word in _TIMES:
        return [Number(_SPELLED[word], "time")]
    return [] if word == "one" and unit is None else [Number(_SPELLED[word], unit)]


def _unit_after(text: str, place: int) -> tuple[str | None, str, int]:
    """The unit, or else what is written together with the number ("3rd") and then part of it; and where that ends."""
    if unit := UNIT.match(text, place):
        return canonical_unit(unit[0]), "", unit.end()
    glued = _GLUED.match(text, place)
    return (None, glued[0].lower(), glued.end()) if glued else (None, "", place)


def _bound(written: str | None) -> str:
    if not written:
        return ""
    said = written.lower().split()
    if said[0][0] in "<>":
        return said[0]
    sign = _BOUNDS[said[1] if said[0] == "at" else said[0]]
    return f"{sign}=" if "equal" in said else sign


def _decimal(written: str) -> str:
    """Without separators of thousands and needless zeros."""
    value = format(Decimal(written.replace(",", "")), "f")  # exact, however many digits
    return (value.rstrip("0").rstrip(".") if "." in value else value) or "0"
