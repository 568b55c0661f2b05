"""Signed checkpoints in an append-only file outside the database: the anchor of the embedded default.

Each record is the length of the note in decimal, a newline, and the note. A torn last record, as a
crash leaves it, is not a finding; the verifier judges the others by their signatures.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from phiward.domain.errors import ConfigurationError

FILE = "checkpoints"
MAX_NOTE_BYTES = 65_536


class FolderAnchor:
    """One file in a folder that no database role can reach."""

    def __init__(self, folder: Path) -> None:
        """The folder is made where it is missing."""
        self._file = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigurationError("PHIWARD_ANCHOR_DIR cannot be made.") from error

    def append(self, note: bytes) -> None:
        """Add a checkpoint, durably. Raises OSError."""
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, b"%d\n%s" % (len(note), note))
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> Sequence[bytes]:
        """Every whole record, oldest first; none where nothing was written yet."""
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            return []
        notes: list[bytes] = []
        place = 0
        while place < len(data):
            end = data.find(b"\n", place, place + 7)
            if end < 0 or not data[place:end].isdigit():
                break
            length = int(data[place:end])
            note = data[end + 1 : end + 1 + length]
            if length > MAX_NOTE_BYTES or len(note) < length:
                break
            notes.append(note)
            place = end + 1 + length
        return notes
