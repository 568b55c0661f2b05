"""(A) names of employers: 164.514(b)(2)(i) counts the identifiers of employers as the individual's own."""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_EMPLOYER = re.compile(
    r"\b(?:employed|works?|worked|working|employment|job|retired)\s(?:at|with|by|for|from)\s(?:the\s)?"
    r"([A-Z][\w&'’\-]+(?:\s(?:of|and|&)\s[A-Z][\w'’\-]+|\s(?:[A-Z][\w&'’\-]*|&)){0,5})"  # noqa: RUF001 - typographic
)
_NO_NAME = frozenset(["PT", "OT", "BP", "IV", "PCP", "ED", "ER", "ICU", "I", "She", "He", "They", "We"])


class Employers:
    """Finds the capitalised name after "employed at", "works for" and their kin."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category NAME."""
        for match in _EMPLOYER.finditer(text):
            if match[1] not in _NO_NAME:
                yield Span(*match.span(1), Category.NAME, "employer", 50)
