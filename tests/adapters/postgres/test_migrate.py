"""Migrations: once, one at a time, and by an administrator who need not be a superuser."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import EmbeddedPostgres
from phiward.adapters.postgres.migrate import LOCK, migrate
from phiward.adapters.postgres.readiness import refuse_unsafe
from phiward.adapters.postgres.roles import APP, AUDITOR, REGISTRAR, Credentials, ensure_roles
from phiward.adapters.postgres.schema_version import head, refuse_other_schema
from phiward.domain.errors import ConfigurationError
from tests.postgres import RunningDatabase, Server

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def empty(postgres: Server) -> Iterator[RunningDatabase]:
    """A database that nobody migrated."""
    database = postgres.make("template0")
    yield database
    postgres.drop(database)


def shape(conninfo: str) -> list[tuple[object, ...]]:
    """Tables, functions and policies of the schema, with their owners."""
    query = (
        "SELECT oid, relname::text, relowner FROM pg_class WHERE relnamespace = 'phiward'::regnamespace"
        " UNION ALL SELECT oid, proname::text, proowner FROM pg_proc WHERE pronamespace = 'phiward'::regnamespace"
        " UNION ALL SELECT oid, polname::text, polrelid FROM pg_policy ORDER BY 1"
    )
    with psycopg.connect(conninfo) as connection:
        return connection.execute(query).fetchall()


def test_an_empty_log_is_not_told_to_the_planner_as_a_log_that_stays_empty(empty: RunningDatabase) -> None:
    """It would plan once, and from then on read the whole table where an index has the row: appending slows tenfold."""
    migrate(empty.admin)
    with psycopg.connect(empty.admin) as connection:
        row = connection.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'phiward.audit_entry'::regclass"
        ).fetchone()
    assert row == (-1,), "never analysed"


def test_a_log_from_before_there_were_shards_is_the_first_of_them(empty: RunningDatabase) -> None:
    """Row-level security binds the owner too: an update that touches no row says nothing."""
    migrate(empty.admin, "0004")
    row = "gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'refusal', gen_random_uuid(), now(), 'x'"
    with psycopg.connect(empty.admin, options="-c search_path=phiward") as connection:
        columns = "id, tenant, interaction, kind, worker, recorded_at, leaf, leaf_index"
        for index in ("0", "1", "NULL"):
            connection.execute(f"INSERT INTO audit_entry ({columns}) VALUES ({row}, {index})".encode())  # noqa: S608
    migrate(empty.admin)
    with psycopg.connect(empty.admin, options="-c search_path=phiward") as connection:
        rows = connection.execute("SELECT leaf_index, shard FROM audit_entry ORDER BY leaf_index").fetchall()
        (forced,) = connection.execute(
            "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'audit_entry'::regclass"
        ).fetchone() or (None,)
    assert rows == [(0, ""), (1, ""), (None, None)]
    assert forced


def test_someone_who_is_no_administrator_does_not_migrate(empty: RunningDatabase) -> None:
    """And nothing is half done."""
    with pytest.raises(ConfigurationError, match="administrator"):
        migrate(empty.app)
    with psycopg.connect(empty.admin) as connection:
        assert connection.execute("SELECT to_regnamespace('phiward')").fetchone() == (None,)


def test_a_migration_that_fails_leaves_nothing(empty: RunningDatabase) -> None:
    """Something stands in its way near the end; it is one transaction."""
    with psycopg.connect(empty.admin) as connection:
        connection.execute("CREATE SCHEMA phiward AUTHORIZATION phiward_owner")
        connection.execute("CREATE TABLE phiward.worker (id int)")
    with pytest.raises(ConfigurationError):
        migrate(empty.admin)
    with psycopg.connect(empty.admin) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'phiward'").fetchall()
    assert tables == [("worker",)]


async def test_the_second_migration_changes_nothing(empty: RunningDatabase) -> None:
    """Not one object is made anew, and no row is lost."""
    assert migrate(empty.admin) == head()
    before = shape(empty.admin)
    with psycopg.connect(empty.admin) as connection:
        connection.execute("INSERT INTO phiward.tenant (id, name) VALUES (gen_random_uuid(), 'Invented')")
    assert migrate(empty.admin) == head()
    assert shape(empty.admin) == before
    assert len(before) > 20
    with psycopg.connect(empty.admin) as connection:
        assert connection.execute("SELECT name FROM phiward.tenant").fetchall() == [("Invented",)]
    await refuse_other_schema(empty.app)


async def test_migrations_at_once_go_one_after_the_other(empty: RunningDatabase) -> None:
    """Each takes the lock first; the later ones find nothing to do."""
    with psycopg.connect(empty.admin) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        with ThreadPoolExecutor(3) as threads:
            running = [threads.submit(migrate, empty.admin) for _ in range(3)]
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while holder.execute(waiting).fetchone() != (3,):
                pass
            assert holder.execute("SELECT to_regnamespace('phiward')").fetchone() == (None,)
            holder.rollback()
            assert [one.result() for one in running] == [head()] * 3
    await refuse_other_schema(empty.app)


@pytest.fixture
def debian() -> Iterator[str]:
    """A PostgreSQL 15 of the distribution; how its superuser connects."""
    if not (DEBIAN / "postgres").exists():
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL 15 is not installed here, and this test must run in CI")
        pytest.skip(f"PostgreSQL 15 is not installed in {DEBIAN}")
    folder = Path(tempfile.mkdtemp(prefix="phiward-15-", dir="/tmp"))
    user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    quiet: dict[str, Any] = {
        "check": True,
        "cwd": "/",
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        **user,
    }
    data, options = folder / "data", f"-c listen_addresses='' -k {folder}"
    subprocess.run([DEBIAN / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync"], **quiet)
    try:
        subprocess.run([DEBIAN / "pg_ctl", "-D", data, "-o", options, "-w", "start"], **quiet)
        yield f"host={folder} user=postgres dbname=postgres"
    finally:
        subprocess.run([DEBIAN / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **{**quiet, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


async def _use_as_a_helper(superuser: str, folder: Path, major: int) -> None:
    """Roles and schema by a CREATEROLE administrator who owns the database; twice, as at every upgrade."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE helper LOGIN CREATEROLE NOSUPERUSER PASSWORD 'invented'")
        connection.execute("CREATE DATABASE house OWNER helper")
    administrator = make_conninfo(superuser, user="helper", password="invented", dbname="house")
    credentials = Credentials.load_or_create(folder / "roles.json")
    for _ in range(2):
        ensure_roles(administrator, credentials.passwords)
        assert migrate(administrator) == head()
    app = credentials.conninfo(administrator, APP)
    await refuse_other_schema(app)
    await refuse_unsafe(app)
    for role in (APP, REGISTRAR, AUDITOR):
        with psycopg.connect(credentials.conninfo(administrator, role)) as connection:
            assert connection.info.server_version // 10_000 == major
            connection.execute("SELECT * FROM phiward.tenant")
    with psycopg.connect(app) as connection:
        assert connection.execute("SELECT * FROM phiward.open_request('unknown', NULL, true)").fetchall() == []


