"""JSON values: every string, every key and every number that would be hidden as text, at any depth.

The key of a value is its label: `{"mrn": "A1234"}` is read like `mrn: A1234`. FHIR resources go field by
field (`fhir`). A string that is itself JSON is parsed and treated inside; it comes back newly written
where anything in it was hidden, and untouched where not. Where it is nested too deeply to be parsed it is
read as plain text, which no depth can hide anything from. Nothing here calls itself once a level.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from phiward.deid.fhir import Place, is_measured, is_old_age, label_of, parts
from phiward.domain.errors import InvalidRequestError
from phiward.domain.placeholders import Category

MAX_EMBEDDED = 12
"""Levels of JSON inside JSON strings that are parsed; every level doubles the backslashes. Below: plain text."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\-.]+")
_RESOURCE = re.compile(r"[A-Z][A-Za-z]{2,39}")
_FIELD = re.compile(r"_?[a-z][A-Za-z]{0,59}[0-9]?")
_PERSONAL = frozenset(["family", "given", "text", "authorString"])
"""Fields whose names are learned. Those of institutions are not: "Valley" of a hospital is a word of its own."""


class Hider(Protocol):
    """What hides texts: the conversation."""

    def labelled(self, text: str, label: str) -> str:
        """The transformed text; `label` (empty for none) is read as standing before it."""

    def whole(self, text: str, category: Category) -> str:
        """The placeholder of all of `text`."""

    def learn(self, name: str) -> None:
        """Take `name` for a name wherever it stands from now on."""


@dataclass(slots=True)
class _Node:
    """A value, where its copy goes, the label it is read with, the field it stands in, and where in a resource."""

    value: Any
    put: Callable[[Any], None]
    label: str
    field: str
    place: Place | None


def hide_nested(value: Any, hider: Hider, embedded: int = 0) -> Any:
    """A transformed copy of `value`. Raises InvalidRequestError for what is not JSON."""
    return _Walk(hider, embedded).copy(value)


class _Walk:
    """Keys and containers first; then the names that a resource states are learned; then the leaves, in order."""

    def __init__(self, hider: Hider, embedded: int) -> None:
        self._hider = hider
        self._embedded = embedded
        self._leaves: list[_Node] = []
        self._keys: dict[str, str] = {}
        self._changed = False

    def copy(self, value: Any) -> Any:
        made: list[Any] = [None]
        stack = [_Node(value, _setter(made, 0), "", "", None)]
        while stack:
            node = stack.pop()
            if isinstance(node.value, dict):
                stack.extend(reversed(self._fields(node)))
            elif isinstance(node.value, list | tuple):
                stack.extend(reversed(_items(node)))
            else:
                self._leaves.append(node)
        self._learn()
        for node in self._leaves:
            leaf = self._leaf(node)
            self._changed = self._changed or leaf is not node.value
            node.put(leaf)
        return made[0]

    def embedded(self, text: str) -> str | None:
        """JSON text newly written where anything in it was hidden; None where nothing was, or it cannot be parsed."""
        try:
            hidden = self.copy(json.loads(text))
            return json.dumps(hidden, ensure_ascii=False) if self._changed else None
        except (ValueError, RecursionError):
            return None

    def _fields(self, node: _Node) -> list[_Node]:
        holder: dict[str, Any] = {}
        node.put(holder)
        kind = node.value.get("resourceType")
        resource = node.place.resource if node.place else ""
        if isinstance(kind, str) and _RESOURCE.fullmatch(kind):
            resource = kind
        place = Place(resource, node.field, node.value, node.label) if resource else None
        nodes: list[_Node] = []
        for key, value in node.value.items():
            if not isinstance(key, str):
                raise InvalidRequestError("The request holds a key that is not text.")
            name = key if place and _FIELD.fullmatch(key) else self._key(key)
            holder[name] = None  # keeps the order of the fields
            label = _label(label_of(key, place) if place else key)
            nodes.append(_Node(value, _setter(holder, name), label, key, place))
        return nodes

    def _key(self, key: str) -> str:
        name = self._keys.get(key)
        if name is None:
            name = self._keys[key] = self._hider.labelled(key, "")
            self._changed = self._changed or name != key
        return name

    def _learn(self) -> None:
        for node in self._leaves:
            if node.place and node.field in _PERSONAL and isinstance(node.value, str):
                for part, category in parts(node.field, node.value, node.place) or ():
                    if category is Category.NAME:
                        self._hider.learn(part)

    def _leaf(self, node: _Node) -> Any:
        value = node.value
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._in_resource(value, node, node.place) if node.place else self._string(value, node.label)
        if isinstance(value, int | float):
            return self._number(value, node)
        raise InvalidRequestError("The request holds a value that is not JSON.")

    def _number(self, value: int | float, node: _Node) -> Any:
        text = str(value)
        if node.place:
            if is_old_age(value, node.place.holder):
                return self._hider.whole(text, Category.AGE)
            if is_measured(node.place.holder) and not _goes_whole(text, node, node.place):
                return value
            hidden = self._in_resource(text, node, node.place)
        else:
            hidden = self._hider.labelled(text, node.label)
        return value if hidden == text else hidden

    def _in_resource(self, value: str, node: _Node, place: Place) -> str:
        pieces = parts(node.field, value, place) if value.strip() else [(value, None)]
        if pieces is None:
            return self._string(value, node.label)
        if all(category is None for _, category in pieces):
            return value
        return "".join(self._hider.whole(part, what) if what and part.strip() else part for part, what in pieces)

    def _string(self, text: str, label: str) -> str:
        if text.lstrip()[:1] in ("{", "[") and self._embedded < MAX_EMBEDDED:
            written = _Walk(self._hider, self._embedded + 1).embedded(text)
            if written is not None:
                return written
        hidden = self._hider.labelled(text, label)  # as plain text too: a repeated key drops a value when parsed
        return text if hidden == text else hidden


def _goes_whole(text: str, node: _Node, place: Place) -> bool:
    return any(category for _, category in parts(node.field, text, place) or ())


def _items(node: _Node) -> list[_Node]:
    made: list[Any] = [None] * len(node.value)
    node.put(made)
    return [
        _Node(value, _setter(made, index), node.label, node.field, node.place) for index, value in enumerate(node.value)
    ]


def _setter(holder: Any, at: int | str) -> Callable[[Any], None]:
    def put(value: Any) -> None:
        holder[at] = value

    return put


def _label(key: str) -> str:
    return _CAMEL.sub(" ", key).strip() if len(key) <= 40 else ""
