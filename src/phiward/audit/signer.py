"""The key that signs checkpoints: Ed25519 in a 0600 file, apart from every database role."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.merkle import HASH_BYTES, Frontier, leaf_hash
from phiward.audit.note import Verifier, sign
from phiward.audit.ports import Growth
from phiward.audit.shards import origin_of, rank
from phiward.domain.errors import AuditIntegrityError, VaultError
from phiward.vault.files import create_private_file, read_private_file

KEY_BYTES = 32


class Signer:
    """Implements CheckpointSigner with a key in this process. Remembers nothing: audit/guarded.py does.

    Never prints its key.
    """

    remembers = False

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        """`name` is the log's; a shard's origin is the name of the key that signs its checkpoints."""
        self.name = name
        self._private_key = private_key
        self._verifier = Verifier(name, private_key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"Signer({self.name})"

    @property
    def verifier(self) -> Verifier:
        """What a stranger needs."""
        return self._verifier

    async def sign(self, growth: Growth) -> bytes:
        """The signed checkpoint after `growth`. Raises AuditIntegrityError where it is no growth of a tree."""
        after = grown(growth)
        return self.checkpoint(after.size, after.root(), growth.shard)

    async def last(self) -> bytes | None:
        """Nothing is remembered."""
        return None

    def checkpoint(self, size: int, root: bytes, shard: str = "") -> bytes:
        """A signed checkpoint."""
        origin = origin_of(self.name, shard)
        return sign(origin, self._private_key, Checkpoint(origin, size, root).text())


def grown(growth: Growth) -> Frontier:
    """The tree after it. Raises AuditIntegrityError where `growth` does not fit together."""
    after = frontier_before(growth)
    after.extend(growth.hashes)
    return after


def frontier_before(growth: Growth) -> Frontier:
    """The tree that grows, once all of `growth` was looked at. Raises AuditIntegrityError."""
    rank(growth.shard)
    if not growth.hashes or any(len(one) != HASH_BYTES for one in growth.hashes):
        raise AuditIntegrityError("What is to be signed adds nothing, or no hashes.")
    try:
        before = Frontier(growth.before.size, growth.before.frontier)
    except ValueError as error:
        raise AuditIntegrityError("What is to be signed does not grow from a tree.") from error
    opens = growth.first_leaf is not None
    if opens and (before.size or leaf_hash(growth.first_leaf or b"") != growth.hashes[0]):
        raise AuditIntegrityError("The first leaf of a shard is not the one that it opens with.")
    return before


def create_signing_key(path: Path, *, data_dir: Path | None) -> bool:
    """Make a key unless there is one; returns whether it was made. Raises VaultError."""
    raw = Ed25519PrivateKey.generate().private_bytes_raw()
    return create_private_file(path, raw, data_dir)


def load_signer(path: Path, name: str, *, data_dir: Path | None) -> Signer:
    """Read the key. Raises VaultError when the file is missing, exposed or of another length."""
    raw = read_private_file(path, data_dir, KEY_BYTES)
    if len(raw) != KEY_BYTES:
        raise VaultError("The signing key of the audit log has another length.")
    return Signer(name, Ed25519PrivateKey.from_private_bytes(raw))
