"""A watched folder, with its sub-folders. Links and hidden files are no items; nothing is written or removed there."""

import asyncio
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from phiward.adapters.watched.copying import changed, copied
from phiward.domain.errors import ImportFailedError
from phiward.records.watching import Item, Listing, is_hidden, is_safe

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class FolderWatch:
    """Implements `records.watching.WatchedPlace`. A version is the time of the last change, in nanoseconds."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def list(self) -> Listing:
        """All plain files, sorted by key. Raises ImportFailedError when a folder cannot be read."""
        return await asyncio.to_thread(self._list)

    async def fetch(self, item: Item, to: Path) -> None:
        """Copy a file that is still as it was listed. Raises ImportFailedError otherwise."""
        await asyncio.to_thread(self._fetch, item, to)

    def _list(self) -> Listing:
        items, refused = [], 0
        try:
            for path in self._files():
                key = path.relative_to(self._path).as_posix()
                with suppress(FileNotFoundError):  # gone since its name was read
                    found = path.lstat()
                    if stat.S_ISREG(found.st_mode) and is_safe(key):
                        items.append(Item(key, found.st_size, str(found.st_mtime_ns)))
                    refused += stat.S_ISREG(found.st_mode) and not is_safe(key)
        except OSError:
            raise ImportFailedError("The watched folder, or a folder or file in it, cannot be read.") from None
        return Listing(tuple(sorted(items, key=lambda item: item.key)), refused)

    def _files(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self._path, onerror=self._failed, followlinks=False):
            folders[:] = [name for name in folders if not is_hidden(name)]
            yield from (Path(folder, name) for name in names if not is_hidden(name))

    def _failed(self, error: OSError) -> None:
        """A folder below may go away meanwhile; the watched one may not, or all in it would count as removed."""
        if not isinstance(error, FileNotFoundError) or Path(error.filename) == self._path:
            raise error

    def _fetch(self, item: Item, to: Path) -> None:
        with ExitStack() as held:
            try:
                handle = self._opened(item, held)
            except OSError:
                raise changed() from None
            if not _is(handle, item):
                raise changed()
            copied(held.enter_context(os.fdopen(os.dup(handle), "rb")), item, to)
            if not _is(handle, item):
                to.unlink()
                raise changed()

    def _opened(self, item: Item, held: ExitStack) -> int:
        """The descriptor of the file, reached step by step, so that no step can be a link."""
        handle = os.open(self._path, _OPEN | os.O_DIRECTORY)
        held.callback(os.close, handle)
        *folders, name = item.key.split("/")
        for folder in folders:
            handle = os.open(folder, _OPEN | os.O_DIRECTORY, dir_fd=handle)
            held.callback(os.close, handle)
        handle = os.open(name, _OPEN, dir_fd=handle)
        held.callback(os.close, handle)
        return handle


def _is(handle: int, item: Item) -> bool:
    found = os.fstat(handle)
    same = (found.st_size, str(found.st_mtime_ns)) == (item.size, item.version)
    return same and stat.S_ISREG(found.st_mode)
