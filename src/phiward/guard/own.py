"""What may stand in an answer although the index knows it: the authorised patient's, and what the conversation holds.

A hit whose owners include an authorised patient is none. Neither is one within a value that was restored here: a
relative who is a patient too stands in this patient's own note, or was named by the caller.
"""

import re
from collections.abc import Iterable

from phiward.domain.patients import PatientRef
from phiward.domain.words import canonical_words
from phiward.guard.finder import Hit

MIN_SPAN = 4
"""Characters: no identifier is shorter, and a shorter value takes nothing out."""


class Own:
    """Immutable. Holds names: never print it."""

    def __init__(self, granted: frozenset[PatientRef], values: Iterable[str] = ()) -> None:
        """`granted`: the patients whom the answer may name; `values`: texts restored here, each an identifier."""
        self.granted = granted
        values = [value for value in values if len(value) >= MIN_SPAN]
        spelt = [canonical_words(value) for value in values]
        whole = [value for value, words in zip(values, spelt, strict=True) if _proves(words)]
        longest_first = sorted(map(re.escape, whole), key=len, reverse=True)
        self._written = re.compile("|".join(longest_first), re.IGNORECASE) if whole else None
        self._words = [frozenset(words) for words in spelt]
        self._squeezed = frozenset("".join(words) for words in spelt if words)

    def covers(self, text: str, owners: frozenset[PatientRef]) -> bool:
        """Whether `text`, an identifier of `owners`, may stand in the answer."""
        if owners & self.granted:
            return True
        words = canonical_words(text)
        return "".join(words) in self._squeezed or any(value.issuperset(words) for value in self._words)

    def leaves(self, text: str, hits: Iterable[Hit]) -> bool:
        """Whether one of the hits in `text` is not covered: then it is another person's."""
        return any(not self.covers(text[hit.start : hit.end], hit.owners) for hit in hits)

    def outside(self, text: str, hits: Iterable[Hit]) -> list[str]:
        """The parts of `text` between the hits that it covers, and between restored values as they are written."""
        parts, place = [], 0
        for hit in hits:
            if self.covers(text[hit.start : hit.end], hit.owners):
                parts.append(text[place : hit.start])
                place = hit.end
        parts.append(text[place:])
        return [one for part in parts for one in (self._written.split(part) if self._written else [part]) if one]

    def spans(self, joined: str) -> list[tuple[int, int]]:
        """Where restored values stand in a text without separators, places from 0, ends exclusive."""
        found = []
        for value in self._squeezed:
            place = joined.find(value)
            while place >= 0:
                found.append((place, place + len(value)))
                place = joined.find(value, place + 1)
        return found


def _proves(words: list[str]) -> bool:
    """Whether these are more than one bare name: "Mary" taken out of "xMary Jones" would hide a Mary Jones."""
    return len(words) > 1 or any(one.isdigit() for word in words for one in word)
