"""Migrations by Alembic, run by a command of their own and never by `serve`.

Forward only: a log that is append-only has no way back. One migration at a time: the transaction
takes an advisory lock first.
"""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from phiward.adapters.corpora.ensure import ensure_corpora
from phiward.domain.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7744021


def migrate(administrator: str, revision: str = "head") -> str:
    """Bring the database to this version's schema, or an earlier one's; returns the newest revision. Roles must exist.

    Raises ConfigurationError when the server refuses; nothing is half done then.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(administrator), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if revision == "head" and (driver := connection.connection.driver_connection) is not None:
                ensure_corpora(driver)  # at each run: pgvector may have come since
    except (SQLAlchemyError, psycopg.Error, CommandError) as error:
        raise ConfigurationError("The database could not be migrated; is that an administrator?") from error
    finally:
        engine.dispose()
    return head()


def head() -> str:
    """The revision of this version."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise ConfigurationError("This installation of phiward holds no migrations.")
    return found


async def refuse_other_schema(conninfo: str) -> None:
    """Raise ConfigurationError unless the database is at this version's revision."""
    try:
        async with await psycopg.AsyncConnection.connect(conninfo) as connection:
            cursor = await connection.execute("SELECT version_num FROM phiward.alembic_version")
            row = await cursor.fetchone()
    except psycopg.Error as error:
        raise ConfigurationError("The database is not migrated; run `phiward migrate`.") from error
    if row is None or row[0] != head():
        raise ConfigurationError("The database has another schema than this version; run `phiward migrate`.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
