"""The root key."""

from pathlib import Path

import pytest

from phiward.domain.errors import VaultError
from phiward.vault.root import RootKey, create_root_key, load_root_key


@pytest.mark.parametrize("length", [0, 31, 33, 4096])
def test_a_key_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    """A cut or grown file is a damaged one."""
    path = tmp_path / "root.key"
    path.touch(0o600)
    path.write_bytes(bytes(length))
    with pytest.raises(VaultError, match="32 bytes"):
        load_root_key(path, data_dir=None)


def test_a_root_key_is_never_overwritten(tmp_path: Path) -> None:
    """All data would be lost."""
    path = tmp_path / "root.key"
    assert create_root_key(path, data_dir=tmp_path / "data")
    first = load_root_key(path, data_dir=tmp_path / "data")
    assert not create_root_key(path, data_dir=tmp_path / "data")
    assert load_root_key(path, data_dir=tmp_path / "data") == first


def test_two_root_keys_differ(tmp_path: Path) -> None:
    """They are random."""
    for name in ("one", "two"):
        create_root_key(tmp_path / name, data_dir=None)
    assert load_root_key(tmp_path / "one", data_dir=None) != load_root_key(tmp_path / "two", data_dir=None)


def test_a_root_key_does_not_print() -> None:
    """Neither by repr, nor by str, nor in a format."""
    key = RootKey(b"abcdefghijklmnopqrstuvwxyz012345")
    assert "abc" not in f"{key} {key!r} {key!s}"
