"""A path to files, a file to resources, each with its place.

FHIR is `*.json` (a Bundle of the types below, or one resource) and `*.ndjson` (one resource a line, as bulk
export writes them). A folder is read with its sub-folders, hidden files and links apart.
Errors name the file by its number in the sorted list, so that the message is safe to log; the file's
own name, which may be a patient's, stands in `param`, for the operator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.deletions import deleted
from phiward.records.fhir.types import RESOURCE_TYPES
from phiward.records.formats import ENDINGS, format_of
from phiward.records.results import Place
from phiward.records.strict_json import MAX_DEPTH, parse_json

BUNDLE_TYPES = frozenset({"transaction", "batch", "collection", "searchset", "document"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one import may ask of us: bytes of a file, levels of nesting, files of a folder."""

    max_file_bytes: int = 128 * 1024 * 1024
    max_depth: int = MAX_DEPTH
    max_files: int = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """One file of an import: its path, and its place in the list."""

    path: Path
    place: Place


@dataclass(frozen=True, slots=True, repr=False)
class Resource:
    """A JSON object that names a FHIR R4 resource type. `full_url` is the Bundle entry's, if any.

    `deleted`: the Bundle takes it back; the content is then its type and id alone.
    """

    type: str
    content: dict[str, Any]
    full_url: str | None
    place: Place
    deleted: bool = False

    def __repr__(self) -> str:
        return f"Resource({self.type} at {self.place})"


def sources(path: Path, limits: Limits | None = None) -> tuple[Source, ...]:
    """The files of `path`, sorted. Raises ImportFailedError when there is none, or too many."""
    limits = limits or Limits()
    if path.is_file():
        if format_of(path) is None:
            raise ImportFailedError(f"Only these files are read: {', '.join(ENDINGS)}.", param=str(path))
        found = [path]
    else:
        found = sorted(p for p in path.rglob("*") if _is_wanted(p, path))
    if not found:
        raise ImportFailedError(f"None of these files is there: {', '.join(ENDINGS)}.", param=str(path))
    if len(found) > limits.max_files:
        raise ImportFailedError(f"More than {limits.max_files} files are there.", param=str(path))
    return tuple(Source(p, Place(n, len(found), str(p))) for n, p in enumerate(found, 1))


def read(source: Source, limits: Limits | None = None) -> Iterator[Resource]:
    """The resources of one file, in its order. Raises ImportFailedError at the first broken place."""
    limits = limits or Limits()
    data = read_bytes(source, limits)
    if source.path.suffix.lower() == ".ndjson":
        yield from _lines(data, source.place, limits)
        return
    content = parse_json(data, source.place, max_depth=limits.max_depth)
    if isinstance(content, dict) and content.get("resourceType") == "Bundle":
        yield from _entries(content, source.place)
    else:
        yield _resource(content, None, source.place)


def refuse(place: Place, message: str) -> Never:
    """Raise ImportFailedError naming the place; `message` is a fixed sentence without full stop."""
    raise ImportFailedError(f"{place}: {message}.", param=place.name)


def _is_wanted(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return format_of(path) is not None and not hidden and not path.is_symlink() and path.is_file()


def read_bytes(source: Source, limits: Limits) -> bytes:
    """The whole file, if it is not too large: no more than the limit is ever read. Raises ImportFailedError."""
    try:
        with source.path.open("rb") as file:
            data = file.read(limits.max_file_bytes + 1)
    except OSError:
        raise ImportFailedError(f"{source.place}: it cannot be read.", param=source.place.name) from None
    if len(data) > limits.max_file_bytes:
        refuse(source.place, f"it is larger than {limits.max_file_bytes} bytes")
    return data


def _lines(data: bytes, place: Place, limits: Limits) -> Iterator[Resource]:
    empty = True
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            empty = False
            here = Place(place.file, place.files, place.name, number)
            yield _resource(parse_json(line, here, max_depth=limits.max_depth), None, here)
    if empty:
        refuse(place, "it is empty")


def _entries(bundle: dict[str, Any], place: Place) -> Iterator[Resource]:
    if bundle.get("type") not in BUNDLE_TYPES:
        refuse(place.at("type"), "bundles of this type are not read")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        refuse(place.at("entry"), "this must be a list")
    for index, entry in enumerate(entries):
        here = place.at("entry", index)
        if not isinstance(entry, dict):
            refuse(here, "this must be an object")
        request = entry.get("request")
        if isinstance(request, dict) and request.get("method") == "DELETE":
            yield _deletion(request, here)
            continue
        if isinstance(request, dict) and request.get("method") not in (None, "POST", "PUT"):
            refuse(here.at("request", "method"), "an import adds, changes and deletes (POST, PUT, DELETE)")
        full_url = entry.get("fullUrl")
        if full_url is not None and not isinstance(full_url, str):
            refuse(here.at("fullUrl"), "this must be a text")
        yield _resource(entry.get("resource"), full_url, here.at("resource"))


def _deletion(request: dict[str, Any], place: Place) -> Resource:
    where, url = place.at("request", "url"), request.get("url")
    if not isinstance(url, str):
        refuse(where, "this must be a text")
    kind, _, key = deleted(url, where).partition("/")
    return Resource(kind, {"resourceType": kind, "id": key}, None, place, deleted=True)


def _resource(content: Any, full_url: str | None, place: Place) -> Resource:
    if not isinstance(content, dict):
        refuse(place, "a resource must be an object")
    kind = content.get("resourceType")
    if not isinstance(kind, str) or kind not in RESOURCE_TYPES:
        refuse(place.at("resourceType"), "this is not a resource type of FHIR R4")
    return Resource(kind, content, full_url, place)
