"""The signer's folder: its key, what it signed last, and a lock, so that nobody else signs with the same memory.

The memory is made before the key. So a key without a memory means that the memory was lost, and nothing is signed
until somebody says from which checkpoint to go on (`phiward signer adopt`).
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import orjson

from phiward.audit.guarded import RefusedToSignError, Signed, Why, opened
from phiward.audit.shards import rank
from phiward.audit.signer import Signer, create_signing_key, load_signer
from phiward.domain.errors import AuditIntegrityError, SignerUnavailableError, VaultError
from phiward.vault.files import create_private_file, read_private_file, replace_private_file

KEY_FILE, MEMORY_FILE, LOCK_FILE = "signing.key", "signed.json", "lock"
_MAX_BYTES = 4096


class FileMemory:
    """Implements audit.guarded.Memory: one small file (0600), replaced as a whole."""

    def __init__(self, folder: Path, log: str) -> None:
        """Reads it. Raises VaultError when it is missing, exposed, or another log's."""
        self._file, self._log = folder / MEMORY_FILE, log
        raw = read_private_file(self._file, None, _MAX_BYTES)
        try:
            value = orjson.loads(raw)
            known, head = value["log"], value["head"]
            self._last = None if head is None else _head(head)
        except (ValueError, TypeError, KeyError, AuditIntegrityError) as error:
            raise VaultError("What the signer signed last cannot be read.") from error
        if known != log:
            raise VaultError("What the signer signed last is of another log.")

    def last(self) -> Signed | None:
        """What was kept last."""
        return self._last

    def keep(self, head: Signed) -> None:
        """On disk, file and folder, when this returns. Raises SignerUnavailableError."""
        try:
            replace_private_file(self._file, _content(self._log, head))
        except (VaultError, OSError) as error:
            raise SignerUnavailableError("The signer cannot keep what it would sign.") from error
        self._last = head


def _head(value: dict[str, object]) -> Signed:
    shard, size, root = value["shard"], value["size"], bytes.fromhex(str(value["root"]))
    if not isinstance(shard, str) or type(size) is not int or size < 0 or len(root) != 32:
        raise TypeError
    rank(shard)
    return Signed(shard, size, root)


def _content(log: str, head: Signed | None) -> bytes:
    said = None if head is None else {"shard": head.shard, "size": head.size, "root": head.root.hex()}
    return orjson.dumps({"log": log, "head": said}) + b"\n"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Inside, the folder is this process's alone; it is made where it is missing. Raises VaultError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(folder / LOCK_FILE, flags, 0o600)
    except OSError as error:
        raise VaultError("The signer's folder cannot be made or written.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise VaultError("Another signer runs with this folder.") from error
    try:
        yield
    finally:
        os.close(descriptor)


def first_start(folder: Path, log: str) -> None:
    """Make memory and key, unless there is a key. Inside `locked`. Raises VaultError."""
    if not (folder / KEY_FILE).exists():
        create_private_file(folder / MEMORY_FILE, _content(log, None), None)
        create_signing_key(folder / KEY_FILE, data_dir=None)


def adopt(folder: Path, log: str, note: bytes) -> Signed:
    """Begin from a checkpoint that this folder's key signed before it had a memory. Inside `locked`.

    Raises AuditIntegrityError for a note of another key, RefusedToSignError where something is remembered, VaultError,
    SignerUnavailableError.
    """
    head = opened(note, key_of(folder, log).verifier)
    if not create_private_file(folder / MEMORY_FILE, _content(log, head), None):
        memory = FileMemory(folder, log)
        if memory.last() is not None:
            raise RefusedToSignError(Why.REMEMBERS)
        memory.keep(head)
    return head


def key_of(folder: Path, log: str) -> Signer:
    """The key. Raises VaultError."""
    return load_signer(folder / KEY_FILE, log, data_dir=None)
