"""A name found once is that name everywhere: "Garcia" after "Mr. Garcia".

Holds for the rest of the conversation. Words that are not only names are left alone.
"""

import re
from collections.abc import Iterable
from typing import Protocol

from phiward.deid.regions import REGIONS
from phiward.deid.spans import Span
from phiward.deid.words import EPONYM_TAIL, EPONYMS, TITLES, is_word
from phiward.domain.placeholders import Category

MAX_NAMES = 500
"""Names remembered in one conversation."""

TEACHERS = frozenset({"people", "tagger_sure"})
"""Detectors whose names are believed elsewhere in the conversation too."""

_PART = re.compile(r"[^\W\d_]{3,}(?:['\-][^\W\d_]+)*")


class Words(Protocol):
    """What is known of words in lower case."""

    def is_ordinary(self, low: str) -> bool:
        """Whether the word means something of its own: then it is not learned."""

    def is_suspect(self, low: str) -> bool:
        """Whether the word means nothing else: then it is the name in lower case too."""


class LearnedNames:
    """Parts of names that a rule found by their context, or of which the tagger was sure."""

    def __init__(self, words: Words | None = None) -> None:
        """`words`: without them only the short lists of `phiward.deid.words` are known."""
        self._words = words
        self._spellings: dict[str, tuple[str, ...]] = {}

    def learn_and_find(self, text: str, found: Iterable[Span]) -> list[Span]:
        """Remember the names among `found`, then every place where a remembered name stands."""
        for span in found:
            if span.category is Category.NAME and span.detector in TEACHERS:
                self._learn(text[span.start : span.end])
        return [span for spellings in self._spellings.values() for part in spellings for span in _places(text, part)]

    def _learn(self, name: str) -> None:
        for match in _PART.finditer(name):
            part = match.group()
            low = part.lower()
            if low not in self._spellings and len(self._spellings) < MAX_NAMES and not self._is_known(low):
                written = part if part != low and not part.isupper() else low.title()
                lower = (low,) if self._words and self._words.is_suspect(low) else ()
                self._spellings[low] = (written, low.upper(), *lower)

    def _is_known(self, low: str) -> bool:
        listed = low in TITLES or low in EPONYMS or low in REGIONS or is_word(low)
        return listed or (self._words is not None and self._words.is_ordinary(low))


def _places(text: str, part: str) -> Iterable[Span]:
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        before = text[start - 1 : start]
        alone = not before.isalnum() and not text[end : end + 1].isalnum()
        if alone and not EPONYM_TAIL.match(text, end):
            yield Span(start, end, Category.NAME, "people_again", 30)
        start = text.find(part, end)
