"""What the log needs from outside: who signs, where checkpoints are kept, and where the hashes stand."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.note import Verifier
from phiward.domain.audit import TreeHead

TILE_HASHES = 256
"""Hashes of a full tile (https://c2sp.org/tlog-tiles: height 8)."""


@dataclass(frozen=True, slots=True)
class Growth:
    """One step of a shard, in a form that whoever signs can check by itself.

    `hashes` are the leaf hashes (32 bytes each) that follow `before`. Where a shard opens, `before` is empty,
    `first_leaf` is the leaf that hashes to `hashes[0]` and carries the checkpoint it succeeds.
    """

    shard: str
    before: TreeHead
    hashes: tuple[bytes, ...]
    first_leaf: bytes | None = None


class CheckpointSigner(Protocol):
    """Signs what grows, and never two stories. Apart from every database role."""

    name: str
    """The log's name: the origin of its shards without theirs."""

    @property
    def verifier(self) -> Verifier:
        """What a stranger needs, under the log's name; `Verifier.named(origin)` is that of a shard."""

    @property
    def remembers(self) -> bool:
        """Whether it never signs two trees of one size: what it is asked must then be fixed before, for good."""

    async def sign(self, growth: Growth) -> bytes:
        """The signed checkpoint after `growth`.

        Raises SignerUnavailableError when it cannot be asked, AuditIntegrityError when it refuses.
        """

    async def last(self) -> bytes | None:
        """The checkpoint that it signed last, where it remembers; else None. Raises as `sign`."""


class HashReader(Protocol):
    """The stored hashes of one shard, as the tiles of C2SP tlog-tiles."""

    async def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """The first `width` (1 to 256) hashes of a tile: at level 0 of leaves, else of full tiles below.

        Raises AuditIntegrityError when they are not there, StorageError.
        """


Consistency = Callable[[int], Awaitable[Sequence[bytes]]]
"""Gives the consistency proof from an older size (of the same shard) to the checkpoint in hand."""


class Anchor(Protocol):
    """A place outside the database that remembers checkpoints."""

    @property
    def name(self) -> str:
        """What it is, without any secret: `folder`, `s3://bucket/prefix`, `witness.example.org`."""

    @property
    def kind(self) -> str:
        """folder, object_lock, witness or timestamp."""

    @property
    def interval_seconds(self) -> float:
        """How often it takes one; what came since the last could be cut without this anchor seeing it."""

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Return once it is kept there for good. Raises AnchorError; RewoundError when the place remembers more."""

    async def read(self) -> Sequence[bytes]:
        """Every signed checkpoint that it remembers, oldest first; none where it only answers. Raises AnchorError."""
