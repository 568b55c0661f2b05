"""JSON (RFC 8259) without leniency: what two parsers could read differently is refused.

Refused, each with line and column where it can be known, and never with content: bytes that are not
UTF-8, duplicate keys, NaN and infinities, numbers beyond a double, half of a surrogate pair, and
nesting deeper than the limit. A byte order mark at the start is tolerated.
"""

import json
import math
import re
from typing import Any, Never

from phiward.domain.errors import ImportFailedError
from phiward.records.results import Place

MAX_DEPTH = 64
"""Nested objects and arrays. FHIR files stay under 20."""

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[\[{]|[\]}]|-?Infinity|NaN', re.DOTALL)


class Decimal(float):
    """A number with a fraction or an exponent: `str` of it is its spelling in the file ("1.20").

    Source: https://hl7.org/fhir/R4/datatypes.html#decimal, whose precision carries meaning.
    """

    __slots__ = ("_spelling",)
    _spelling: str

    def __new__(cls, digits: str) -> "Decimal":
        """From the digits as they are written; infinite where a double cannot hold them."""
        made = super().__new__(cls, digits)
        made._spelling = digits
        return made

    def __str__(self) -> str:
        """As it is written in the file."""
        return self._spelling


def parse_json(data: bytes, place: Place, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value. Raises ImportFailedError naming `place`, with line and column."""
    text = decode_utf8(data, place)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        _fail(place, "this is not JSON", error.lineno, error.colno)
    except _RefusedError as error:
        _fail(place, str(error), *_locate(text, str(error), max_depth))
    except RecursionError:
        _fail(place, _TOO_DEEP, *_locate(text, _TOO_DEEP, max_depth))
    except ValueError:  # an integer of more digits than Python converts
        _fail(place, "a number is too long", None, None)
    if _depth_exceeds(value, max_depth):
        _fail(place, _TOO_DEEP, *_locate(text, _TOO_DEEP, max_depth))
    if "\\ud" in text or "\\uD" in text:
        _check_surrogates(value, place)
    return value


def decode_utf8(data: bytes, place: Place) -> str:
    """Text without a byte order mark. Raises ImportFailedError with the line of the first bad byte."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        _fail(place, "this is not UTF-8", line, column)


class _RefusedError(Exception):
    pass


_TOO_DEEP = "this is nested too deeply"
_DUPLICATE = "a name stands twice in one object"
_NOT_FINITE = "this is not a finite number"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _RefusedError(_DUPLICATE)
    return made


def _refuse_constant(_: str) -> Never:
    raise _RefusedError(_NOT_FINITE)


def _finite(digits: str) -> Decimal:
    value = Decimal(digits)
    if not math.isfinite(value):
        raise _RefusedError(_NOT_FINITE)
    return value


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        nested: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                nested.extend(v for v in item.values() if isinstance(v, dict | list))
            elif isinstance(item, list):
                nested.extend(v for v in item if isinstance(v, dict | list))
        if not nested:
            return False
        level = nested
    return True


def _check_surrogates(value: Any, place: Place) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _fail(place, "a text holds half of a surrogate pair", None, None)


def _locate(text: str, what: str, max_depth: int) -> tuple[int | None, int | None]:
    """Line and column of the first occurrence; a second, slow look that only a refusal pays for."""
    keys: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        start = token.group()[0]
        if start in "{[":
            keys.append(set())
        elif start in "}]" and keys:
            keys.pop()
        found = start in "-IN" if what == _NOT_FINITE else what == _TOO_DEEP and len(keys) > max_depth
        if token.group(2) is not None and keys:
            name = json.loads(f'"{token.group(1)}"', strict=False)
            found = found or (name in keys[-1] and what == _DUPLICATE)
            keys[-1].add(name)
        if found:
            position = token.start()
            return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return None, None


def _fail(place: Place, message: str, line: int | None, column: int | None) -> Never:
    first = (place.line or 1) - 1
    where = "" if line is None else f", line {line + first}, column {column}"
    head = f"File {place.file} of {place.files}"
    raise ImportFailedError(f"{head}{where}: {message}.", param=place.name) from None
