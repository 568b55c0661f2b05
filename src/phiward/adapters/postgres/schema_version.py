"""Which schema this version of phiward needs, and whether a database has it; asked at the start of every command.

The migrations are a line, named by their numbers; so the newest is known without loading what runs them.
"""

from pathlib import Path
from typing import Final

import psycopg

from phiward.domain.errors import ConfigurationError

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def head() -> str:
    """The revision of this version. Raises ConfigurationError where the package is not whole."""
    numbers = [path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")]
    if not numbers:
        raise ConfigurationError("This installation of phiward holds no migrations.")
    return max(numbers)


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
