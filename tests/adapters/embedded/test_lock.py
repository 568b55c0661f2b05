"""One holder for one folder, across processes; the kernel frees the lock of a dead one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from phiward.adapters.embedded.lock import FolderLock

from .processes import SOURCES

HOLDER = """
import sys, time
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from phiward.adapters.embedded.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(60)
"""


def test_the_lock_of_another_process_is_refused_until_that_is_killed(tmp_path: Path) -> None:
    """However it ends: here without a chance to clean up."""
    file = tmp_path / "lock"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file), str(SOURCES)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    lock = FolderLock(file)
    assert not lock.acquire()
    assert lock.holder() == process.pid
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert lock.acquire()
    assert lock.holder() == os.getpid()
    lock.release()


def test_a_released_lock_is_free_for_the_next(tmp_path: Path) -> None:
    """And releasing twice does no harm; the file that stays means nothing."""
    one, two = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    assert one.acquire()
    assert not two.acquire()
    one.release()
    one.release()
    assert (tmp_path / "lock").exists()
    assert two.acquire()
    two.release()


def test_a_lock_does_not_pass_to_child_processes(tmp_path: Path) -> None:
    """A database that outlives its supervisor must not keep the folder locked."""
    lock = FolderLock(tmp_path / "lock")
    assert lock.acquire()
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    lock.release()
    assert FolderLock(tmp_path / "lock").acquire()
    child.kill()
    child.wait()


def test_a_file_without_a_process_id_names_no_holder(tmp_path: Path) -> None:
    """For messages only, so nothing is raised."""
    assert FolderLock(tmp_path / "none").holder() is None
    (tmp_path / "lock").write_text("x")
    assert FolderLock(tmp_path / "lock").holder() is None
