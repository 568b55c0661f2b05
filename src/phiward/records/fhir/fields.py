"""Typed access to a resource: a field of the wrong kind is refused at its path, an absent one is empty."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Never

from phiward.domain.errors import ImportFailedError
from phiward.records.results import Place

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""A FHIR id. Source: https://hl7.org/fhir/R4/datatypes.html#id."""


@dataclass(frozen=True, slots=True)
class Node:
    """An object within a resource, and its place."""

    content: dict[str, Any] = field(repr=False)
    place: Place

    def text(self, name: str) -> str | None:
        """A string without blank ends; None when absent or blank. Raises ImportFailedError."""
        value = self.content.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(name, "this must be a text")
        return value.strip() or None

    def need(self, name: str) -> str:
        """A string that must be there. Raises ImportFailedError."""
        value = self.text(name)
        if value is None:
            self.refuse(name, "this is missing")
        return value

    def child(self, name: str) -> "Node | None":
        """An object; None when absent. Raises ImportFailedError."""
        value = self.content.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(name, "this must be an object")
        return Node(value, self.place.at(name))

    def children(self, name: str) -> Iterator["Node"]:
        """The objects of a list; none when absent. Raises ImportFailedError."""
        for index, value in enumerate(self._list(name)):
            if not isinstance(value, dict):
                raise _broken(self.place.at(name, index), "this must be an object")
            yield Node(value, self.place.at(name, index))

    def each(self, name: str) -> Iterator["Node"]:
        """The object, or the objects of a list; none when absent. Raises ImportFailedError."""
        if isinstance(self.content.get(name), list):
            yield from self.children(name)
        elif (only := self.child(name)) is not None:
            yield only

    def number(self, name: str) -> str | None:
        """A number as it is written in the file ("1.20"); None when absent. Raises ImportFailedError."""
        value = self.content.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(name, "this must be a number")
        return str(value)

    def flag(self, name: str) -> bool | None:
        """A boolean; None when absent. Raises ImportFailedError."""
        value = self.content.get(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "this must be true or false")
        return value

    def texts(self, name: str) -> list[str]:
        """The strings of a list, blanks and nulls left out. Raises ImportFailedError."""
        found = []
        for index, value in enumerate(self._list(name)):
            if value is not None and not isinstance(value, str):
                raise _broken(self.place.at(name, index), "this must be a text")
            if value is not None and value.strip():
                found.append(value.strip())
        return found

    def refuse(self, name: str, message: str) -> Never:
        """Raise ImportFailedError at the field `name`."""
        raise _broken(self.place.at(name), message)

    def _list(self, name: str) -> list[Any]:
        value = self.content.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(name, "this must be a list")
        return value


def walk(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object within, the outermost included."""
    found = [content]
    while found:
        here = found.pop()
        yield here
        for value in here.values():
            if isinstance(value, dict):
                found.append(value)
            elif isinstance(value, list):
                found.extend(item for item in value if isinstance(item, dict))


def is_modified(content: dict[str, Any]) -> bool:
    """Whether something in it may change what it means, so that whoever does not know it must not read it.

    Source: https://hl7.org/fhir/R4/extensibility.html#modifierExtension, resource.html#implicitRules.
    """
    return "implicitRules" in content or any("modifierExtension" in here for here in walk(content))


def _broken(place: Place, message: str) -> ImportFailedError:
    return ImportFailedError(f"{place}: {message}.", param=place.name)
