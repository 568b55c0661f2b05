"""What is ended before a start, and what is left alone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from phiward.adapters.embedded import orphans
from phiward.adapters.embedded.orphans import end_orphan
from phiward.domain.errors import ConfigurationError

from .processes import alive


def _program(folder: Path, name: str) -> Path:
    """A program that sleeps under another name."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    return Path(shutil.copy(Path(sleep).resolve(), folder / name))


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    """An empty folder in place of a cluster."""
    made = tmp_path / "cluster"
    made.mkdir()
    return made


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        pytest.param("postgres", False, id="the database of another folder"),
        pytest.param("editor", True, id="somebody's program that was started in this folder"),
    ],
)
def test_a_strangers_process_is_left_alone(tmp_path: Path, cluster: Path, name: str, inside: bool) -> None:
    """Although the stale file names its id; the file goes."""
    stranger = subprocess.Popen([_program(tmp_path, name), "60"], cwd=cluster if inside else tmp_path)
    (cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster}\n")
    end_orphan(cluster)
    assert stranger.poll() is None
    assert not (cluster / "postmaster.pid").exists()
    stranger.kill()
    stranger.wait()


@pytest.mark.parametrize("named", [True, False], ids=["named by the file", "a backend whose server died"])
def test_what_runs_on_the_cluster_is_ended(tmp_path: Path, cluster: Path, named: bool) -> None:
    """A backend outlives a killed server and would write beside the next one."""
    orphan = subprocess.Popen([_program(tmp_path, "postgres"), "60"], cwd=cluster)
    (cluster / "postmaster.pid").write_text(f"{orphan.pid if named else 2**22 + 1}\n")
    end_orphan(cluster)
    assert not alive(orphan.pid)
    assert orphan.wait() < 0
    assert not (cluster / "postmaster.pid").exists()


def test_what_does_not_listen_is_killed_and_what_does_not_die_is_reported(
    tmp_path: Path, cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays then: the server's own check for a second server rests on it."""
    orphan = subprocess.Popen([_program(tmp_path, "postgres"), "60"], cwd=cluster)
    (cluster / "postmaster.pid").write_text(f"{orphan.pid}\n")
    with monkeypatch.context() as patched:
        patched.setattr(orphans, "STOP_SECONDS", 0.0)
        patched.setattr(os, "kill", lambda *_: None)
        with pytest.raises(ConfigurationError, match="does not stop"):
            end_orphan(cluster)
    assert (cluster / "postmaster.pid").exists()
    orphan.kill()
    orphan.wait()


@pytest.mark.parametrize("content", [None, "", "x\n", "4194305\n"])
def test_a_file_that_names_nobody_goes(cluster: Path, content: str | None) -> None:
    """No file, an empty or broken one, or the id of a process that ended."""
    if content is not None:
        (cluster / "postmaster.pid").write_text(content)
    end_orphan(cluster)
    assert not (cluster / "postmaster.pid").exists()
