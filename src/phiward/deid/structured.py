"""Which values rules handle in full: FHIR resources in which no string is left to be read as prose.

Only such a value is no free text. One narrative, one `display`, one field that the table of `fhir` does
not know makes the whole value free text.
"""

import json
from typing import Any

from phiward.deid.fhir import Place, Treatment, treatment

MAX_CHARACTERS = 200_000
"""Longer texts count as free text unread."""


def is_structured(text: str) -> bool:
    """Whether `text` is one FHIR resource whose every string is a code, or an identifier by its place."""
    if text[:1] != "{" or len(text) > MAX_CHARACTERS:
        return False
    try:
        value = json.loads(text, object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str) and _handled(value)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a repeated key drops a value when parsed")
    return made


def _handled(value: dict[str, Any]) -> bool:
    stack: list[tuple[str, Any, Place]] = [("", value, Place("", "", {}))]
    while stack:
        field, one, place = stack.pop()
        if isinstance(one, dict):
            inside = Place(str(one.get("resourceType") or place.resource), field, one)
            stack.extend((name, inner, inside) for name, inner in one.items())
        elif isinstance(one, list):
            stack.extend((field, inner, place) for inner in one)
        elif isinstance(one, str) and treatment(field, one, place) is Treatment.TEXT:
            return False
    return True
