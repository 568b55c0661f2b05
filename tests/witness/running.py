"""A witness in a process of its own, and checkpoints to show it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.checkpoint import Checkpoint, parse_checkpoint
from phiward.audit.merkle import consistency_proof, root_hash
from phiward.audit.note import split_note
from phiward.audit.signer import Signer

SIGNER = Signer("hospital.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer("other.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))
THIEF = Signer("hospital.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))
NAME = "witness.example/w1"
HASHES = [sha256(bytes([number])).digest() for number in range(60)]
OTHERS = [sha256(bytes([number, 1])).digest() for number in range(60)]
DIES = """
import os, signal
from phiward.audit.cosignature import Cosigner
Cosigner.line = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""
"""Between memory and answer."""
FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
"""
"""Not a byte can be written to any file."""


def note_of(size: int, hashes: Sequence[bytes] = HASHES, shard: str = "2026") -> bytes:
    """A signed checkpoint of the first entries."""
    return SIGNER.checkpoint(size, root_hash(hashes[:size]), shard)


def said_by(note: bytes) -> Checkpoint:
    """Its checkpoint."""
    return parse_checkpoint(split_note(note)[0])


def proof(old: int, size: int, hashes: Sequence[bytes] = HASHES) -> list[bytes]:
    """Between two sizes."""
    return consistency_proof(hashes[:size], old)


def command(*words: str, before: str = "") -> list[str]:
    """`phiward witness …`, after some lines of Python."""
    return [sys.executable, "-c", f"{before}\nfrom phiward.cli.witness import app\napp()", *words]


@contextmanager
def running(state: Path, *, before: str = "") -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Its address, and the process; killed at the end. Without any setting in its environment."""
    words = ["serve", "--state", str(state), "--name", NAME, "--log", SIGNER.verifier.text(), "--port", "0"]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PHIWARD_")}
    process = subprocess.Popen(
        command(*words, before=before),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=surroundings | {"HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found[0], process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
