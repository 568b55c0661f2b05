"""A fetched item becomes a file: whole and as it was listed, or not there at all."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from phiward.domain.errors import ImportFailedError
from phiward.records.watching import Item

_PIECE = 1024 * 1024
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Body(Protocol):
    """An open file, or the body of an answer."""

    def read(self, most: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def copied(body: Body, item: Item, to: Path) -> None:
    """Copy `item.size` bytes to a new file of mode 0600.

    Raises ImportFailedError when the file exists or cannot be written, or when there are fewer or more bytes; no file
    is left then.
    """
    try:
        handle = os.open(to, _NEW, 0o600)
    except OSError:
        raise ImportFailedError("The file that a watched item is copied to cannot be made.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            left = item.size
            while piece := body.read(min(_PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise changed()
                file.write(piece)
            if left:
                raise changed()
    except BaseException as error:
        with suppress(OSError):
            to.unlink()
        if isinstance(error, OSError):
            raise ImportFailedError("A watched item could not be copied.") from None
        raise


def changed() -> ImportFailedError:
    """The item is not what was listed."""
    return ImportFailedError("An item of the watched place changed or went away while it was fetched.")
