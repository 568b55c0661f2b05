"""Checkpoints in C2SP form: origin, size and root, one a line. Source: https://c2sp.org/tlog-checkpoint"""

import base64
import binascii
from dataclasses import dataclass

from phiward.domain.errors import AuditIntegrityError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, how many entries, and their root hash (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Strict: three lines, a decimal size without leading zero, a root of 32 bytes.

    Raises AuditIntegrityError.
    """
    lines = text.split("\n")
    try:
        origin, size, encoded, rest = lines[0], lines[1], lines[2], lines[3:]
        root = base64.b64decode(encoded, validate=True)
    except (IndexError, binascii.Error) as error:
        raise AuditIntegrityError("A checkpoint cannot be read.") from error
    canonical = size.isascii() and size.isdigit() and str(int(size)) == size
    if not origin or not canonical or len(root) != 32 or rest != [""]:
        raise AuditIntegrityError("A checkpoint cannot be read.")
    return Checkpoint(origin, int(size), root)
