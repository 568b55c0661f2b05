"""Folders that the database's user can reach."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, because a socket's path is, and passable, because the database runs as its own user."""
    made = Path(tempfile.mkdtemp(prefix="phiward-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)
