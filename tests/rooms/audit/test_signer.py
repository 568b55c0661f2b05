"""The signing key: a private file, made once, never printed."""

from pathlib import Path

import pytest

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.signer import create_signing_key, load_signer
from phiward.domain.errors import VaultError

NAME = "hospital.example/audit"


@pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, content: bytes) -> None:
    """A torn file must not become a weak key."""
    path = tmp_path / "audit-signing.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(VaultError):
        load_signer(path, NAME, data_dir=None)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Whoever reads it can sign."""
    path = tmp_path / "audit-signing.key"
    create_signing_key(path, data_dir=None)
    path.chmod(0o640)
    with pytest.raises(VaultError):
        load_signer(path, NAME, data_dir=None)


def test_a_missing_key_is_not_made_by_reading(tmp_path: Path) -> None:
    """A new key would quietly begin another log."""
    with pytest.raises(VaultError):
        load_signer(tmp_path / "audit-signing.key", NAME, data_dir=None)


def test_a_key_does_not_lie_with_the_data(tmp_path: Path) -> None:
    """A backup of the data must not hold it."""
    with pytest.raises(VaultError):
        create_signing_key(tmp_path / "audit-signing.key", data_dir=tmp_path)


def test_a_key_is_made_once_and_signs_what_its_verifier_opens(tmp_path: Path) -> None:
    """Mode 0600; a second call leaves it alone."""
    path = tmp_path / "audit-signing.key"
    assert create_signing_key(path, data_dir=None)
    content = path.read_bytes()
    assert not create_signing_key(path, data_dir=None)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    signer = load_signer(path, NAME, data_dir=None)
    note = signer.checkpoint(3, b"r" * 32)
    assert parse_checkpoint(signer.verifier.open(note)) == Checkpoint(NAME, 3, b"r" * 32)


def test_a_signer_does_not_print_its_key(tmp_path: Path) -> None:
    """Neither in its own words nor through its fields."""
    path = tmp_path / "audit-signing.key"
    create_signing_key(path, data_dir=None)
    signer = load_signer(path, NAME, data_dir=None)
    assert repr(signer) == f"Signer({NAME})"
    assert path.read_bytes().hex() not in repr(vars(signer))
