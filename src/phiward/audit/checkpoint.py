"""Checkpoints in C2SP form: origin, size and root, one a line. Source: https://c2sp.org/tlog-checkpoint"""

import base64
import binascii
import re
from dataclasses import dataclass

from phiward.domain.errors import AuditIntegrityError

_TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n", re.ASCII)


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
    """Strict: three lines, a decimal size without leading zero, a root of 32 bytes in its one encoding.

    Extension lines, which C2SP advises against, are refused: we never write any. Raises AuditIntegrityError.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        raise AuditIntegrityError("A checkpoint cannot be read.")
    try:
        checkpoint = Checkpoint(found[1], int(found[2]), base64.b64decode(found[3], validate=True))
    except binascii.Error as error:
        raise AuditIntegrityError("A checkpoint cannot be read.") from error
    if checkpoint.text() != text:  # base64 with stray bits at its end
        raise AuditIntegrityError("A checkpoint cannot be read.")
    return checkpoint
