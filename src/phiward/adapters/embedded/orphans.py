"""What a killed supervisor or database leaves behind: a running orphan, or a stale process-id file."""

import contextlib
import os
import signal
import time
from pathlib import Path

from phiward.domain.errors import ConfigurationError

STOP_SECONDS = 60.0


def end_orphan(cluster: Path) -> None:
    """Stop a database that still runs on `cluster`; remove a process-id file that names another process.

    Call only while holding the folder's lock: then nobody owns that database. A process id may have
    been given to a stranger since, so a process counts only if its working folder is the cluster.
    Raises ConfigurationError when it cannot be stopped.
    """
    file = cluster / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if not _runs_on(pid, cluster):
        file.unlink(missing_ok=True)
        return
    for number in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        limit = time.monotonic() + STOP_SECONDS
        while time.monotonic() < limit:
            if not _runs_on(pid, cluster):
                return
            time.sleep(0.02)
    raise ConfigurationError("A database left behind by a killed process does not stop.")


def _runs_on(pid: int, cluster: Path) -> bool:
    try:
        working = Path(f"/proc/{pid}/cwd").readlink()
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return working == cluster and state != "Z"
