"""The folder as one anchor among others; what the file itself promises stands in tests/adapters/test_anchor.py."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.anchors.folder import FolderPlace
from phiward.audit.checkpoint import Checkpoint
from phiward.domain.errors import AnchorError

CHECKPOINT = Checkpoint("hospital.example/audit/2026", 1, bytes(32))


async def never(old: int) -> Sequence[bytes]:
    """A folder asks for no proof."""
    raise AssertionError(old)


async def test_a_folder_that_cannot_be_written_or_read_is_an_anchor_that_fails(tmp_path: Path) -> None:
    """It is tried again and alarmed; the log goes on."""
    place = FolderPlace(FolderAnchor(tmp_path / "anchors"))
    (tmp_path / "anchors" / "checkpoints.jsonl").mkdir()
    with pytest.raises(AnchorError):
        await place.keep(CHECKPOINT, b"note\n", never)
    with pytest.raises(AnchorError):
        await place.read()


async def test_what_was_kept_is_read_in_order(tmp_path: Path) -> None:
    """Every one."""
    place = FolderPlace(FolderAnchor(tmp_path / "anchors"))
    assert await place.read() == []
    await place.keep(CHECKPOINT, b"one\n", never)
    await place.keep(CHECKPOINT, b"two\n", never)
    assert await place.read() == [b"one\n", b"two\n"]
