"""Files that hold keys."""

import os
import stat
from pathlib import Path

import pytest

from phiward.domain.errors import VaultError
from phiward.vault import files
from phiward.vault.files import create_private_file, read_private_file, refuse_exposed_file


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700, 0o644, 0o4600])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    """Anything wider than 0600."""
    path = tmp_path / "key"
    create_private_file(path, b"key", None)
    path.chmod(mode)
    with pytest.raises(VaultError, match="0600"):
        read_private_file(path, None, 10)
    with pytest.raises(VaultError, match="0600"):
        refuse_exposed_file(path, None)


def test_another_users_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns a file can change it."""
    path = tmp_path / "key"
    create_private_file(path, b"key", None)
    monkeypatch.setattr(files.os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(VaultError, match="another user"):
        read_private_file(path, None, 10)


def test_a_link_is_refused(tmp_path: Path) -> None:
    """A link may lead to a file that somebody else swaps."""
    create_private_file(tmp_path / "key", b"key", None)
    (tmp_path / "link").symlink_to(tmp_path / "key")
    with pytest.raises(VaultError):
        read_private_file(tmp_path / "link", None, 10)
    with pytest.raises(VaultError, match="plain"):
        refuse_exposed_file(tmp_path / "link", None)
    assert not create_private_file(tmp_path / "link", b"other", None)


@pytest.mark.parametrize("place", ["data/key", "data/deep/key", "data/../data/key", "elsewhere/key"])
def test_a_file_inside_the_data_folder_is_refused(tmp_path: Path, place: str) -> None:
    """Also by a detour through `..` or a linked folder."""
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere").symlink_to(tmp_path / "data")
    with pytest.raises(VaultError, match="data folder"):
        create_private_file(tmp_path / place, b"key", tmp_path / "data")
    with pytest.raises(VaultError, match="data folder"):
        read_private_file(tmp_path / place, tmp_path / "data", 10)


def test_a_folder_that_is_missing_is_said_without_its_name(tmp_path: Path) -> None:
    """Errors do not repeat input."""
    with pytest.raises(VaultError) as error:
        create_private_file(tmp_path / "nowhere" / "key", b"key", None)
    assert "nowhere" not in str(error.value)
    with pytest.raises(VaultError, match="missing"):
        refuse_exposed_file(tmp_path / "nowhere", None)


def test_a_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """O_EXCL: the second creator finds the first one's file, whatever the umask."""
    path = tmp_path / "key"
    before = os.umask(0)
    try:
        assert create_private_file(path, b"first", tmp_path / "data")
    finally:
        os.umask(before)
    assert not create_private_file(path, b"second", tmp_path / "data")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_private_file(path, tmp_path / "data", 10) == b"first"


def test_a_long_file_is_read_one_byte_too_far_and_no_more(tmp_path: Path) -> None:
    """Enough to see that it is too long."""
    create_private_file(tmp_path / "key", bytes(100), None)
    assert len(read_private_file(tmp_path / "key", None, 10)) == 11


def test_a_key_file_that_could_not_be_finished_is_not_there_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between making and writing must not leave an empty key."""

    def fails(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr("phiward.vault.files.os.link", fails)
    with pytest.raises(VaultError):
        create_private_file(tmp_path / "root.key", b"x" * 32, None)
    assert list(tmp_path.iterdir()) == []
