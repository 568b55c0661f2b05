"""Files that hold keys: for their owner alone, and never where the data lies.

A backup or a point-in-time restore of the data must not bring a destroyed key back, so nothing of
this room may lie inside the data folder. Source: 74 FR 19006 (key kept apart from the data).
"""

import os
import secrets
import stat
from pathlib import Path

from phiward.domain.errors import VaultError

PRIVATE_MODE = 0o600


def create_private_file(path: Path, content: bytes, data_dir: Path | None) -> bool:
    """Create `path` with mode 0600 and `content`, on disk before this returns.

    Returns False when the file exists already; it is then left alone. Raises VaultError when the
    place is inside `data_dir` or cannot be written.
    """
    _refuse_data_folder(path, data_dir)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(partial, content)
        os.link(partial, path)  # whole or not at all, and never over another
    except FileExistsError:
        return False
    except OSError as error:
        raise VaultError("A key file cannot be created; check the folder and its permissions.") from error
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def replace_private_file(path: Path, content: bytes) -> None:
    """Put `content` in the place of a file of ours, whole or not at all. Raises VaultError."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(partial, content)
        partial.replace(path)
    except OSError as error:
        raise VaultError("A key file cannot be replaced; check the folder and its permissions.") from error
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _write(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, PRIVATE_MODE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_private_file(path: Path, data_dir: Path | None, max_bytes: int) -> bytes:
    """At most `max_bytes` + 1 bytes of a file that passes `refuse_exposed_file`.

    The checks and the read use one open descriptor, so nobody can swap the file in between.
    """
    _refuse_data_folder(path, data_dir)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise VaultError("A key file is missing or cannot be read.") from error
    with os.fdopen(handle, "rb") as file:
        _refuse_exposed(os.fstat(handle))
        return file.read(max_bytes + 1)


def refuse_exposed_file(path: Path, data_dir: Path | None) -> None:
    """Raise VaultError unless `path` is a plain file of ours, mode 0600 or less, outside `data_dir`."""
    _refuse_data_folder(path, data_dir)
    try:
        found = os.lstat(path)
    except OSError as error:
        raise VaultError("A key file is missing or cannot be read.") from error
    _refuse_exposed(found)


def _refuse_exposed(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise VaultError("A key file is not a plain file.")
    if found.st_uid != os.geteuid():
        raise VaultError("A key file belongs to another user.")
    if stat.S_IMODE(found.st_mode) & ~PRIVATE_MODE:
        raise VaultError("A key file is open to others; set its mode to 0600.")


def _refuse_data_folder(path: Path, data_dir: Path | None) -> None:
    if data_dir is not None and path.resolve().is_relative_to(data_dir.resolve()):
        raise VaultError("A key file lies inside the data folder; keys must stand apart.")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
