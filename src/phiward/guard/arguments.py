"""Tool-call arguments: buffered whole, parsed, and checked string by string.

An escape in JSON (`\\u004d`) could hide an identifier from a check of the raw text, and a restored
value could break out of its string. So the text is parsed first and written anew.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from phiward.domain.patients import PatientRef
from phiward.guard.index import KnownIndex
from phiward.guard.output import WITHHELD, OutputFilter
from phiward.guard.passage import PassageCheck, rule_of
from phiward.guard.tokens import unescaped

MAX_DEPTH = 200


@dataclass(slots=True)
class Restored:
    """The arguments that may be released, and what was done to them."""

    text: str = field(repr=False)
    withheld: int = 0
    masked: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """Arguments with a parameter set; `replaced` where another value had been written there."""

    text: str = field(repr=False)
    replaced: bool = False


def with_parameter(raw: str, name: str, value: str) -> Filled | None:
    """The arguments with `name` set to `value` at their top level; None where they are no JSON object to read.

    It stands last, and once: neither a name written twice nor one that is restored later can take its place.
    Empty text is an object without arguments. Text is not checked here.
    """
    try:
        given = json.loads(raw) if raw.strip() else {}
        if not isinstance(given, dict) or _depth(given) > MAX_DEPTH:
            return None
        others = {one: inner for one, inner in given.items() if one != name}
        return Filled(_written({**others, name: value}), given.get(name, value) != value)
    except (ValueError, RecursionError):
        return None


def _depth(value: Any) -> int:
    """Levels of lists and objects, without recursion."""
    depth, level = 0, [value]
    while level:
        inner = [list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        depth, level = depth + bool(inner), [one for several in inner for one in several]
    return depth


def restore_arguments(
    raw: str,
    placeholders: Mapping[str, str],
    index: KnownIndex,
    granted: frozenset[PatientRef],
    canaries: Iterable[str] = (),
) -> Restored:
    """Check and restore every string, key and number of JSON text, in every encoding that an answer is read in.

    Other text is checked as one string, its escapes undone: they could hide what a reader undoes.
    """
    marks = tuple(canaries)
    work = _Work(placeholders, index, granted, marks)
    try:
        value = json.loads(raw)
        work.result.text = _written(work.walk(value, 0))
    except (ValueError, RecursionError):
        work = _Work(placeholders, index, granted, marks)
        work.result.text = work.text(unescaped(raw))
    return work.result


def _written(value: Any) -> str:
    """JSON text that can be sent: ASCII where a lone surrogate stands in it. ValueError for NaN."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)
    return text


class _Work:
    def __init__(
        self,
        placeholders: Mapping[str, str],
        index: KnownIndex,
        granted: frozenset[PatientRef],
        canaries: tuple[str, ...],
    ) -> None:
        self._checks = placeholders, index, granted
        self._passage = PassageCheck(index, granted, own=placeholders.values(), canaries=canaries)
        self.result = Restored("")

    def walk(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        match value:
            case str():
                return self.text(value)
            case bool() | None:
                return value
            case int() | float():
                written = str(value)
                checked = self.text(written)
                return value if checked == written else checked
            case list():
                return [self.walk(one, depth + 1) for one in value]
            case _:
                return {self.text(name): self.walk(one, depth + 1) for name, one in value.items()}

    def text(self, text: str) -> str:
        one = OutputFilter(*self._checks)
        released = one.feed(text) + one.finish()
        self.result.withheld += one.withheld
        self.result.masked += one.masked
        self.result.resolved += one.resolved
        if rule_of(self._passage, released) is None:
            return released
        self.result.withheld += 1
        return WITHHELD
