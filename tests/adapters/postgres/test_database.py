"""The three ways to get a connection, and what each leaves behind: nothing."""

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.adapters.postgres.database import Database, row_dict
from phiward.domain.errors import StorageError
from phiward.domain.text import Secret
from tests.postgres import RunningDatabase

LEFT = (
    "SELECT nullif(current_setting('phiward.session', true), ''), nullif(current_setting('phiward.tenant', true), '')"
)


@pytest_asyncio.fixture
async def pool(running: RunningDatabase) -> AsyncIterator[Database]:
    """One connection, so that whoever comes next gets the same."""
    database = Database(running.registrar, max_size=1, timeout_seconds=0.5)
    await database.open()
    yield database
    await database.close()


async def left(pool: Database) -> tuple[object, ...] | None:
    """What the next user of the connection finds."""
    async with pool.plain() as connection:
        return await (await connection.execute(LEFT)).fetchone()


async def test_a_database_that_cannot_be_reached_is_a_storage_error() -> None:
    """The connection string is not repeated."""
    database = Database("host=/nowhere password=invented-secret", timeout_seconds=0.2)
    with pytest.raises(StorageError) as caught:
        await database.open()
    assert "invented-secret" not in str(caught.value)
    await database.close()


async def test_a_pool_that_is_used_up_is_a_storage_error(pool: Database) -> None:
    """After the time-out, instead of waiting for ever."""
    async with pool.plain():
        with pytest.raises(StorageError):
            async with pool.plain():
                pytest.fail("there was one connection only")


async def test_what_the_driver_says_stays_out_of_the_message(pool: Database) -> None:
    """A row's content may stand in it."""
    with pytest.raises(StorageError) as caught:
        async with pool.plain() as connection:
            await connection.execute("SELECT 'Zora-Testcase'::int")
    assert "Zora" not in str(caught.value)
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert await left(pool) == (None, None)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_context_ends_with_its_transaction(pool: Database, fails: bool) -> None:
    """Also when it raises: the next one is nobody and works for nobody."""
    name = str(uuid4())

    async def work(kind: str) -> None:
        context = pool.as_session(Secret("key")) if kind == "session" else pool.as_tenant(uuid4())
        async with context as connection:
            row = await (await connection.execute(LEFT)).fetchone()
            assert row is not None
            assert (row[0] is not None, row[1] is not None) == (kind == "session", kind == "tenant")
            await connection.execute("INSERT INTO tenant (id, name) VALUES (%s, %s)", [uuid4(), name + kind])
            if fails:
                raise ValueError("invented")

    for kind in ("session", "tenant"):
        if fails:
            with pytest.raises(ValueError, match="invented"):
                await work(kind)
        else:
            await work(kind)
        assert await left(pool) == (None, None)
    async with pool.plain() as connection:
        cursor = await connection.execute("SELECT count(*) FROM tenant WHERE name LIKE %s", [name + "%"])
        assert await cursor.fetchone() == (0 if fails else 2,)


async def test_no_statement_is_kept_prepared_on_the_server(pool: Database) -> None:
    """Behind a transaction pooler the next one may land on another connection."""
    async with pool.plain() as connection:
        for _ in range(12):
            await connection.execute("SELECT %s::int", [1])
        cursor = await connection.execute("SELECT count(*) FROM pg_prepared_statements")
        assert await cursor.fetchone() == (0,)


async def test_a_connection_that_the_server_ended_is_replaced(pool: Database, running: RunningDatabase) -> None:
    """One request fails; the pool recovers."""
    async with pool.plain() as connection:
        pid = connection.info.backend_pid
    with psycopg.connect(running.admin) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(StorageError):
        async with pool.plain() as connection:
            await connection.execute("SELECT 1")
    async with pool.plain() as connection:
        assert connection.info.backend_pid != pid


async def test_names_mean_this_schema(pool: Database) -> None:
    """And a temporary table never stands in for a real one."""
    async with pool.plain() as connection:
        cursor = await connection.execute("SHOW search_path")
        assert await cursor.fetchone() == ("phiward,pg_temp",)


async def test_a_row_is_read_by_its_columns_names(pool: Database) -> None:
    """In the order of the query."""
    async with pool.plain() as connection:
        cursor = await connection.execute("SELECT 1 AS one, 'b' AS two")
        row = await cursor.fetchone()
        assert row is not None
        assert row_dict(cursor, row) == {"one": 1, "two": "b"}
