"""Cheap scanning: which words are there at all, then where, and a pattern only at those places."""

import re
from collections.abc import Iterable, Iterator


def match_at(pattern: re.Pattern[str], text: str, low: str, needles: Iterable[str]) -> Iterator[re.Match[str]]:
    """Match `pattern` at every place where a word of `low` begins with one of `needles`.

    `low` is `text` in lower case and of the same length. One place may come twice.
    """
    for needle in needles:
        start = low.find(needle)
        while start >= 0:
            if start == 0 or not low[start - 1].isalnum():
                match = pattern.match(text, start)
                if match:
                    yield match
            start = low.find(needle, start + 1)


_NO_LETTER = {code: " " for code in range(128) if not chr(code).islower()}


def words_of(low: str) -> set[str]:
    """The runs of letters of a text in lower case; digits and punctuation part them."""
    return set(low.translate(_NO_LETTER).split())


def by_first_word(needles: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Needles by the run of letters that they begin with, which must be a whole one."""
    made: dict[str, tuple[str, ...]] = {}
    for needle in needles:
        first = needle.translate(_NO_LETTER).split()[0]
        made[first] = (*made.get(first, ()), needle)
    return made


def match_words(
    pattern: re.Pattern[str], text: str, low: str, words: set[str], needles: dict[str, tuple[str, ...]]
) -> Iterator[re.Match[str]]:
    """As `match_at`, for needles whose first word is among `words` of the text."""
    for first in sorted(needles.keys() & words):
        yield from match_at(pattern, text, low, needles[first])


def behind(pattern: re.Pattern[str], text: str, end: int, width: int) -> re.Match[str] | None:
    """Search `pattern`, which must end in `$`, in the `width` characters before `end`."""
    return pattern.search(text[max(0, end - width) : end])
