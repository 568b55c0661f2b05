"""A name found once is that name everywhere: "Garcia" after "Mr. Garcia".

Holds for the rest of the conversation. Words that are not only names are left alone.
"""

import re
from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.deid.words import EPONYMS, TITLES, is_word
from phiward.domain.placeholders import Category

MAX_NAMES = 500
"""Names remembered in one conversation."""

_PART = re.compile(r"[A-Z][A-Za-z'\-]{2,}")


class LearnedNames:
    """Parts of names that a rule found by their context."""

    def __init__(self) -> None:
        self._parts: dict[str, None] = {}

    def learn_and_find(self, text: str, found: Iterable[Span]) -> list[Span]:
        """Remember the names among `found`, then every place where a remembered name stands."""
        for span in found:
            if span.category is Category.NAME and span.detector == "people":
                self._learn(text[span.start : span.end])
        if not self._parts:
            return []
        return [span for part in self._parts for span in _places(text, part)]

    def _learn(self, name: str) -> None:
        for match in _PART.finditer(name):
            part = match.group()
            if part.isupper():
                part = part.title()
            low = part.lower()
            known = low in TITLES or low in EPONYMS or is_word(low)
            if not known and len(self._parts) < MAX_NAMES:
                self._parts[part] = None
                self._parts[part.upper()] = None


def _places(text: str, part: str) -> Iterable[Span]:
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        before = text[start - 1 : start]
        if not before.isalnum() and not text[end : end + 1].isalnum():
            yield Span(start, end, Category.NAME, "people_again", 30)
        start = text.find(part, end)
