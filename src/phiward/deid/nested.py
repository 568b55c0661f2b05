"""JSON values: every string, every key and every number that would be hidden as text.

The key of a value is its label: `{"mrn": "A1234"}` is read like `mrn: A1234`. A string that is itself
JSON is parsed and treated inside; it comes back newly written where anything in it was hidden, and
untouched where not. No depth passes unread.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from phiward.domain.errors import InvalidRequestError

MAX_DEPTH = 200
"""Levels of nesting, embedded JSON included; deeper values are refused."""

HideLabelled = Callable[[str, str], str]
"""Takes a text and its label (empty for none); returns the transformed text."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\-.]+")


def hide_nested(value: Any, hide: HideLabelled, label: str = "", depth: int = 0) -> Any:
    """A transformed copy of `value`. Raises InvalidRequestError beyond MAX_DEPTH or for other types."""
    if depth > MAX_DEPTH:
        raise InvalidRequestError("The request is nested too deeply to be read.")
    if isinstance(value, str):
        return _string(value, hide, label, depth)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        text = str(value)
        hidden = hide(text, label)
        return value if hidden == text else hidden
    if isinstance(value, list | tuple):
        return [hide_nested(item, hide, label, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_key(key, hide): hide_nested(item, hide, _label(key), depth + 1) for key, item in value.items()}
    raise InvalidRequestError("The request holds a value that is not JSON.")


def _key(key: Any, hide: HideLabelled) -> str:
    if not isinstance(key, str):
        raise InvalidRequestError("The request holds a key that is not text.")
    return hide(key, "")


def _label(key: str) -> str:
    return _CAMEL.sub(" ", key).strip() if len(key) <= 40 else ""


def _string(text: str, hide: HideLabelled, label: str, depth: int) -> str:
    if text.lstrip()[:1] in ("{", "["):
        try:
            inner = json.loads(text)
        except RecursionError:
            raise InvalidRequestError("The request is nested too deeply to be read.") from None
        except ValueError:
            return hide(text, label)
        hidden = hide_nested(inner, hide, label, depth + 1)
        if hidden != inner:
            return json.dumps(hidden, ensure_ascii=False)
    return hide(text, label)  # read as plain text too: a repeated key drops a value when parsed
