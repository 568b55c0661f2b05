"""Starts, watches and stops one PostgreSQL over one data folder.

In order: lock the folder → end an orphan of a killed supervisor → make the cluster if there is none →
start → wait until it answers, however long crash recovery takes → make the database if there is none.
No TCP; a unix socket in a 0700 folder; scram. Statements and parameters stay out of its log.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from phiward.adapters.embedded.account import Account, account
from phiward.adapters.embedded.binaries import reachable_installation
from phiward.adapters.embedded.cluster import ADMINISTRATOR, make_cluster, read_or_make_password
from phiward.adapters.embedded.lock import FolderLock
from phiward.adapters.embedded.orphans import end_orphan
from phiward.domain.errors import ConfigurationError

DATABASE = "phiward"
SOCKET_NAME = ".s.PGSQL.5432"
MAX_SOCKET_PATH = 100
"""Bytes; the kernel allows 107."""
MAX_LOG_BYTES = 16 * 1024 * 1024
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
}

Say = Callable[[str], None]


class FolderTakenError(ConfigurationError):
    """Another process runs the database of the data folder."""


@dataclass(frozen=True, slots=True)
class Running:
    """A database that answers. `owned`: this process started it and stops it."""

    socket_dir: Path
    owned: bool

    def conninfo(self, user: str, password: str, database: str = DATABASE) -> str:
        """A libpq connection string."""
        return make_conninfo(host=str(self.socket_dir), user=user, password=password, dbname=database)


class EmbeddedPostgres:
    """The supervisor of one data folder."""

    def __init__(
        self, data_dir: Path, secrets_dir: Path, *, ready_seconds: float = 300.0, say: Say = lambda _: None
    ) -> None:
        """`ready_seconds`: longest wait for crash recovery; `say` is told about waits that are long."""
        self._data_dir, self._secrets_dir = data_dir.absolute(), secrets_dir.absolute()
        self._ready_seconds, self._say = ready_seconds, say
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: FolderLock | None = None
        self._temporary: Path | None = None
        self._log = self._data_dir / "postgres.log"

    @property
    def password(self) -> str:
        """The administrator's password."""
        return read_or_make_password(self._secrets_dir / "postgres-admin.password")

    @contextlib.contextmanager
    def running(self, *, own: bool) -> Iterator[Running]:
        """A running database; with `own`, only if no other process has it. Stops what it started."""
        found = self.start() if own else self.attach_or_start()
        try:
            yield found
        finally:
            self.stop()

    def start(self) -> Running:
        """Start and own. Raises FolderTakenError when another process owns the folder, else ConfigurationError."""
        user = account()
        self._prepare_folder(user)
        lock = FolderLock(self._data_dir / "supervisor.lock")
        if not lock.acquire():
            raise FolderTakenError(
                f"Another phiward process ({lock.holder() or 'unknown'}) runs the database of this data folder."
            )
        self._lock = lock
        try:
            return self._start(user)
        except BaseException:
            self.stop()
            raise

    def attach_or_start(self) -> Running:
        """Use the database that another process runs, or start and own it."""
        try:
            return self.start()
        except FolderTakenError:
            if not (self._data_dir / "socket").is_file():
                raise
        running = Running(Path((self._data_dir / "socket").read_text()), owned=False)
        self._wait_until_ready(running)
        return running

    def stop(self) -> None:
        """Stop what was started: fast, then immediate. Frees the folder. Does nothing if attached."""
        if self._process is not None:
            for number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 20), (signal.SIGKILL, 10)):
                if self._process.poll() is None:
                    self._process.send_signal(number)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._process.wait(seconds)
            self._process = None
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def pid(self) -> int | None:
        """Process id of the database that this process started."""
        return self._process.pid if self._process else None

    def _prepare_folder(self, user: Account) -> None:
        self._data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._data_dir.chmod(0o711 if user.switches else 0o700)
        if user.switches and (obstacle := user.obstacle(self._data_dir)):
            raise ConfigurationError(
                f"The database runs as the system user `phiward`, which cannot pass the folder {obstacle}; "
                f"choose another PHIWARD_DATA_DIR or open that folder with mode 0711."
            )

    def _start(self, user: Account) -> Running:
        cluster = self._data_dir / "postgres"
        binaries = reachable_installation(self._data_dir, user) / "bin"
        if not cluster.is_dir():
            self._say("making the database")
            make_cluster(binaries, cluster, self.password, user)
        end_orphan(cluster)
        running = Running(self._socket_dir(user), owned=True)
        self._process = self._spawn(binaries, cluster, running.socket_dir, user)
        self._wait_until_ready(running)
        self._make_database(running)
        return running

    def _socket_dir(self, user: Account) -> Path:
        folder = self._data_dir / "run"
        if len(os.fsencode(folder / SOCKET_NAME)) > MAX_SOCKET_PATH:
            folder = Path(tempfile.mkdtemp(prefix="phiward-", dir="/tmp"))
            self._temporary = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        user.own(folder, 0o700)
        (self._data_dir / "socket").write_text(str(folder))
        return folder

    def _spawn(self, binaries: Path, cluster: Path, sockets: Path, user: Account) -> subprocess.Popen[bytes]:
        if self._log.exists() and self._log.stat().st_size > MAX_LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        words = [str(binaries / "postgres"), "-D", str(cluster), "-k", str(sockets)]
        for name, value in OPTIONS.items():
            words += ["-c", f"{name}={value}"]
        descriptor = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return subprocess.Popen(  # noqa: S603 - our own binaries, our own words
                words,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                cwd=cluster,
                env={"LC_ALL": "C", "PATH": os.defpath},
                start_new_session=True,
                umask=0o077,
                **user.process_arguments(),
            )
        except OSError as error:
            raise ConfigurationError("The embedded database could not be started.") from error
        finally:
            os.close(descriptor)

    def _wait_until_ready(self, running: Running) -> None:
        conninfo = running.conninfo(ADMINISTRATOR, self.password, "postgres")
        started, told = time.monotonic(), False
        while True:
            try:
                psycopg.connect(conninfo, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise ConfigurationError(
                        "The administrator's password in the secrets folder is not that of this database; "
                        "restore the secrets folder that belongs to the data folder."
                    ) from None
                waited = time.monotonic() - started
                if self._process is not None and self._process.poll() is not None:
                    raise ConfigurationError(f"The embedded database ended; its log is {self._log}.") from None
                if waited > self._ready_seconds:
                    raise ConfigurationError(
                        f"The embedded database was not ready in {self._ready_seconds:.0f} s; its log is {self._log}."
                    ) from None
                if waited > 5 and not told:
                    told = True
                    self._say("the database is recovering; this may take minutes")
                time.sleep(0.02)
            else:
                return

    def _make_database(self, running: Running) -> None:
        conninfo = running.conninfo(ADMINISTRATOR, self.password, "postgres")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
