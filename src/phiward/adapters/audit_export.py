"""The log as files: C2SP tlog-tiles for a verifier, lines of JSON for whoever searches.

A folder is written beside its place and renamed at the end, and in each shard the checkpoint comes last: what has a
checkpoint is whole. What was interrupted goes on from its entry bundles, which are hashed anew, so that nothing that
lay there meanwhile is believed. Source: https://c2sp.org/tlog-tiles
"""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from phiward.adapters.postgres.audit_evidence import EvidenceView
from phiward.audit.checkpoint import Checkpoint
from phiward.audit.leaf import decode_leaf
from phiward.audit.merkle import leaf_hash
from phiward.audit.ports import TILE_HASHES
from phiward.audit.tiles import Tile, TileBuilder, bundle, bundle_path, tiles_of, unbundle
from phiward.domain.audit import Shard
from phiward.domain.errors import AuditIntegrityError, InvalidRequestError

CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints.jsonl"
"""Every one that was signed, smallest first, `{"note": …}` a line as in the anchor folder; C2SP has only the newest."""
DESTROYED = "destroyed.json"
AT_ONCE = 64
Told = Callable[[int], None]
"""Is told of so many entries more."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A shard as it is exported: up to its newest checkpoint."""

    shard: Shard
    note: bytes
    checkpoint: Checkpoint

    @property
    def entries(self) -> int:
        """How many entries are there to export: none of a destroyed shard."""
        return 0 if self.shard.destroyed_at else self.checkpoint.size


class Staged:
    """A place that is filled beside itself, private to who runs this, and renamed when it is whole."""

    def __init__(self, place: Path) -> None:
        """Raises InvalidRequestError when something is there already."""
        if place.exists() or place.is_symlink():
            raise InvalidRequestError("Something is there already; nothing is overwritten.", param=place.name)
        self._place = place
        self.beside = place.with_name(place.name + ".partial")

    def folder(self, name: str) -> Path:
        """A folder in it; empty or with what an interrupted export left."""
        made = self.beside / name
        made.mkdir(parents=True, exist_ok=True, mode=0o700)
        return made

    def publish(self) -> None:
        """It is whole."""
        self.beside.rename(self._place)
        sync(self._place.parent)


async def write_tiles(view: EvidenceView, extent: Extent, folder: Path, told: Told) -> None:
    """A shard as tlog-tiles into `folder`, going on with what is there.

    Raises AuditIntegrityError when what is stored does not give the signed root, StorageError, OSError.
    """
    attempt = _ShardFolder(view, extent, folder, told)
    if await attempt.write():
        return
    if attempt.kept:  # what lay there is of another log, or was changed meanwhile: everything anew
        _empty(folder)
        if await _ShardFolder(view, extent, folder, lambda count: None).write():
            return
    raise AuditIntegrityError("What is stored does not give the root that was signed.")


class _ShardFolder:
    def __init__(self, view: EvidenceView, extent: Extent, folder: Path, told: Told) -> None:
        self._view, self._extent, self._folder, self._told = view, extent, folder, told
        self._builder = TileBuilder(self._keep_tile)
        self.kept = 0

    async def write(self) -> bool:
        """Whether the tree is the signed one. `kept`: how many bundles were there already."""
        self._clear()
        if self._extent.shard.destroyed_at:
            await self._feed_hashes()
        else:
            self.kept = self._feed_kept()
            await self._feed_entries(self.kept * TILE_HASHES)
        self._builder.finish()
        if self._builder.root() != self._extent.checkpoint.root:
            return False
        await self._finish()
        return True

    def _clear(self) -> None:
        """What a smaller tree left at its edge, and its checkpoints."""
        for partial in sorted(self._folder.rglob("*.p")):
            shutil.rmtree(partial)
        for name in (CHECKPOINT, CHECKPOINTS, DESTROYED):
            (self._folder / name).unlink(missing_ok=True)

    def _feed_kept(self) -> int:
        for index in range(self._extent.entries // TILE_HASHES):
            leaves = self._kept(index)
            if len(leaves) != TILE_HASHES:
                return index
            self._feed(leaves)
        return self._extent.entries // TILE_HASHES

    def _kept(self, index: int) -> Sequence[bytes]:
        try:
            return unbundle((self._folder / bundle_path(index, TILE_HASHES)).read_bytes())
        except (FileNotFoundError, ValueError):
            return ()

    async def _feed_entries(self, start: int) -> None:
        gathered: list[bytes] = []
        async for leaf in self._view.leaves(self._extent.shard.name, start, self._extent.entries):
            gathered.append(leaf)
            if len(gathered) == TILE_HASHES or self._builder.size + len(gathered) == self._extent.entries:
                self._keep(bundle_path(self._builder.size // TILE_HASHES, len(gathered)), bundle(gathered))
                self._feed(gathered)
                gathered = []

    def _feed(self, leaves: Sequence[bytes]) -> None:
        for leaf in leaves:
            self._builder.append(leaf_hash(leaf))
        self._told(len(leaves))

    async def _feed_hashes(self) -> None:
        """Of a destroyed shard: from its tiles."""
        reader = self._view.hashes(self._extent.shard.name)
        tiles = [one for one in tiles_of(self._extent.checkpoint.size) if one.level == 0]
        for at in range(0, len(tiles), AT_ONCE):
            for hashes in await reader.tiles(tiles[at : at + AT_ONCE]):
                for hashed in hashes:
                    self._builder.append(hashed)
                self._told(len(hashes))

    async def _finish(self) -> None:
        with private(self._folder / CHECKPOINTS) as file:
            async for note in self._view.checkpoints(self._extent.shard.name):
                file.write(orjson.dumps({"note": note.decode(errors="replace")}) + b"\n")
        if self._extent.shard.destroyed_at:
            said = {"destroyed_at": self._extent.shard.destroyed_at, "entries": self._extent.checkpoint.size}
            self._keep(DESTROYED, orjson.dumps(said) + b"\n")
        self._keep(CHECKPOINT, self._extent.note)
        sync(self._folder / CHECKPOINT)

    def _keep_tile(self, tile: Tile, hashes: bytes) -> None:
        self._keep(tile.path, hashes)

    def _keep(self, path: str, content: bytes) -> None:
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with private(place) as file:
            file.write(content)


async def write_lines(view: EvidenceView, extents: Sequence[Extent], file: Path, told: Told) -> None:
    """One leaf a line into `file`, byte for byte as it is hashed: `{"shard":…,"index":…,"leaf":…}`.

    Raises AuditIntegrityError for an entry that is missing or no JSON, StorageError, OSError.
    """
    with private(file) as out:
        for extent in extents:
            index, shard = 0, orjson.dumps(extent.shard.name)
            async for leaf in view.leaves(extent.shard.name, 0, extent.entries):
                try:
                    decode_leaf(leaf)
                except ValueError:
                    raise AuditIntegrityError("A leaf of the log is not an object.") from None
                out.write(b'{"shard":%b,"index":%d,"leaf":%b}\n' % (shard, index, leaf))
                index += 1
                if index % TILE_HASHES == 0 or index == extent.entries:
                    told(index % TILE_HASHES or TILE_HASHES)
        out.flush()
        os.fsync(out.fileno())


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)


def private(place: Path) -> BinaryIO:
    """A file that only its owner reads, empty to begin with. Raises OSError."""
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "wb")


def sync(place: Path) -> None:
    """A file or a folder, onto the disk."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
