"""The signer's folder: one process at a time, and a key is worth nothing without its memory."""

from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.guarded import RefusedToSignError, Signed
from phiward.audit.signer import Signer
from phiward.domain.errors import AuditIntegrityError, SignerUnavailableError, VaultError
from phiward.signer.memory import KEY_FILE, MEMORY_FILE, FileMemory, adopt, first_start, key_of, locked

LOG = "hospital.example/audit"
HEAD = Signed("2026", 9, b"r" * 32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """After a first start."""
    with locked(tmp_path / "state"):
        first_start(tmp_path / "state", LOG)
    return tmp_path / "state"


GOOD = {"shard": "2026", "size": 9, "root": "00" * 32}
BROKEN = [
    ("nothing", b""),
    ("no JSON", b"{"),
    ("no object", b"[]"),
    ("no head", orjson.dumps({"log": LOG})),
    ("another log", orjson.dumps({"log": "other.example/log", "head": None})),
    ("no root", orjson.dumps({"log": LOG, "head": {**GOOD, "root": ""}})),
    ("a root that is none", orjson.dumps({"log": LOG, "head": {**GOOD, "root": "x"}})),
    ("a size that is none", orjson.dumps({"log": LOG, "head": {**GOOD, "size": "9"}})),
    ("a size below zero", orjson.dumps({"log": LOG, "head": {**GOOD, "size": -1}})),
    ("a shard that is none", orjson.dumps({"log": LOG, "head": {**GOOD, "shard": "next"}})),
    ("a shard that is no text", orjson.dumps({"log": LOG, "head": {**GOOD, "shard": 2026}})),
]


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in BROKEN])
def test_a_memory_that_cannot_be_read_signs_nothing(folder: Path, content: bytes) -> None:
    """It is not taken for an empty one."""
    (folder / MEMORY_FILE).write_bytes(content)
    with pytest.raises(VaultError):
        FileMemory(folder, LOG)


def test_a_key_without_its_memory_signs_nothing(folder: Path) -> None:
    """Also not at the next start: only `adopt` makes a memory beside a key."""
    (folder / MEMORY_FILE).unlink()
    first_start(folder, LOG)
    with pytest.raises(VaultError):
        FileMemory(folder, LOG)


@pytest.mark.parametrize("lost", [True, False], ids=["no memory", "an empty one"])
def test_a_checkpoint_of_the_folders_key_is_adopted_once(folder: Path, lost: bool) -> None:
    """One of another key changes nothing, and makes no memory that would look like a first start's."""
    if lost:
        (folder / MEMORY_FILE).unlink()
    with pytest.raises(AuditIntegrityError):
        adopt(folder, LOG, Signer(LOG, Ed25519PrivateKey.generate()).checkpoint(9, b"r" * 32, "2026"))
    assert (folder / MEMORY_FILE).exists() is not lost
    note = key_of(folder, LOG).checkpoint(9, b"r" * 32, "2026")
    assert adopt(folder, LOG, note) == HEAD
    assert FileMemory(folder, LOG).last() == HEAD
    with pytest.raises(RefusedToSignError):
        adopt(folder, LOG, note)


def test_a_start_that_died_between_memory_and_key_begins_again(tmp_path: Path) -> None:
    """Nothing was signed without a key."""
    first_start(tmp_path, LOG)
    (tmp_path / KEY_FILE).unlink()
    first_start(tmp_path, LOG)
    assert FileMemory(tmp_path, LOG).last() is None
    assert key_of(tmp_path, LOG).name == LOG


def test_a_memory_that_others_can_write_is_refused(folder: Path) -> None:
    """Whoever writes it could let the log be rewound."""
    (folder / MEMORY_FILE).chmod(0o666)
    with pytest.raises(VaultError):
        FileMemory(folder, LOG)


def test_a_memory_that_cannot_be_written_keeps_the_old_head(folder: Path) -> None:
    """Here the folder is gone."""
    memory = FileMemory(folder, LOG)
    memory.keep(HEAD)
    folder.rename(folder.with_name("moved"))
    with pytest.raises(SignerUnavailableError):
        memory.keep(Signed("2026", 10, b"s" * 32))
    assert memory.last() == HEAD


def test_two_processes_do_not_share_a_folder(folder: Path) -> None:
    """Each would sign after its own memory."""
    with locked(folder), pytest.raises(VaultError, match="Another"), locked(folder):
        pass
    with locked(folder):
        pass


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """Here a file stands in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(VaultError), locked(tmp_path / "file" / "state"):
        pass


def test_what_was_kept_is_read_again_and_is_its_owners_alone(folder: Path) -> None:
    """By another process; a second start changes neither memory nor key."""
    FileMemory(folder, LOG).keep(HEAD)
    key = (folder / KEY_FILE).read_bytes()
    first_start(folder, LOG)
    assert FileMemory(folder, LOG).last() == HEAD
    assert (folder / KEY_FILE).read_bytes() == key
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
