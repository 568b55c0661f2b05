"""Migrations by Alembic, run by a command of their own and never by `serve`.

Forward only: a log that is append-only has no way back. One migration at a time: the transaction
takes an advisory lock first.
"""

import psycopg
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from phiward.adapters.corpora.ensure import ensure_corpora
from phiward.adapters.postgres.schema_version import MIGRATIONS, head
from phiward.domain.errors import ConfigurationError

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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
