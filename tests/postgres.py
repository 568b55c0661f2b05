"""One embedded PostgreSQL for a test run, and a fresh migrated database for each module."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import EmbeddedPostgres
from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import APP, AUDITOR, REGISTRAR, WARDEN, Credentials, ensure_roles

TEMPLATE = "phiward_template"
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class RunningDatabase:
    """How each role connects to one database: libpq connection strings."""

    admin: str
    app: str
    registrar: str
    auditor: str
    warden: str
    name: str


@dataclass(frozen=True, slots=True)
class Server:
    """The server of this run: makes and drops databases."""

    admin: str
    credentials: Credentials

    def execute(self, statement: str) -> None:
        """As the administrator, outside any transaction."""
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(statement.encode())

    def connections_to(self, name: str) -> RunningDatabase:
        """The connection strings of a database."""
        base = make_conninfo(self.admin, dbname=name)
        roles = (APP, REGISTRAR, AUDITOR, WARDEN)
        return RunningDatabase(base, *(self.credentials.conninfo(base, one) for one in roles), name)

    def make(self, template: str = TEMPLATE) -> RunningDatabase:
        """A fresh database: migrated, or empty from `template0`."""
        name = f"phiward_test_{next(_NUMBERS)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.connections_to(name)

    def drop(self, database: RunningDatabase) -> None:
        """Also while somebody is connected."""
        self.execute(f"DROP DATABASE {database.name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server with the roles, and a migrated database to copy."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-tests-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = EmbeddedPostgres(folder / "data", folder / "secrets")
    try:
        with supervisor.running(own=True) as running:
            server = Server(
                running.conninfo(ADMINISTRATOR, supervisor.password, "postgres"),
                Credentials.load_or_create(folder / "secrets" / "postgres.json"),
            )
            ensure_roles(server.admin, server.credentials.passwords)
            server.execute(f"CREATE DATABASE {TEMPLATE}")
            migrate(server.connections_to(TEMPLATE).admin)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def running(postgres: Server) -> Iterator[RunningDatabase]:
    """A fresh migrated database for this module."""
    database = postgres.make()
    yield database
    postgres.drop(database)


@pytest.fixture(scope="module")
def db(running: RunningDatabase) -> RunningDatabase:
    """The same; tests/adapters/postgres opens pools on it under this name."""
    return running
