"""One migrated installation for the tests of the commands, and a way to run them as an operator does."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phiward.adapters.embedded.supervisor import EmbeddedPostgres


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Installation:
    """A folder with an embedded database of its own."""

    folder: Path

    def run(self, *words: str, stdin: str = "", **environment: str) -> Ran:
        """Run `phiward` with words."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PHIWARD_")}
        ours = {f"PHIWARD_{n.upper()}_DIR": str(self.folder / n) for n in ("data", "secrets", "anchor")}
        done = subprocess.run(
            [sys.executable, "-m", "phiward", *words],
            env={**kept, **ours, "COLUMNS": "200", **environment},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def json(self, *words: str) -> Any:
        """Run with --json, and hold it to success."""
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran
        return ran.told


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Migrated, with one physician."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-cli-", dir="/tmp"))
    folder.chmod(0o711)
    made = Installation(folder)
    try:
        made.json("migrate")
        with EmbeddedPostgres(folder / "data", folder / "secrets").running(own=True):  # commands attach to it
            made.json("user", "add", "dr.test", "--role", "physician", "--practitioner", "Practitioner/p0001")
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
