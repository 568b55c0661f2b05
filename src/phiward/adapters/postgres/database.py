"""The only ways to get a connection: as a session, for a tenant, or for the log.

Each opens a transaction and sets its context with `set_config(…, true)`, local to that
transaction, so that nothing is left on a pooled connection. `prepare_threshold=None` keeps
server-side prepared statements off: behind a transaction pooler they break (DESIGN section 4).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from phiward.domain.errors import StorageError
from phiward.domain.patients import PatientRef
from phiward.domain.text import Secret

Connection = psycopg.AsyncConnection[TupleRow]


class Database:
    """A pool of connections of one database role."""

    def __init__(self, conninfo: str, *, min_size: int = 1, max_size: int = 16, timeout_seconds: float = 10) -> None:
        """`conninfo` is a libpq connection string; nothing connects before `open`."""
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            conninfo,
            min_size=min_size,
            max_size=max_size,
            timeout=timeout_seconds,
            open=False,
            kwargs={"autocommit": True, "prepare_threshold": None, "options": "-c search_path=phiward,pg_temp"},
        )

    async def open(self) -> None:
        """Connect. Raises StorageError when the database cannot be reached."""
        try:
            await self._pool.open(wait=True, timeout=self._pool.timeout)
        except (PoolTimeout, psycopg.Error) as error:
            raise StorageError("The database cannot be reached.") from error

    async def close(self) -> None:
        """Give every connection back."""
        await self._pool.close()

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[Connection]:
        """A connection in autocommit without any context: row-level security then shows no PHI.

        Raises StorageError for whatever the driver raises; its text may hold row contents and
        stays in `__cause__` only.
        """
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.Error) as error:
            raise StorageError("The database refused or could not be reached.") from error

    @asynccontextmanager
    async def as_session(self, session: Secret, patient: PatientRef | None = None) -> AsyncIterator[Connection]:
        """A transaction that sees what the holder of this session token may see: of `patient`, if one is given."""
        scope = "" if patient is None else str(patient)
        async with self.plain() as connection, connection.transaction():
            await connection.execute(
                "SELECT set_config('phiward.session', %s, true), set_config('phiward.patient', %s, true)",
                [session.value, scope],
            )
            yield connection

    @asynccontextmanager
    async def as_tenant(self, tenant: UUID) -> AsyncIterator[Connection]:
        """A transaction of the registrar for one organisation."""
        async with self.plain() as connection, connection.transaction():
            await connection.execute("SELECT set_config('phiward.tenant', %s, true)", [str(tenant)])
            yield connection


def row_dict(cursor: psycopg.AsyncCursor[TupleRow], row: TupleRow) -> dict[str, Any]:
    """A row as a mapping by column name."""
    return dict(zip((column.name for column in cursor.description or ()), row, strict=True))
