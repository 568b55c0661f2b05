"""Signed checkpoints in an append-only file outside the database: the anchor of the embedded default.

One JSON object a line, `{"note":"…"}`. A line that a crash tore has no end and is passed over, wherever
it stands: the next append begins on a line of its own. Every complete line counts, also one that was
changed; the verifier judges it by its signature. Whoever can write here can also delete: copy the file
to where the administrators of this machine cannot reach.
"""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

import orjson

from phiward.domain.errors import ConfigurationError

FILE = "checkpoints.jsonl"
_BEGIN, _END = b'{"note":"', b'"}'


class FolderAnchor:
    """One file in a folder that no database role can reach. Several processes may append."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        """The folder is made where it is missing. Raises ConfigurationError when it cannot be."""
        self._folder = folder
        self._file = folder / file
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigurationError("PHIWARD_ANCHOR_DIR cannot be made.") from error

    def append(self, note: bytes) -> None:
        """Add a checkpoint, on disk when this returns. Raises OSError."""
        record = orjson.dumps({"note": note.decode()}) + b"\n"
        descriptor = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            size = os.fstat(descriptor).st_size
            if size == 0:
                self._sync_folder()
            elif os.pread(descriptor, 1, size - 1) != b"\n":  # torn by a crash
                record = b"\n" + record
            if os.write(descriptor, record) != len(record):
                raise OSError("a checkpoint was not written whole")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> Sequence[bytes]:
        """Every complete record, oldest first; none where nothing was written yet. Raises OSError."""
        try:
            lines = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return [_note(line) for line in lines if (line.startswith(_BEGIN) and line.endswith(_END)) or _strange(line)]

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _strange(line: bytes) -> bool:
    """Neither a record nor the beginning of one: somebody else wrote it, or changed it."""
    start = line.strip(b"\x00")  # some file systems leave zeros where a crash lost the bytes
    return bool(start) and not start.startswith(_BEGIN) and not _BEGIN.startswith(start)


def _note(line: bytes) -> bytes:
    """The note, or the line as it stands, which no signature fits."""
    try:
        return str(orjson.loads(line)["note"]).encode()
    except (ValueError, TypeError, KeyError):
        return line
