"""One database over one folder, from first start to crash and recovery."""

import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from phiward.adapters.embedded.account import account
from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import EmbeddedPostgres, FolderTakenError, Running
from phiward.domain.errors import ConfigurationError

from .processes import alive, ask, elsewhere, owner_of, spawn, supervisor_of


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedPostgres, Running]]:
    """One running database for the tests that only look."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="phiward-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = supervisor_of(folder)
    with supervisor.running(own=True) as running:
        yield supervisor, running
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("password", [None, "", "wrong"])
def test_a_login_without_the_password_is_refused(
    started: tuple[EmbeddedPostgres, Running], password: str | None
) -> None:
    """Every local user can reach a trusting server; this one demands scram of everybody."""
    _, running = started
    given = {} if password is None else {"password": password}
    conninfo = make_conninfo(
        host=str(running.socket_dir), user=ADMINISTRATOR, dbname="postgres", passfile="/nowhere", **given
    )
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(conninfo)


def test_no_host_line_lets_anybody_in(started: tuple[EmbeddedPostgres, Running]) -> None:
    """Should somebody open TCP, it is refused all the same."""
    supervisor, running = started
    query = "SELECT array_agg(DISTINCT type || ' ' || auth_method ORDER BY 1) FROM pg_hba_file_rules"
    query = query.replace(" ORDER BY 1", "")
    assert sorted(ask(supervisor, running, query)) == ["host reject", "local scram-sha-256"]  # type: ignore[call-overload]


def test_the_database_has_no_tcp_socket(started: tuple[EmbeddedPostgres, Running]) -> None:
    """Neither by its settings nor by what the kernel says it holds."""
    supervisor, running = started
    assert ask(supervisor, running, "SHOW listen_addresses") == ""
    held = {os.readlink(one) for one in Path(f"/proc/{supervisor.pid}/fd").iterdir() if one.is_symlink()}
    tcp = [
        line.split()[9]
        for table in ("tcp", "tcp6")
        if (file := Path("/proc/net") / table).exists()
        for line in file.read_text().splitlines()[1:]
    ]
    assert any(one.startswith("socket:") for one in held)
    assert not held & {f"socket:[{inode}]" for inode in tcp}


def test_sockets_and_data_are_the_databases_own(started: tuple[EmbeddedPostgres, Running]) -> None:
    """No other user passes the folders, and the password file is the supervisor's alone."""
    _, running = started
    data = running.socket_dir.parent
    for place in (running.socket_dir, data / "postgres"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert place.stat().st_uid == account().uid
    for file in (data.parent / "secrets" / "postgres-admin.password", data / "postgres.log"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.stat().st_uid == os.geteuid()
    assert stat.S_IMODE((data.parent / "secrets").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("data_checksums", "on"),
        ("password_encryption", "scram-sha-256"),
        ("server_encoding", "UTF8"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
    ],
)
def test_the_server_is_set_to_keep_what_it_holds(
    started: tuple[EmbeddedPostgres, Running], setting: str, value: str
) -> None:
    """Damage shows, a commit is on disk, and passwords are stored as verifiers."""
    assert ask(*started, f"SHOW {setting}") == value


def test_statements_and_values_stay_out_of_its_log(started: tuple[EmbeddedPostgres, Running]) -> None:
    """Also of a statement that fails."""
    supervisor, running = started
    with pytest.raises(psycopg.Error):
        ask(supervisor, running, "SELECT 'Zora-Testcase'::int")
    with psycopg.connect(running.conninfo(ADMINISTRATOR, supervisor.password)) as connection:
        connection.execute("CREATE TEMP TABLE t (a text UNIQUE)")
        connection.execute("INSERT INTO t VALUES ('Zora-Testcase')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO t VALUES (%s)", ["Zora-Testcase"])
    log = (running.socket_dir.parent / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "DETAIL" not in log
    assert "INSERT" not in log


def test_it_runs_as_a_user_that_is_not_root(started: tuple[EmbeddedPostgres, Running]) -> None:
    """As root through the system user; as anybody else as herself."""
    supervisor, _ = started
    assert supervisor.pid is not None
    assert owner_of(supervisor.pid) == account().uid != 0


def test_a_second_supervisor_of_the_folder_is_refused_by_name(
    started: tuple[EmbeddedPostgres, Running],
) -> None:
    """From another process; the message says who has it, and the database stays up."""
    supervisor, running = started
    process, said = spawn(running.socket_dir.parent.parent)
    assert process.wait(30) == 3
    process.communicate()
    assert f"({os.getpid()})" in said
    assert ask(supervisor, running, "SELECT 1") == 1


def test_another_command_uses_the_database_that_runs(folder: Path) -> None:
    """It attaches, and its end does not end the database."""
    with elsewhere(folder) as said:
        pid = int(said.split()[1])
        supervisor = supervisor_of(folder)
        with supervisor.running(own=False) as running:
            assert not running.owned
            assert ask(supervisor, running, "SELECT 1") == 1
            with pytest.raises(FolderTakenError):
                supervisor_of(folder).start()
        assert alive(pid)
    assert not alive(pid)
    with supervisor_of(folder).running(own=False) as running:
        assert running.owned


def test_a_killed_database_recovers_what_was_committed(folder: Path) -> None:
    """kill -9 of the server, with a backend still at work; then a start in the same folder."""
    supervisor = supervisor_of(folder)
    running = supervisor.start()
    ask(supervisor, running, "CREATE TABLE kept AS SELECT 42 AS value")
    busy = psycopg.connect(running.conninfo(ADMINISTRATOR, supervisor.password), autocommit=True)
    backend = busy.info.backend_pid
    loop = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"  # it does not notice that its server died
    busy.pgconn.send_query(loop.encode())
    assert supervisor.pid is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.stop()
    assert alive(backend)

    with supervisor_of(folder).running(own=True) as again:
        assert ask(supervisor, again, "SELECT value FROM kept") == 42
        assert not alive(backend)
    busy.close()


def test_the_orphan_of_a_killed_supervisor_is_ended_by_the_next_start(folder: Path) -> None:
    """kill -9 of the supervising process leaves the server running; the lock is free."""
    process, said = spawn(folder)
    orphan = int(said.split()[1])
    process.kill()
    process.communicate()
    assert alive(orphan)

    supervisor = supervisor_of(folder)
    with supervisor.running(own=True) as running:
        assert not alive(orphan)
        assert supervisor.pid != orphan
        assert ask(supervisor, running, "SELECT 1") == 1


def _slow(folder: Path) -> Path:
    """A made cluster that answers "not yet accepting connections" until it is promoted."""
    with supervisor_of(folder).running(own=True):
        pass
    cluster = folder / "data" / "postgres"
    with (cluster / "postgresql.auto.conf").open("a") as file:
        file.write("hot_standby = off\n")
    (cluster / "standby.signal").touch()
    return cluster


def test_a_server_that_stays_in_recovery_is_given_up_at_the_limit(folder: Path) -> None:
    """And stopped, so that nothing is left running."""
    cluster = _slow(folder)
    with pytest.raises(ConfigurationError, match="not ready in"):
        supervisor_of(folder, ready_seconds=0.3).start()
    assert not (cluster / "postmaster.pid").exists()


def test_a_server_that_recovers_is_waited_for(folder: Path) -> None:
    """As long as it takes; there is no short limit in between."""
    cluster = _slow(folder)
    supervisor = supervisor_of(folder)

    def promote() -> None:
        log = folder / "data" / "postgres.log"
        while "entering standby mode" not in log.read_text():
            time.sleep(0.02)
        (cluster / "promote").touch()
        os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGUSR1)

    helper = threading.Thread(target=promote)
    helper.start()
    with supervisor.running(own=True) as running:
        assert ask(supervisor, running, "SELECT pg_is_in_recovery()") is False
    helper.join()


def test_a_database_of_another_secrets_folder_is_said_to_be_so(folder: Path) -> None:
    """At once, instead of waiting for a server that will never let it in."""
    with supervisor_of(folder).running(own=True):
        pass
    (folder / "secrets" / "postgres-admin.password").unlink()
    with pytest.raises(ConfigurationError, match="password in the secrets folder"):
        supervisor_of(folder).start()


def test_a_database_that_cannot_start_names_its_log(folder: Path) -> None:
    """The server ended by itself."""
    with supervisor_of(folder).running(own=True):
        pass
    (folder / "data" / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(ConfigurationError, match=r"postgres\.log"):
        supervisor_of(folder).start()


def test_a_long_data_folder_has_its_sockets_elsewhere(folder: Path) -> None:
    """The kernel allows 107 bytes; the folder made for them goes when the database stops."""
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True, mode=0o711)
    supervisor = supervisor_of(deep)
    with supervisor.running(own=True) as running:
        assert ask(supervisor, running, "SELECT 1") == 1
        assert stat.S_IMODE(running.socket_dir.stat().st_mode) == 0o700
        assert not running.socket_dir.is_relative_to(deep)
    assert not running.socket_dir.exists()


def test_a_stop_is_clean_and_frees_the_folder(folder: Path) -> None:
    """Nothing to recover at the next start, which finds what was there."""
    supervisor = supervisor_of(folder)
    with supervisor.running(own=True) as running:
        pid = supervisor.pid
        ask(supervisor, running, "CREATE TABLE kept AS SELECT 42 AS value")
    assert pid is not None
    assert not alive(pid)
    assert supervisor.pid is None
    assert not (folder / "data" / "postgres" / "postmaster.pid").exists()
    supervisor.stop()

    with supervisor.running(own=True) as running:
        assert ask(supervisor, running, "SELECT value FROM kept") == 42
    log = (folder / "data" / "postgres.log").read_text()
    assert "was not properly shut down" not in log
    assert "database system was shut down" in log


def test_the_log_of_earlier_runs_is_put_aside_when_it_is_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One older file is kept."""
    monkeypatch.setattr("phiward.adapters.embedded.supervisor.MAX_LOG_BYTES", 10)
    for _ in range(2):
        with supervisor_of(folder).running(own=True):
            pass
    assert (folder / "data" / "postgres.log.1").stat().st_size > 10
