"""The root key: 32 random bytes in a 0600 file. Whoever holds it and the key store can read all PHI."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from phiward.domain.errors import VaultError
from phiward.vault.files import create_private_file, read_private_file

ROOT_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class RootKey:
    """The root key in memory. Never prints."""

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raises VaultError for any other length than 32 bytes."""
        if len(self.value) != ROOT_KEY_BYTES:
            raise VaultError("The root key is not 32 bytes long.")

    def __repr__(self) -> str:
        return "RootKey(…)"

    __str__ = __repr__


def create_root_key(path: Path, *, data_dir: Path | None) -> bool:
    """Make a root key unless there is one; returns whether it was made. Never overwrites.

    Raises VaultError when `path` lies inside `data_dir` or its folder cannot be written.
    """
    return create_private_file(path, secrets.token_bytes(ROOT_KEY_BYTES), data_dir)


def load_root_key(path: Path, *, data_dir: Path | None) -> RootKey:
    """Read the root key.

    Raises VaultError when the file is missing, a link, wider than 0600, another user's, inside
    `data_dir`, or not exactly 32 bytes long.
    """
    return RootKey(read_private_file(path, data_dir, ROOT_KEY_BYTES))
