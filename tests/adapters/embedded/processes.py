"""Supervisors in processes of their own, so that they can be killed or run as somebody else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

import phiward
from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import EmbeddedPostgres, Running

SOURCES = Path(phiward.__file__).parents[1]
PROGRAM = """
import encodings.ascii, encodings.idna  # the next user may not reach the interpreter's own folder
import os, sys
from pathlib import Path
folder, sources, uid, packages = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
sys.path.insert(0, sources)
from phiward.adapters.embedded.supervisor import EmbeddedPostgres
from phiward.domain.errors import ConfigurationError
if packages:
    sys.path.insert(0, packages)
if uid:
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
supervisor = EmbeddedPostgres(folder / "data", folder / "secrets", ready_seconds=60)
try:
    supervisor.start()
except ConfigurationError as error:
    print("refused:", error, flush=True)
    sys.exit(3)
print("pid", supervisor.pid, os.geteuid(), flush=True)
sys.stdin.read()
supervisor.stop()
"""


def supervisor_of(folder: Path, ready_seconds: float = 60) -> EmbeddedPostgres:
    """A supervisor in this process."""
    return EmbeddedPostgres(folder / "data", folder / "secrets", ready_seconds=ready_seconds)


def spawn(folder: Path, uid: int = 0, packages: str = "") -> tuple[subprocess.Popen[str], str]:
    """A process that starts a supervisor; and the line it says. It ends when its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(SOURCES), str(uid), packages],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


def finish(process: subprocess.Popen[str]) -> int:
    """Let it stop in order; its exit status."""
    process.communicate(timeout=60)
    return process.returncode


@contextmanager
def elsewhere(folder: Path, uid: int = 0, packages: str = "") -> Iterator[str]:
    """As `spawn`, stopped at the end."""
    process, said = spawn(folder, uid, packages)
    try:
        yield said
    finally:
        finish(process)


def ask(supervisor: EmbeddedPostgres, running: Running, query: str) -> object:
    """The first value that the administrator gets."""
    conninfo = running.conninfo(ADMINISTRATOR, supervisor.password)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def alive(pid: int) -> bool:
    """Whether there is such a process, zombies left out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def owner_of(pid: int) -> int:
    """The user it runs as."""
    return os.stat(f"/proc/{pid}").st_uid
