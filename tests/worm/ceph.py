"""A real S3 store with Object Lock on loopback: Ceph's gateway over one monitor and one store in memory.

Everything lies in one folder and listens on 127.0.0.1; nothing of a Ceph that this machine may have is read. No manager
daemon runs: nothing here needs it. The programs are Debian's; Ceph is LGPL, run and not linked.
"""

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph")
PACKAGES = ("ceph-mon", "ceph-osd", "radosgw", "ceph-common")
ACCESS_KEY, SECRET_KEY = "PHIWARDTEST", "a-throw-away-key-of-the-tests"
LONGEST_START = 180.0
CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v1:127.0.0.1:{port}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
run dir = {folder}/run
admin socket = {folder}/run/$name.asok
log file = {folder}/log/$name.log
mon data = {folder}/mon
osd data = {folder}/osd
keyring = {folder}/keyring
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush update on start = false
osd class update on start = false
mon allow pool size one = true
mon max pg per osd = 1000
rgw data = {folder}/rgw
"""


class CephFailedError(Exception):
    """A part did not start; the message names it and its log."""


def missing() -> list[str]:
    """The programs that this machine lacks."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a gateway with one user, up to a minute after; ended, each part by its id, at the end.

    Raises CephFailedError.
    """
    for name in ("run", "log", "mon", "osd", "rgw"):
        (folder / name).mkdir()
    (folder / "keyring").touch()
    fsid, (mon, web) = str(uuid.uuid4()), _free_ports()
    config = folder / "ceph.conf"
    config.write_text(CONFIGURATION.format(folder=folder, fsid=fsid, port=mon), encoding="ascii")
    cluster = _Cluster(folder, config)
    try:
        cluster.do("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v1:127.0.0.1:{mon}]", f"{folder}/map")
        cluster.do("ceph-mon", "--mkfs", "-i", "a", "--monmap", f"{folder}/map")
        cluster.start("ceph-mon", "-i", "a", "-f")
        identity = str(uuid.uuid4())
        cluster.do("ceph", "--connect-timeout", "60", "osd", "new", identity)
        # By our own hand: a store that does it at its start may ask before it knows the monitor, and dies of it.
        cluster.do("ceph", "osd", "crush", "add", "osd.0", "1.0", "host=here", "root=default")
        cluster.do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", identity)
        cluster.start("ceph-osd", "-i", "0", "-f")
        user = ("--uid", "phiward", "--display-name", "phiward", "--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY)
        cluster.do("radosgw-admin", "user", "create", *user)
        cluster.start("radosgw", "-n", "client.rgw", "-f", f"--rgw-frontends=beast endpoint=127.0.0.1:{web}")
        address = f"http://127.0.0.1:{web}"
        cluster.wait_for(address)
        yield address
    finally:
        cluster.stop()


class _Cluster:
    def __init__(self, folder: Path, config: Path) -> None:
        self._folder, self._config = folder, config
        self._running: list[subprocess.Popen[bytes]] = []

    def do(self, program: str, *words: str) -> None:
        """One command to its end."""
        place = () if program == "monmaptool" else ("-c", str(self._config))
        command = [program, *place, *words]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + LONGEST_START
        while True:
            try:
                said = process.communicate(timeout=1)[1]
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > until or self.fallen():
                    process.kill()
                    process.communicate()
                    raise CephFailedError(f"{program} does not end; see {self._folder / 'log'}") from None
        if process.returncode:
            raise CephFailedError(f"{program}: {said[-2000:]}")

    def fallen(self) -> bool:
        """Whether a daemon ended by itself."""
        return any(process.poll() is not None for process in self._running)

    def start(self, program: str, *words: str) -> None:
        """A daemon in the foreground of its own."""
        with (self._folder / "log" / f"{program}.out").open("wb") as out:
            process = subprocess.Popen([program, "-c", str(self._config), *words], stdout=out, stderr=out)
        self._running.append(process)

    def wait_for(self, address: str) -> None:
        """Until the gateway answers."""
        until = time.monotonic() + LONGEST_START
        while time.monotonic() < until:
            if self.fallen():
                break
            try:
                urllib.request.urlopen(address, timeout=5).close()
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.3)
            else:
                return
        raise CephFailedError(f"the gateway does not answer; see {self._folder / 'log'}")

    def stop(self) -> None:
        """The gateway first, the monitor last."""
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_ports() -> tuple[int, int]:
    """Two ports that were free a moment ago."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
