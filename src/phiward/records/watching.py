"""Watched places: which items are new or changed and have come to rest, and which are gone.

An item is taken when two looks in a row find it the same (size and version), so that a half-written file is left
alone. What was seen is kept as keyed digests, since the name of a file may be a patient's. Here nothing is read;
`phiward.adapters.watched` looks at folders and buckets, and keeps the state.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from phiward.domain.errors import ImportFailedError

Digest = Callable[[str], str]
"""A keyed digest of a text, as hexadecimal: `records.ports.Mac` with a label of its own."""

_SEPARATOR = "\0"  # stands in no key


@dataclass(frozen=True, slots=True)
class Item:
    """A file or an object. `key` is its relative name with "/"; `size` in bytes; `version` changes with its content."""

    key: str = field(repr=False)
    size: int
    version: str

    def __post_init__(self) -> None:
        """Raises ImportFailedError for a key that climbs, is absolute or holds control characters."""
        if not is_safe(self.key):
            raise ImportFailedError("An item of the watched place has a name that is not a plain relative path.")


def is_safe(key: str) -> bool:
    """Whether a key is a plain relative path: no empty or dotted step, no backslash, no control character."""
    return "\\" not in key and key.isprintable() and all(step not in ("", ".", "..") for step in key.split("/"))


def is_hidden(key: str) -> bool:
    """Whether a step of it begins with a dot, as the names of half-copied files often do."""
    return any(step.startswith(".") for step in key.split("/"))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a look finds. `refused` counts items whose names are not plain relative paths; they are never fetched."""

    items: tuple[Item, ...] = field(repr=False)
    refused: int = 0


class WatchedPlace(Protocol):
    """A folder or a bucket that others write to."""

    async def list(self) -> Listing:
        """All that is there now. Raises ImportFailedError when it cannot be read: that is not the same as empty."""

    async def fetch(self, item: Item, to: Path) -> None:
        """Copy the item to a new file of mode 0600. Raises ImportFailedError when it is gone or changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of an item: the digest of its key, size and version, and whether that was taken."""

    content: str
    taken: bool = False


Seen = Mapping[str, Trace]
"""Traces by the digest of the key."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one look says.

    `ready` are items to take now, `waiting` counts those that have just come or changed. `removed` are digests of keys
    that were taken and are gone. Both are said again at each look until `taken` or `forgotten` is called.
    """

    ready: tuple[Item, ...] = field(repr=False)
    waiting: int
    removed: tuple[str, ...]
    seen: Seen = field(repr=False)


def compare(seen: Seen, items: Iterable[Item], digest: Digest) -> Changes:
    """What changed since the last look, and what to keep until the next."""
    ready, waiting, kept = [], 0, {}
    for item in items:
        key, content = digest(item.key), content_of(item, digest)
        before = seen.get(key)
        if before is None or before.content != content:
            waiting += 1
            kept[key] = Trace(content)
            continue
        kept[key] = before
        if not before.taken:
            ready.append(item)
    removed = {key: trace for key, trace in seen.items() if key not in kept and trace.taken}
    return Changes(tuple(ready), waiting, tuple(sorted(removed)), MappingProxyType(kept | removed))


def taken(seen: Seen, item: Item, digest: Digest) -> Seen:
    """The item was imported as it is now."""
    return MappingProxyType({**seen, digest(item.key): Trace(content_of(item, digest), taken=True)})


def forgotten(seen: Seen, removed: str) -> Seen:
    """The removal of this key, a digest, was dealt with."""
    return MappingProxyType({key: trace for key, trace in seen.items() if key != removed})


def content_of(item: Item, digest: Digest) -> str:
    """The digest that changes with the item."""
    return digest(_SEPARATOR.join((item.key, str(item.size), item.version)))
