"""Lines that a scanner set letter by letter: `N A M E : S U Z U K I   H A R U T O` is read as `NAME : SUZUKI HARUTO`.

Only whole lines that are nearly all single characters are closed up, so that one spelled name in a line of words
stays to the rule for spelled names.
"""

import re

from phiward.deid.spans import Span

LEAST = 12
"""Single characters that a line must have."""
SHARE = 0.8
"""Part of the line's words that must be single characters."""

_CHARACTERS = re.compile(r"(?<!\S)\S(?: \S(?!\S)){5,}")
"""A first look: six single characters in a row."""
_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"\S+")


def close_up(text: str) -> tuple[str, list[int] | None]:
    """The text with such lines closed up, and for each character its offset before (one more for the end).

    None where no line is such a line.
    """
    if text.count(" ") * 8 < len(text) or not _CHARACTERS.search(text):
        return text, None
    offsets: list[int] = []
    end = 0
    for line in _LINE.finditer(text):
        if _is_letterspaced(line.group()):
            offsets.extend(range(end, line.start()))
            offsets.extend(_kept(text, line.start(), line.end()))
            end = line.end()
    if not end:
        return text, None
    offsets.extend(range(end, len(text)))
    return "".join(text[offset] for offset in offsets), [*offsets, len(text)]


def unfold(span: Span, offsets: list[int]) -> Span:
    """The span in the text as it was."""
    return Span(offsets[span.start], offsets[span.end - 1] + 1, span.category, span.detector, span.priority)


def _is_letterspaced(line: str) -> bool:
    words = line.split()
    single = sum(len(word) == 1 for word in words)
    return single >= LEAST and single >= SHARE * len(words)


def _kept(text: str, start: int, end: int) -> list[int]:
    """Offsets of what stays: words, and one space where two or more parted them."""
    kept: list[int] = []
    last = start
    for word in _WORD.finditer(text, start, end):
        gap = word.start() - last
        if gap > 1 or (gap == 1 and (kept == [] or not _joins(text, last, word.start(), word.end()))):
            kept.append(last)
        kept.extend(range(word.start(), word.end()))
        last = word.end()
    kept.extend(range(last, end))
    return kept


def _joins(text: str, last: int, start: int, end: int) -> bool:
    """Whether two words a single space apart are letters of one word: both must be single."""
    return end - start == 1 and (last < 2 or text[last - 2].isspace())
