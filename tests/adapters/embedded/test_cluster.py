"""Making a cluster whole or not at all, and a password that nobody else reads."""

import stat
import threading
from pathlib import Path

import pytest

from phiward.adapters.embedded.account import account
from phiward.adapters.embedded.binaries import reachable_installation
from phiward.adapters.embedded.cluster import make_cluster, read_or_make_password
from phiward.domain.errors import ConfigurationError

from .processes import ask, supervisor_of


def test_a_failed_initdb_leaves_no_cluster_and_no_password(folder: Path) -> None:
    """And its message holds neither the command nor the password."""
    broken = folder / "bin"
    broken.mkdir()
    (broken / "initdb").write_text("#!/bin/sh\nexit 1\n")
    (broken / "initdb").chmod(0o755)
    for binaries in (broken, folder / "nowhere"):
        with pytest.raises(ConfigurationError) as caught:
            make_cluster(binaries, folder / "postgres", "invented-secret", account())
        assert "invented-secret" not in str(caught.value)
        assert not (folder / "postgres").exists()
        assert sorted(one.name for one in folder.iterdir()) == ["bin", "postgres.partial"]


def test_an_interrupted_initdb_is_made_anew(folder: Path) -> None:
    """Half a cluster is never started."""
    partial = folder / "data" / "postgres.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("half\n")
    supervisor = supervisor_of(folder)
    with supervisor.running(own=True) as running:
        assert ask(supervisor, running, "SELECT 1") == 1
    assert not partial.exists()


def test_the_password_is_on_no_command_line(folder: Path) -> None:
    """Watched from before initdb until the database answers."""
    supervisor = supervisor_of(folder)
    password = supervisor.password.encode()
    ended, seen = threading.Event(), set[bytes]()

    def watch() -> None:
        while not ended.is_set():
            for one in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        seen.add((one / name).read_bytes())
                    except OSError:
                        continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    with supervisor.running(own=True):
        ended.set()
        watcher.join()
    assert any(b"initdb" in line and b"--pwfile" in line for line in seen)
    assert not any(password in line for line in seen)


def test_the_password_is_made_once_in_a_file_of_its_own(tmp_path: Path) -> None:
    """0600 in a 0700 folder, long enough never to be guessed, and read back afterwards."""
    path = tmp_path / "secrets" / "password"
    made = read_or_make_password(path)
    assert len(made) >= 40
    assert read_or_make_password(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert read_or_make_password(tmp_path / "other") != made


def test_a_cluster_is_made_with_the_wheels_binaries(folder: Path) -> None:
    """Beside its place first, then renamed; the file with the password is gone."""
    binaries = reachable_installation(folder, account()) / "bin"
    make_cluster(binaries, folder / "postgres", "invented-secret", account())
    assert (folder / "postgres" / "PG_VERSION").read_text().strip() == "18"
    assert not (folder / "postgres.partial").exists()
    assert [one.name for one in folder.iterdir() if one.is_file()] == []
