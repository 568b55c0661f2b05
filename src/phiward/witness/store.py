"""What the witness remembers: one row an origin, in a small SQLite file (0600) of its own.

A cosignature may be given only after its row is on disk, so every commit is written through (`synchronous=EXTRA`: the
file, its journal and their folder), and reading, judging and writing are one transaction that excludes every other.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import TypeVar

from phiward.audit.witness import Remembered
from phiward.domain.errors import StorageError

FILE = "witness.sqlite"
BUSY_SECONDS = 5.0
_SCHEMA = "CREATE TABLE IF NOT EXISTS cosigned (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL)"
_READ = "SELECT origin, size, root FROM cosigned"
_WRITE = "INSERT INTO cosigned VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET size = ?2, root = ?3"

T = TypeVar("T")


class WitnessStore:
    """Several threads, and several processes, may use one file."""

    def __init__(self, folder: Path) -> None:
        """The folder (0700) and the file are made where they are missing. Raises StorageError."""
        self._lock = Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            os.close(os.open(folder / FILE, flags, 0o600))
            self._base = sqlite3.connect(
                folder / FILE, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._base.execute("PRAGMA synchronous = EXTRA")
            self._base.execute(_SCHEMA)
            _sync(folder)
        except (OSError, sqlite3.Error) as error:
            raise StorageError("The witness's memory cannot be opened.") from error

    def close(self) -> None:
        """Release the file."""
        self._base.close()

    def remembered(self) -> dict[str, Remembered]:
        """Everything, by origin. Raises StorageError."""
        with self._transaction():
            return self._read()

    def update(self, origin: str, judge: Callable[[Mapping[str, Remembered]], T | Remembered]) -> T | Remembered:
        """Let `judge` see what is remembered; what it wants remembered of `origin` is on disk when this returns.

        Nothing else is read or written in between. Raises StorageError: nothing may be cosigned then.
        """
        with self._transaction():
            result = judge(self._read())
            if isinstance(result, Remembered):
                self._base.execute(_WRITE, (origin, result.size, result.root))
        return result

    def _read(self) -> dict[str, Remembered]:
        return {origin: Remembered(size, bytes(root)) for origin, size, root in self._base.execute(_READ)}

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            try:
                self._base.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._base.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):  # a full disk has rolled back already
                        self._base.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StorageError("The witness's memory cannot be read or written.") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
