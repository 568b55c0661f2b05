"""The witness's folder: a key is worth nothing without its memory."""

from pathlib import Path

import pytest

from phiward.domain.errors import ConfigurationError, StorageError, VaultError
from phiward.witness.folder import KEY_FILE, open_folder
from phiward.witness.store import FILE

NAME = "witness.example/w1"


def test_a_key_without_its_memory_is_refused(tmp_path: Path) -> None:
    """It would cosign a second history."""
    open_folder(tmp_path, NAME)[1].close()
    (tmp_path / FILE).unlink()
    with pytest.raises(VaultError, match="no memory"):
        open_folder(tmp_path, NAME)
    assert not (tmp_path / FILE).exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Whoever reads it can cosign."""
    open_folder(tmp_path, NAME)[1].close()
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(VaultError):
        open_folder(tmp_path, NAME)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    """A torn file must not become a weak key."""
    open_folder(tmp_path, NAME)[1].close()
    (tmp_path / KEY_FILE).write_bytes(b"k" * length)
    with pytest.raises(VaultError):
        open_folder(tmp_path, NAME)


def test_a_name_that_could_not_be_read_back_is_refused(tmp_path: Path) -> None:
    """It names the option."""
    with pytest.raises(ConfigurationError, match="--name"):
        open_folder(tmp_path, "two words")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """Here a file stands in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        open_folder(tmp_path / "file" / "state", NAME)


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    """Also when a start died between memory and key."""
    first, store = open_folder(tmp_path, NAME)
    store.close()
    again, store = open_folder(tmp_path, NAME)
    store.close()
    assert first.key == again.key
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / KEY_FILE).unlink()
    open_folder(tmp_path, NAME)[1].close()