async def test_an_administrator_with_createrole_is_enough_on_postgresql_15(debian: str, tmp_path: Path) -> None:
    """As a managed service gives one: no superuser."""
    await _use_as_a_helper(debian, tmp_path, 15)


@pytest.fixture
def embedded() -> Iterator[str]:
    """A server of its own, because its roles are made by somebody else; how its superuser connects."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = EmbeddedPostgres(folder / "data", folder / "secrets")
    with supervisor.running(own=True) as running:
        yield running.conninfo(ADMINISTRATOR, supervisor.password, "postgres")
    shutil.rmtree(folder, ignore_errors=True)


async def test_an_administrator_with_createrole_is_enough_on_postgresql_18(embedded: str, tmp_path: Path) -> None:
    """Since 16 such an administrator must give herself the right to act for a role that she made."""
    await _use_as_a_helper(embedded, tmp_path, 18)


def test_a_log_of_any_size_gets_its_indexes_on_postgresql_15(debian: str, tmp_path: Path) -> None:
    """A large table is indexed, and read, by parallel workers, which before 17 may run no block that catches.

    Made to here with a few entries: what an index calls failed there, and with it the upgrade of a hospital.
    """
    ensure_roles(debian, Credentials.load_or_create(tmp_path / "roles.json").passwords)
    migrate(debian, "0007")
    text = """{"facts":{"patients":["' || gen_random_uuid() || '"],"person":"' || gen_random_uuid() || '"}}"""
    with psycopg.connect(debian, autocommit=True, options="-c search_path=phiward") as connection:
        for name in ("min_parallel_table_scan_size", "parallel_setup_cost", "parallel_tuple_cost"):
            connection.execute(f"ALTER DATABASE postgres SET {name} = 0".encode())
        connection.execute(
            "INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf, leaf_index, shard)"  # noqa: S608
            " SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'intent', gen_random_uuid(), now(),"
            f" convert_to('{text}', 'UTF8'), n, '2026' FROM generate_series(0, 2999) n".encode()
        )
    assert migrate(debian) == head()
    with psycopg.connect(debian, options="-c search_path=phiward -c enable_indexscan=off") as connection:
        connection.execute("SET enable_bitmapscan = off")
        query = (
            f"SELECT count(*) FROM audit_entry WHERE leaf_patients(kind, leaf) @> ARRAY['{UUID(int=1)}'::text]"  # noqa: S608
            " OR leaf_actor(kind, leaf) IS NULL OR leaf_text(leaf, 'purpose') = 'TREAT'"
        ).encode()
        assert "Parallel" in str(connection.execute(b"EXPLAIN " + query).fetchall())
        assert connection.execute(query).fetchone() == (0,)
