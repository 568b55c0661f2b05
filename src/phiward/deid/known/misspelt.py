"""The names of the record as a hurried hand writes them: Okafro, Margret, Okaffor.

One letter more, less, other, or two of them swapped (Damerau 1964, "A technique for computer detection and
correction of spelling errors"). The first letter is right, and the word means nothing else.
"""

import re
from collections.abc import Callable, Iterable

from phiward.deid.canonical import fold
from phiward.deid.spans import Span
from phiward.deid.words import is_word
from phiward.domain.patients import Identifier, IdentifierKind
from phiward.domain.placeholders import Category

LEAST = 5
"""Letters of a name at least: shorter ones are one letter from everything."""

_OWN = frozenset((IdentifierKind.GIVEN, IdentifierKind.FAMILY, IdentifierKind.FULL_NAME, IdentifierKind.NICKNAME))
_WORD = re.compile(rf"[^\W\d_]{{{LEAST - 1},}}")


class MisspeltNames:
    """Finds words one error away from a name of the patient or of a relative."""

    def __init__(self, identifiers: Iterable[Identifier], is_ordinary: Callable[[str], bool] = is_word) -> None:
        """`is_ordinary`: whether a word in lower case means something of its own; such words stay."""
        self._is_ordinary = is_ordinary
        self._names: dict[str, Category] = {}
        for one in identifiers:
            if one.kind in _OWN or one.kind is IdentifierKind.RELATIVE:
                category = Category.PATIENT if one.kind in _OWN else Category.NAME
                for match in _WORD.finditer(fold(one.value).lower()):
                    if len(match.group()) >= LEAST:
                        self._names.setdefault(match.group(), category)
        self._likely = {(name[0], len(name) + more) for name in self._names for more in (-1, 0, 1)}

    def find(self, low: str) -> Iterable[Span]:
        """Spans of PATIENT and NAME in a text in lower case."""
        if not self._likely:
            return
        for match in _WORD.finditer(low):
            word = match.group()
            if (word[0], len(word)) in self._likely and word not in self._names:
                category = self._meant(word)
                if category is not None and not self._is_ordinary(word):
                    yield Span(*match.span(), category, "known_misspelt", 70)

    def _meant(self, word: str) -> Category | None:
        return next((category for name, category in self._names.items() if one_error_apart(word, name)), None)


def one_error_apart(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours, and no less, makes `other` of `one`."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    head = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, goal = one[head:], other[head:]
    if len(rest) != len(goal):
        return rest[1:] == goal if len(rest) > len(goal) else rest == goal[1:]
    return rest[1:] == goal[1:] or (rest[:2] == goal[1::-1] and rest[2:] == goal[2:])
