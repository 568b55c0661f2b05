"""Citation marks: "[note 2]", "[2]", "[note 1, 3]", "[notes 1 and 3]", "[1-3]", "(note 2)".

A mark names passages by their number in the prompt, from 1. A number that no passage has is an invalid citation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_MARK = 64
"""The longest mark in characters."""

_WORD = r"(?:notes?|passages?|sources?|references?|refs?|documents?|docs?|citations?|cit)\.?\s?"
_JOIN = r"\s?(?:[,;&–-]|,?\s?and\s|\sto\s)\s?"
_LIST = rf"#?\d{{1,4}}(?:{_JOIN}(?:{_WORD})?#?\d{{1,4}})*"
_MARK = re.compile(
    rf"\[\s?(?:(?:see\s)?{_WORD}{_LIST}|\d{{1,3}}(?:{_JOIN}\d{{1,3}})*)\s?\]|\(\s?(?:see\s)?{_WORD}{_LIST}\s?\)",
    re.IGNORECASE | re.ASCII,
)
_BEGINNING = re.compile(r"[\[(][A-Za-z0-9\s,;&#.–-]*\Z")
_NUMBERS = re.compile(r"(\d+)(?:\s?(?:[–-]|\sto\s)\s?#?(\d+))?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a sentence: the passages they name, in order, how many numbers name none, and where they stand."""

    passages: tuple[int, ...]
    invalid: int
    spans: tuple[tuple[int, int], ...]


def mark_at(text: str, place: int) -> int | None:
    """The end (exclusive) of the mark that begins at `place`, or None."""
    found = _MARK.match(text, place, place + MAX_MARK)
    return found.end() if found else None


def beginning(text: str, place: int) -> bool:
    """Whether what begins at `place` and ends with the text could still become a mark."""
    return _BEGINNING.match(text, place) is not None


def read_marks(sentence: str, count: int) -> Marks:
    """The marks of one sentence, where `count` passages were given to the model."""
    spans = [found.span() for found in _MARK.finditer(sentence) if found.end() - found.start() <= MAX_MARK]
    numbers = [number for start, end in spans for number in _numbers(sentence[start:end])]
    valid = [number for number in dict.fromkeys(numbers) if 1 <= number <= count]
    return Marks(tuple(valid), sum(not 1 <= number <= count for number in numbers), tuple(spans))


def without_marks(sentence: str, marks: Marks) -> str:
    """The sentence with spaces for its marks: of the same length, so that offsets stay."""
    for start, end in marks.spans:
        sentence = f"{sentence[:start]}{' ' * (end - start)}{sentence[end:]}"
    return sentence


def _numbers(mark: str) -> Iterator[int]:
    for first, last in _NUMBERS.findall(mark):
        low, high = int(first), int(last or first)
        yield from range(low, high + 1) if low <= high else (low, high)
