"""Text → tokens: runs of letters, runs of digits, single other signs; and the gap before each."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")

NO_GAP, SPACE, SPACES, LINE, BLANK_LINE, TAB = range(6)
"""What stands between a token and the one before it. The first token of a text has BLANK_LINE."""

GAPS = 6


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel lists: the words, their offsets in code points (`ends` exclusive), the gaps before them."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    gaps: list[int]


def tokenise(text: str) -> Tokens:
    """Every sign of `text` that is not a space belongs to exactly one token."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        words.append(match.group())
        starts.append(start)
        ends.append(end)
        gaps.append(NO_GAP if start == last else SPACE if text[last:start] == " " else _gap(text[last:start]))
        last = end
    if gaps:
        gaps[0] = BLANK_LINE
    return Tokens(words, starts, ends, gaps)


def _gap(between: str) -> int:
    lines = between.count("\n")
    if lines:
        return LINE if lines == 1 else BLANK_LINE
    return TAB if "\t" in between else SPACES
