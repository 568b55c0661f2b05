"""`phiward signer`."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from phiward.audit.note import Verifier
from phiward.audit.signer import create_signing_key, load_signer
from phiward.signer.memory import MEMORY_FILE
from tests.signer.running import LOG, command, root, running, short_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """Empty."""
    with short_folder() as made:
        yield made


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    """Run to its end."""
    return subprocess.run(command(*words), capture_output=True, text=True, check=False)


def test_a_second_signer_with_the_same_folder_does_not_start(folder: Path) -> None:
    """Each would remember for itself."""
    with running(folder):
        other = ("serve", "--socket", str(folder / "other"), "--state", str(folder / "state"), "--log", LOG)
        done = typed(*other)
    assert done.returncode == 2
    assert "Another signer runs with this folder" in done.stderr


def test_a_signer_whose_memory_is_gone_does_not_start(folder: Path) -> None:
    """It would sign a second history."""
    state = str(folder / "state")
    assert typed("key", "--state", state).returncode == 0
    (folder / "state" / MEMORY_FILE).unlink()
    done = typed("serve", "--socket", str(folder / "socket"), "--state", state)
    assert done.returncode == 2
    assert not (folder / "socket").exists()


def test_a_moved_key_goes_on_from_the_checkpoint_that_it_signed_last(folder: Path) -> None:
    """`adopt`, once; a checkpoint of another key, or a file that is none, is refused before."""
    state, note = folder / "state", folder / "note"
    state.mkdir(0o700)
    words = ("adopt", str(note), "--state", str(state), "--log", LOG, "--json")
    create_signing_key(state / "signing.key", data_dir=None)
    assert typed(*words).returncode == 2
    note.write_bytes(b"hello")
    assert typed(*words).returncode == 2
    assert not (state / MEMORY_FILE).exists()
    note.write_bytes(load_signer(state / "signing.key", LOG, data_dir=None).checkpoint(5, root(5), "2026"))
    done = typed(*words)
    assert json.loads(done.stdout) == {"origin": f"{LOG}/2026", "size": 5, "root": root(5).hex()}
    assert typed(*words).returncode == 2


def test_the_key_is_made_once_and_printed_for_others(folder: Path) -> None:
    """Also while the signer runs."""
    words = ("key", "--state", str(folder / "state"), "--log", LOG, "--json")
    first = json.loads(typed(*words).stdout)["verifier_key"]
    assert Verifier.parse(first).name == LOG
    with running(folder):
        assert json.loads(typed(*words).stdout)["verifier_key"] == first


def test_a_signer_that_is_asked_to_end_removes_its_socket(folder: Path) -> None:
    """With exit code 0."""
    with running(folder) as process:
        assert (folder / "socket").is_socket()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not (folder / "socket").exists()
