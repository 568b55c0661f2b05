"""The append-only folder of the embedded default, as one anchor among others."""

import asyncio
from collections.abc import Sequence

from phiward.adapters.anchor import FolderAnchor
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.ports import Consistency
from phiward.domain.errors import AnchorError

INTERVAL_SECONDS = 1.0


class FolderPlace:
    """Implements `Anchor`: as good as whoever can write to that folder."""

    name = kind = "folder"
    interval_seconds = INTERVAL_SECONDS

    def __init__(self, folder: FolderAnchor) -> None:
        """The file of checkpoints, which several processes may append to."""
        self._folder = folder

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Append, on disk when this returns. Raises AnchorError."""
        try:
            await asyncio.to_thread(self._folder.append, note)
        except OSError as error:
            raise AnchorError("The folder of checkpoints cannot be written.") from error

    async def read(self) -> Sequence[bytes]:
        """Every checkpoint that was appended. Raises AnchorError."""
        try:
            return await asyncio.to_thread(self._folder.read)
        except OSError as error:
            raise AnchorError("The folder of checkpoints cannot be read.") from error
