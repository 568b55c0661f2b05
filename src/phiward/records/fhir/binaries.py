"""Binary resources, whose bytes stand apart from the document that refers to them.

An import remembers only where each Binary stands, and reads it again when a document asks for it: a line of an .ndjson
file alone, of a Bundle the whole file, whose Binaries are then kept until another file is asked for. So never more than
one file's Binaries are in memory. Source: https://hl7.org/fhir/R4/binary.html.
"""

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.fields import Node
from phiward.records.reading import Limits, Source, read, refuse
from phiward.records.results import Place
from phiward.records.strict_json import parse_json


@dataclass(slots=True)
class Binaries:
    """Where each Binary ("Binary/1") of an import stands."""

    limits: Limits = field(default_factory=Limits)
    places: dict[str, Place] = field(default_factory=dict, repr=False)
    _lines: dict[str, "array[int]"] = field(default_factory=dict, repr=False)
    _file: str | None = field(default=None, repr=False)
    _of_file: dict[Place, dict[str, Any]] = field(default_factory=dict, repr=False)

    def find(self, key: str) -> Node | None:
        """The Binary with its content; None if none of that source id is in the files.

        Raises ImportFailedError if its file cannot be read any more, or has changed since.
        """
        place = self.places.get(key)
        if place is None:
            return None
        content = self._entry(place) if place.line is None else self._line(place, place.line)
        if not isinstance(content, dict) or content.get("resourceType") != "Binary":
            refuse(place, "it has changed while the import was running")
        return Node(content, place)

    def _entry(self, place: Place) -> Any:
        if self._file != place.name:
            source = Source(Path(place.name), Place(place.file, place.files, place.name))
            found = (resource for resource in read(source, self.limits) if resource.type == "Binary")
            self._of_file = {resource.place: resource.content for resource in found}
            self._file = place.name
        return self._of_file.get(place)

    def _line(self, place: Place, number: int) -> Any:
        try:
            with Path(place.name).open("rb") as file:
                starts = self._lines.get(place.name)
                if starts is None:
                    starts = array("Q", [0])
                    for line in file:
                        starts.append(starts[-1] + len(line))
                    self._lines[place.name] = starts
                if number >= len(starts):
                    return None
                file.seek(starts[number - 1])
                data = file.read(starts[number] - starts[number - 1])
        except OSError:
            raise ImportFailedError(f"{place}: it cannot be read.", param=place.name) from None
        return parse_json(data, place, max_depth=self.limits.max_depth)
