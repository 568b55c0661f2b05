"""Cutting a context into sentences that can be quoted word for word. A placeholder is never cut.

Sentences end at `.`, `!` or `?` before a capital, a digit or a bracket, and at the end of a line; not
after a title, an initial or the number of a list. A placeholder has none of these marks inside it.
"""

import re
from dataclasses import dataclass, field

_HEADING = re.compile(r"^\[note (\d+)\] (.+)$")
_SPACE = re.compile(r"(?<=[.!?])\s+")
_BULLET = re.compile(r"^(?:[-*•]\s+)+")
_NO_END = re.compile(r"(?:^|\s)(?:Dr|Mr|Mrs|Ms|St|Prof|No|vs|approx|e\.g|i\.e|[A-Z])\.$|^\d{1,2}\.$")
_OPENS = '["(“'
MAX_SECTION = 60
"""A line of at most this many characters that ends with a colon is the title of what follows."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, the number and heading of the note it stands in, and the title above it."""

    note: int | None
    text: str = field(repr=False)
    heading: str = field(default="", repr=False)
    section: str = field(default="", repr=False)


def sentences(context: str) -> list[Sentence]:
    """The sentences of a context; headings `[note 2] …` number what follows.

    Where there are such headings, only what stands under one counts: the rest is instruction.
    """
    found: list[Sentence] = []
    note, heading, section = None, "", ""
    for paragraph in context.splitlines():
        line = paragraph.strip()
        if numbered := _HEADING.match(line):
            note, heading, section = int(numbered[1]), numbered[2], ""
        elif _is_title(line):
            section = line.strip("# :")
        else:
            found += [Sentence(note, one, heading, section) for one in pieces(line) if _says_something(one)]
    return [one for one in found if one.note is not None] or found


def pieces(line: str) -> list[str]:
    """The sentences of one line, without the bullet before it; every piece stands in the line as it is."""
    line = _BULLET.sub("", line)
    made, start = [], 0
    for space in _SPACE.finditer(line):
        following = line[space.end() : space.end() + 1]
        opens = following.isupper() or following.isdigit() or following in _OPENS
        if following and opens and _NO_END.search(line[start : space.start()]) is None:
            made.append(line[start : space.start()])
            start = space.end()
    return [*made, line[start:]] if line[start:] else made


def _is_title(line: str) -> bool:
    return line.startswith("#") or (line.endswith(":") and len(line) <= MAX_SECTION)


def _says_something(text: str) -> bool:
    """Not a word or a date alone, and not what leads into a list."""
    return " " in text and not text.endswith(":") and (len(text) > 12 or any(c.isdigit() for c in text))
