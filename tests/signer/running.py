"""A signer in a process of its own, and growths to ask it for."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from phiward.audit.merkle import Frontier, root_hash
from phiward.audit.ports import Growth
from phiward.domain.audit import TreeHead

LOG = "hospital.example/audit"
HASHES = [sha256(bytes([number])).digest() for number in range(60)]
OTHERS = [sha256(bytes([number, 1])).digest() for number in range(60)]
DIES = """
import os, signal
from phiward.audit.signer import Signer
Signer.checkpoint = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""
"""Between memory and answer."""
FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
"""
"""Not a byte can be written to any file."""


def growth(start: int, end: int, hashes: list[bytes] = HASHES) -> Growth:
    """From one size to another of a log without shards."""
    before = Frontier()
    before.extend(hashes[:start])
    return Growth("", TreeHead(start, before.subtrees), tuple(hashes[start:end]))


def root(size: int) -> bytes:
    """Of the first entries."""
    return root_hash(HASHES[:size])


@contextmanager
def short_folder() -> Iterator[Path]:
    """The address of a Unix socket has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="sg"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def command(*words: str, before: str = "") -> list[str]:
    """`phiward signer …`, after some lines of Python."""
    return [sys.executable, "-c", f"{before}\nfrom phiward.cli.signer import app\napp()", *words]


@contextmanager
def running(folder: Path, *more: str, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """Answers at folder/socket with folder/state as its own; killed at the end."""
    words = ["serve", "--socket", str(folder / "socket"), "--state", str(folder / "state"), "--log", LOG, *more]
    process = subprocess.Popen(
        command(*words, before=before),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert process.stdout is not None
    try:
        assert "answers on" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
