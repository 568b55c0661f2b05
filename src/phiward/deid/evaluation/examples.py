"""Evaluation files: a JSON object a line, `{"id", "text", "spans": [{"start", "end", "label"}]}` (DESIGN 5)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from phiward.deid.canonical import SURROGATE
from phiward.domain.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked identifier: `start` and `end` in code points, `end` exclusive."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Example:
    """A text with what must go from it. `group`: whose names it holds, where the file says so."""

    id: str
    text: str
    spans: tuple[Marked, ...]
    group: str = ""

    def __repr__(self) -> str:
        return f"Example({self.id!r}, {len(self.text)} characters, {len(self.spans)} spans)"


def read_examples(lines: Iterable[str]) -> Iterator[Example]:
    """The examples of a file. Raises InvalidRequestError with the number of the line, never with its text."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _example(json.loads(line), number)
            except (ValueError, KeyError, TypeError, RecursionError):
                raise InvalidRequestError(f'Line {number} is not an object with "id", "text" and "spans".') from None


def _example(item: dict[str, Any], number: int) -> Example:
    text = _words(item["text"])
    spans = tuple(Marked(_place(span["start"]), _place(span["end"]), _words(span["label"])) for span in item["spans"])
    if any(not 0 <= span.start < span.end <= len(text) for span in spans):
        raise ValueError
    return Example(_words(str(item.get("id", number))), text, spans, _words(item.get("group") or ""))


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if SURROGATE.search(value):
        raise ValueError
    return value


def _place(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value
