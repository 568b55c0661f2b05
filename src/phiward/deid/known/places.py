"""Street and city of the patient in context, with the usual abbreviations, and e-mail and web addresses."""

import re
from collections.abc import Iterable
from itertools import pairwise

from phiward.deid.canonical import fold
from phiward.deid.rules.addresses import STREET_TYPES
from phiward.deid.spans import Span
from phiward.deid.words import is_word
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.domain.placeholders import Category

_ALTERNATIVES = {form: rf"(?:{long}|{short})\.?" for long, short in STREET_TYPES for form in (long, short)}
_ALTERNATIVES.update(
    {
        form: rf"(?:{long}|{short})\.?"
        for long, short in (("north", "n"), ("south", "s"), ("east", "e"), ("west", "w"))
        for form in (long, short)
    }
)
_UNIT_WORDS = r"(?:(?:apt|apartment|unit|suite|ste)\.?|\#)"
_ALTERNATIVES.update(dict.fromkeys(("apt", "apartment", "unit", "suite", "ste"), _UNIT_WORDS))
_BEFORE_CITY = re.compile(r"\b(?:in|from|of|to|at|near|city)\b[:\s]{1,2}$", re.IGNORECASE)
_AFTER_CITY = re.compile(r",\s?[A-Z]{2}\b|,?\s[A-Z]{2}\s[0-9]{5}|,\s[A-Z][a-z]+")


class PlaceMatcher:
    """Where one patient lives and is reached in writing."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        """Other kinds are passed over."""
        self._streets: list[tuple[str, re.Pattern[str]]] = []
        self._cities: list[str] = []
        self._exact: list[tuple[str, Category]] = []
        for one in identifiers:
            value = " ".join(fold(one.value).lower().split())
            if one.kind is IdentifierKind.STREET:
                self._add_street(value)
            elif one.kind is IdentifierKind.CITY and len(value) > 2:
                self._cities.append(value)
            elif one.kind is IdentifierKind.EMAIL and len(value) > 3:
                self._exact.append((value, Category.EMAIL))
            elif one.kind is IdentifierKind.URL and len(value) > 5:
                self._exact.append((value, Category.URL))

    def _add_street(self, value: str) -> None:
        words = re.findall(r"[a-z0-9'\-]+", value)
        proper = [w for w in words if w not in _ALTERNATIVES and not w[0].isdigit() and len(w) > 2]
        if not words or (not proper and len(words) < 2):
            return
        key = max(proper or words, key=len)
        parts = [_ALTERNATIVES.get(word, re.escape(word)) for word in words]
        body = _joined(parts)
        number, rest = (parts[0], parts[1:]) if words[0][0].isdigit() and len(parts) > 2 else ("", [])
        shorter = [_joined(p) for p in _shortened(number, rest, words)]
        self._streets.append((key, re.compile(rf"\b(?:{'|'.join([body, *shorter])})(?!\w)", re.IGNORECASE)))

    def find(self, text: str, low: str) -> Iterable[Span]:
        """Spans of ADDRESS, CITY, EMAIL and URL. `low` is `text` in lower case."""
        for key, pattern in self._streets:
            if key in low:
                for match in pattern.finditer(text):
                    yield Span(match.start(), match.end(), Category.ADDRESS, "known_street", 90)
        for city in self._cities:
            if city in low:
                yield from _city(text, low, city)
        for value, category in self._exact:
            start = low.find(value)
            while start >= 0:
                yield Span(start, start + len(value), category, "known_address", 90)
                start = low.find(value, start + 1)


def _joined(parts: list[str]) -> str:
    """Words with blanks or punctuation between; a number may touch its apartment sign."""
    pieces = [parts[0]]
    for before, part in pairwise(parts):
        pieces.append((r"[\s,.#]{0,3}" if before == _UNIT_WORDS else r"[\s,.]{1,3}") + part)
    return "".join(pieces)


def _shortened(number: str, rest: list[str], words: list[str]) -> Iterable[list[str]]:
    """Without the apartment, and without the house number."""
    if not number:
        return
    kinds = [
        i for i, word in enumerate(words) if i > 1 and word in _ALTERNATIVES and _ALTERNATIVES[word] != _UNIT_WORDS
    ]
    if kinds:
        street = rest[: kinds[0]]
        yield [number, *street]
        yield street
    else:
        yield rest


def _city(text: str, low: str, city: str) -> Iterable[Span]:
    start = low.find(city)
    while start >= 0:
        end = start + len(city)
        written = text[start:end]
        apart = not low[start - 1 : start].isalnum() or start == 0
        if apart and not low[end : end + 1].isalnum() and _is_city(text, start, end, written, city):
            yield Span(start, end, Category.CITY, "known_city", 88)
        start = low.find(city, end)


def _is_city(text: str, start: int, end: int, written: str, city: str) -> bool:
    if not written[0].isupper():
        return len(city) >= 5 and not is_word(city)
    if not is_word(city):
        return True
    return bool(_AFTER_CITY.match(text, end) or _BEFORE_CITY.search(text[max(0, start - 8) : start]))
