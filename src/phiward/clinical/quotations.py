"""Quotations: what an answer puts between quotation marks must stand word for word in what it cites."""

import re

from phiward.clinical.words import TYPOGRAPHY

MIN_WORDS = 3
"""Fewer words between quotation marks are a way of speaking, not a quotation."""

_MARK = re.compile(r"[\"“”]")
_WORD = re.compile(r"\w+")


def is_open(text: str, start: int, end: int, quoted: bool) -> bool:
    """Whether a quotation is open at `end`, where `quoted` says whether one is at `start`.

    A straight mark after a digit closes one, or means inches.
    """
    for mark in _MARK.finditer(text, start, end):
        inches = text[mark.start() - 1 : mark.start()].isdigit()
        quoted = (not quoted and not inches) if mark[0] == '"' else mark[0] == "“"
    return quoted


def quotations(sentence: str) -> list[str]:
    """What stands between quotation marks and has at least three words; one that is not closed runs to the end."""
    found, start = [], None
    for mark in _MARK.finditer(sentence):
        if is_open(sentence, mark.start(), mark.end(), start is not None):
            start = mark.end() if start is None else start
        elif start is not None:
            found.append(sentence[start : mark.start()])
            start = None
    if start is not None:
        found.append(sentence[start:])
    return [text.strip() for text in found if len(_WORD.findall(text)) >= MIN_WORDS]


def level(text: str) -> str:
    """The text with typographic marks in one form each: of the same length, so that offsets stay."""
    return text if text.isascii() else text.translate(TYPOGRAPHY)


def locate(quotation: str, leveled: str) -> tuple[int, int] | None:
    """Where a quotation stands in a text that went through `level`: start and end (exclusive), or None.

    White space counts as one space; a stop or comma that the answer put inside its marks may be missing.
    """
    said = level(quotation)
    for wording in dict.fromkeys((said, said.rstrip(".,;:!?"))):
        words = [re.escape(word) for word in wording.split()]
        spaced = r"\s+".join(words)
        found = re.search(rf"(?<!\w){spaced}(?!\w)", leveled) if words else None
        if found:
            return found.span()
    return None
