"""(C) Ages over 89 and birth years that tell one; every other age and year stays.

The number goes, the words around it stay. Source: 45 CFR 164.514(b)(2)(i)(C).
"""

import re
from collections.abc import Iterable
from datetime import date

from phiward.deid.rules.scan import behind
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_WORDS = (
    rf"(?:ninety(?:[- ]?{_ONES})?|(?:one|a)[- ]hundred(?:[- ](?:and[- ])?(?:{_ONES}|ten|eleven|twelve|"
    rf"thirteen|fourteen))?"
    r"|hundred(?=[- ]years?[- ]old))"
)
_OLD = (
    r"(?:[- ]?(?:years?|yrs?|y)[- .]*(?:old|of age|/?o\b\.?)|"
    r"[- ]?y/?\.?o\b|[- ]?yrs?\.? (?:male|female|man|woman|m|f)\b)"
)
_AFTER = re.compile(
    rf"[19](?<![0-9.,/].)(?:(?<=9)[0-9]|(?<=1)[0-4][0-9])(?![0-9])(?:(?={_OLD})|(?=(?:st|nd|rd|th) birthday)|"
    r"(?=[ -]?(?:M|F|male|female)\b[ ,]+(?:with|w/|who|presents|presenting|h/o|s/p|admitted|here|c/o|hx))|(?=[MF]\b))",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"[19](?<![0-9A-Za-z.,/\-].)(?:(?<=9)[0-9]|(?<=1)[01][0-9])(?=[ -]?(?:yrs?|years)\b"
    r"(?![ -]?(?:ago|later|since|history|old|of age)))",
    re.IGNORECASE,
)
"""Nobody smoked for 95 years: that many years are an age, unless a word before says how long."""
_HOW_LONG = re.compile(r"\b(?:for|over|past|last|than|within|every|in|about|to|of)\s$", re.IGNORECASE)
_ALONE = re.compile(
    r"[19](?<![0-9A-Za-z.,/\-].)(?:(?<=9)[0-9]|(?<=1)[0-4][0-9])"
    r"(?![0-9+%]|[./\-][0-9]| or older| and older| or above|\s?(?:percent|kg|lbs?|pounds|bpm|mm|mg|cm|"
    r"beats|degrees|on\b|"
    r"over\b|systolic|F\b|in(?:ches)?\b|sat|ml|mcg))"
)
_AGED = re.compile(
    r"\b(?:age[sd]?|ages? of|age at \w+|turned|turning|turns|turn)[\"']?(?: (?:is|was|of|at))?[\s:=]*$",
    re.IGNORECASE,
)
_PERSON_IS = re.compile(
    r"\b(?:he|she|patient|pt|who|mother|father|mom|dad|grandmother|grandfather|wife|husband|woman|man|i)"
    r"(?:'s|'m|(?<=he)s| is| was| am| will be)(?: now| currently| only| almost| nearly)? $",
    re.IGNORECASE,
)
_WORDED = re.compile(rf"\b({_WORDS})(?={_OLD})|\b(?:age[sd]?|turned|turning)(?: of)? ({_WORDS})\b", re.IGNORECASE)
_WORDS_ALONE = re.compile(
    rf"\b{_WORDS}\b(?! ?(?:percent|%|degrees|pounds|kilos?|mg|minutes|dollars|times|per cent|and (?:ten|one) percent))",
    re.IGNORECASE,
)
_DECADES = re.compile(
    r"\b(?:(?:early|mid|late)[- ])?(?:90'?s|nineties)\b|\b(?:nonagenarian|centenarian|supercentenarian)\b",
    re.IGNORECASE,
)
_HIS = re.compile(r"\b(?:his|her|their|my|your|in the|aged?)\s$", re.IGNORECASE)
_YEAR = re.compile(r"1(?<![0-9A-Za-z.,/\-].)[89][0-9]{2}(?![0-9/\-]|\.[0-9])")
_BORN = re.compile(
    r"\b(?:born|birth ?year|year of birth|yob|dob|birth|date of birth|b\.)(?: ?\.{3,} ?)?[^\d\n.;]{0,24}$",
    re.IGNORECASE,
)


class Ages:
    """Finds ages over 89, as of `today` where a birth year has to be judged."""

    def __init__(self, today: date) -> None:
        """`today` in the reader's own calendar."""
        self._latest_birth_year = today.year - 90

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category AGE: the number or the words that say it, nothing around them."""
        low = text.lower()
        if "9" in text or "1" in text:
            yield from self._in_digits(text)
            if "yr" in low or "year" in low:
                yield from self._so_many_years(text)
        if "ninet" in low or "hundred" in low or "enarian" in low or "90's" in low or "90s" in low:
            yield from self._in_words(text)

    def _in_digits(self, text: str) -> Iterable[Span]:
        for match in _AFTER.finditer(text):
            yield Span(match.start(), match.end(), Category.AGE, "age", 62)
        for match in _ALONE.finditer(text):
            if behind(_AGED, text, match.start(), 24) or behind(_PERSON_IS, text, match.start(), 36):
                yield Span(*match.span(), Category.AGE, "age", 61)
        for match in _YEAR.finditer(text):
            if int(match.group()) <= self._latest_birth_year and behind(_BORN, text, match.start(), 40):
                yield Span(*match.span(), Category.AGE, "birth_year", 63)

    def _so_many_years(self, text: str) -> Iterable[Span]:
        for match in _YEARS.finditer(text):
            if not behind(_HOW_LONG, text, match.start(), 8):
                yield Span(*match.span(), Category.AGE, "age", 61)

    def _in_words(self, text: str) -> Iterable[Span]:
        for match in _WORDED.finditer(text):
            yield Span(*match.span(1 if match.group(1) else 2), Category.AGE, "age", 62)
        for match in _WORDS_ALONE.finditer(text):
            if behind(_AGED, text, match.start(), 24) or behind(_PERSON_IS, text, match.start(), 36):
                yield Span(*match.span(), Category.AGE, "age", 61)
        for match in _DECADES.finditer(text):
            if match.group().lower().endswith("arian") or _HIS.search(text[max(0, match.start() - 8) : match.start()]):
                yield Span(match.start(), match.end(), Category.AGE, "age", 60)
