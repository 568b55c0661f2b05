"""What a killed supervisor or database leaves behind: running processes, or a stale process-id file."""

import contextlib
import os
import signal
import time
from pathlib import Path

from phiward.domain.errors import ConfigurationError

STOP_SECONDS = 60.0


def end_orphan(cluster: Path) -> None:
    """Stop whatever PostgreSQL still runs on `cluster`; then remove its process-id file.

    Call only while holding the folder's lock: then nobody owns that database. The server's own check
    for a second server rests on that file, so it goes only when no process is left: backends outlive
    a killed server and would write beside the next one. Strangers are left alone: a process counts
    only if it is a `postgres` whose working folder is the cluster, whatever the file says.
    Raises ConfigurationError when something cannot be stopped.
    """
    file = cluster / "postmaster.pid"
    server = _recorded(file)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        found = _running_on(cluster)
        # Fast shutdown is a word for the server alone; without a server there is nothing to shut down.
        targets = [server] if server in found else found
        if number == signal.SIGINT and server not in found:
            continue
        for pid in targets:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if _gone(cluster):
            file.unlink(missing_ok=True)
            return
    raise ConfigurationError("A database left behind by a killed process does not stop.")


def _recorded(file: Path) -> int:
    """The process id in the file; 0 where there is none."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0


def _gone(cluster: Path) -> bool:
    limit = time.monotonic() + STOP_SECONDS
    while _running_on(cluster):
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def _running_on(cluster: Path) -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _runs_on(one, cluster)]


def _runs_on(process: Path, cluster: Path) -> bool:
    try:
        program = (process / "exe").readlink().name.removesuffix(" (deleted)")
        return program == "postgres" and (process / "cwd").readlink() == cluster
    except OSError:  # it has ended, is a zombie, or is another user's
        return False
