"""Which user PostgreSQL runs as, and what that user can reach."""

import os
import pwd
import shutil
import stat
from pathlib import Path

import pytest

from phiward.adapters.embedded import account as module
from phiward.adapters.embedded.account import Account, account
from phiward.adapters.embedded.binaries import WHEEL, installation
from phiward.domain.errors import ConfigurationError

from .processes import elsewhere, owner_of, supervisor_of

NOBODY = pwd.getpwnam("nobody").pw_uid


def test_root_uses_the_system_user_and_others_themselves() -> None:
    """PostgreSQL refuses to run as root."""
    found = account()
    assert found.uid != 0
    if os.geteuid() == 0:
        assert (found.uid, found.switches) == (pwd.getpwnam(module.NAME).pw_uid, True)
    else:
        assert found == Account(os.geteuid(), os.getegid(), switches=False)


def test_an_ordinary_user_does_not_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor look for another user."""
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    found = account()
    assert (found.uid, found.switches, found.process_arguments()) == (4711, False, {})


def test_a_system_user_that_cannot_be_made_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do about it."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(module, "NAME", "no-such-user")
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/false")
    with pytest.raises(ConfigurationError, match="no-such-user"):
        account()


def test_a_closed_folder_above_is_the_obstacle(folder: Path) -> None:
    """The first that the user cannot pass, by owner, group or others as the kernel takes them."""
    inner = folder / "closed" / "inner"
    inner.mkdir(parents=True)
    stranger = Account(NOBODY, NOBODY, switches=True)
    owner = Account(os.geteuid(), os.getegid(), switches=False)
    for mode, expected in ((0o700, folder / "closed"), (0o755, None), (0o711, None), (0o744, folder / "closed")):
        (folder / "closed").chmod(mode)
        assert stranger.obstacle(inner) == expected
        assert stranger.reaches(inner) == (expected is None)
        assert owner.obstacle(inner) is None
    (folder / "closed").chmod(0o701)
    assert Account(NOBODY, os.getegid(), switches=True).obstacle(inner) == folder / "closed"
    (folder / "closed").chmod(0o755)


def test_an_unreachable_data_folder_is_named(folder: Path) -> None:
    """Where the database runs as a user of its own, a 0700 folder above stops it."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    if os.geteuid() == 0:
        with pytest.raises(ConfigurationError, match=str(closed)):
            supervisor_of(closed).start()
    else:
        with supervisor_of(closed).running(own=True) as running:
            assert running.owned


def test_a_file_is_given_to_the_user(folder: Path) -> None:
    """With the mode asked for."""
    file = folder / "file"
    file.touch()
    account().own(file, 0o640)
    assert (file.stat().st_uid, stat.S_IMODE(file.stat().st_mode)) == (account().uid, 0o640)


def test_an_ordinary_user_runs_a_database(folder: Path) -> None:
    """As root, `nobody` does it in a process of her own; anybody else does it as herself."""
    uid, packages = (NOBODY, "") if os.geteuid() == 0 else (0, "")
    os.chown(folder, uid or -1, -1)
    if uid and not Account(uid, uid, switches=True).reaches(installation() / "bin" / "postgres"):
        packages = str(folder / "packages")
        shutil.copytree(installation().parent, Path(packages) / WHEEL)
        Path(packages).chmod(0o755)
        (Path(packages) / WHEEL).chmod(0o755)
    with elsewhere(folder, uid, packages) as said:
        word, pid, user = said.split()
        assert (word, int(user)) == ("pid", uid or os.geteuid())
        assert owner_of(int(pid)) == int(user)
        assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
