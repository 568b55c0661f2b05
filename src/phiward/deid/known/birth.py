"""The birth date of the patient in context: compact spellings, and the year where it tells an age over 89.

Every spelled-out form is found by the date rules already.
"""

import re
from collections.abc import Iterable
from datetime import date

from phiward.deid.spans import Span
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.domain.placeholders import Category


class BirthMatcher:
    """Compact forms of birth and death dates."""

    def __init__(self, birth_date: date | None, identifiers: Iterable[Identifier]) -> None:
        """`identifiers` of kind BIRTH_DATE and DEATH_DATE count where they are ISO dates."""
        days = {birth_date} if birth_date else set()
        births = {birth_date} if birth_date else set()
        for one in identifiers:
            if one.kind in (IdentifierKind.BIRTH_DATE, IdentifierKind.DEATH_DATE):
                day = _iso(one.value)
                if day:
                    days.add(day)
                    if one.kind is IdentifierKind.BIRTH_DATE:
                        births.add(day)
        self._compact = sorted({form for day in days for form in _compact(day)})
        self._births = sorted(births)

    def find(self, text: str, today: date) -> Iterable[Span]:
        """Spans of DATE, and of AGE for a birth year or an age in years that is over 89 today."""
        for form in self._compact:
            if form in text:
                for match in re.finditer(rf"(?<![0-9]){form}(?![0-9])", text):
                    yield Span(match.start(), match.end(), Category.DATE, "known_birth_date", 88)
        for born in self._births:
            if today.year - born.year >= 90 and str(born.year) in text:
                for match in re.finditer(rf"(?<![0-9]){born.year}(?![0-9])", text):
                    yield Span(match.start(), match.end(), Category.AGE, "known_birth_year", 40)


def _iso(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _compact(day: date) -> tuple[str, ...]:
    return tuple(day.strftime(form) for form in ("%Y%m%d", "%m%d%Y", "%d%m%Y", "%m%d%y", "%y%m%d"))
