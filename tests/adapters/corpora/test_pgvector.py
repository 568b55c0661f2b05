"""What PostgreSQL adds: row-level security, one transaction, and what is said without pgvector."""

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.adapters.corpora.pgvector import PgvectorCorpora
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.readiness import PHI_TABLES, refuse_unsafe
from phiward.domain.errors import ConfigurationError, InvalidRequestError, StorageError
from phiward.domain.people import TenantId
from tests.postgres import RunningDatabase, Server

from .conftest import Found
from .world import World, axis, passage

EVERY_ROW = "SELECT tenant FROM corpus_passage"


@pytest_asyncio.fixture
async def without_pgvector(postgres: Server) -> AsyncIterator[Database]:
    """A gateway's pool on a database that has lost the extension."""
    database = postgres.make()
    with psycopg.connect(database.admin) as connection:
        connection.execute("DROP EXTENSION IF EXISTS vector CASCADE")
    pool = Database(database.app)
    await pool.open()
    yield pool
    await pool.close()
    postgres.drop(database)


async def test_without_pgvector_the_engine_says_what_to_do(without_pgvector: Database) -> None:
    """Only where vectors are needed; and the gateway may serve."""
    world = World(PgvectorCorpora(without_pgvector), TenantId(uuid4()))
    with pytest.raises(ConfigurationError, match="phiward migrate"):
        await world.ask(axis(0))
    with pytest.raises(ConfigurationError, match="phiward migrate"):
        await world.keep([passage(world.document)], [axis(0)])
    assert await world.engine.corpora(world.tenant) == {}


async def test_the_gateway_reads_and_does_not_write(registrar: Database, app: Database, found: Found) -> None:
    """What the registrar kept."""
    writer = World(PgvectorCorpora(registrar), await found())
    one = passage(writer.document)
    await writer.keep([one], [axis(0)])
    reader = World(PgvectorCorpora(app), writer.tenant, writer.document)
    assert await reader.ids() == [one.id]
    for asked in (reader.keep([], []), reader.engine.remove(reader.tenant, "guidelines", None)):
        with pytest.raises(StorageError):
            await asked
    assert await reader.engine.corpora(reader.tenant) == {"guidelines": 1}


@pytest.mark.parametrize("role", ["app", "registrar"])
async def test_row_level_security_shows_one_organisation_when_a_filter_is_forgotten(
    registrar: Database, app: Database, found: Found, role: str
) -> None:
    """And none to who names none."""
    worlds = [World(PgvectorCorpora(registrar), await found()) for _ in range(2)]
    for world in worlds:
        await world.keep([passage(world.document)], [axis(0)])
    pool = {"app": app, "registrar": registrar}[role]
    async with pool.as_tenant(worlds[0].tenant) as connection:
        assert await (await connection.execute(EVERY_ROW)).fetchall() == [(worlds[0].tenant,)]
    async with pool.plain() as connection:
        assert await (await connection.execute(EVERY_ROW)).fetchall() == []


async def test_the_registrar_writes_into_no_other_organisation(registrar: Database, found: Found) -> None:
    """The row would be another's."""
    mine, theirs = await found(), await found()
    values = "(%s, 'a', 'm', %s, %s, 0, 1, '', '', '', '[1,0]')"
    columns = "tenant, corpus, model, document, id, start_offset, end_offset, title, section, text, embedding"
    with pytest.raises(StorageError) as caught:
        async with registrar.as_tenant(mine) as connection:
            await connection.execute(
                f"INSERT INTO corpus_passage ({columns}) VALUES {values}".encode(),  # noqa: S608
                [theirs, uuid4(), uuid4()],
            )
    assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("role", ["auditor", "warden"])
def test_nobody_else_reads_it(vectors_ensured: RunningDatabase, role: str) -> None:
    """Neither the auditor nor the warden has a use for it."""
    with (
        psycopg.connect(getattr(vectors_ensured, role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT FROM phiward.corpus_passage")


async def test_the_gateway_may_serve_from_it(vectors_ensured: RunningDatabase) -> None:
    """With the extension in it; the table holds no PHI and is guarded like the others."""
    await refuse_unsafe(vectors_ensured.app)
    assert "corpus_passage" not in PHI_TABLES


async def test_a_replacement_that_fails_changes_nothing(registrar: Database, found: Found) -> None:
    """It is one transaction: the offset of the second passage fits no integer."""
    world = World(PgvectorCorpora(registrar), await found())
    held = passage(world.document)
    await world.keep([held], [axis(0)])
    with pytest.raises(StorageError):
        await world.keep([passage(world.document, 1), passage(world.document, 2**31)], [axis(1), axis(2)])
    assert await world.ids() == [held.id]


async def test_an_organisation_that_is_unknown_keeps_nothing(registrar: Database) -> None:
    """Its rows would belong to nobody."""
    world = World(PgvectorCorpora(registrar), TenantId(uuid4()))
    with pytest.raises(StorageError):
        await world.keep([passage(world.document)], [axis(0)])


async def test_pgvector_in_another_schema_serves_as_well(postgres: Server) -> None:
    """As an administrator may have installed it, in a schema that nobody else may use."""
    from phiward.adapters.corpora.ensure import ensure_corpora

    database = postgres.make()
    try:
        with psycopg.connect(database.admin) as connection:
            connection.execute("DROP EXTENSION IF EXISTS vector CASCADE")
            connection.execute('CREATE SCHEMA "Odd one"')
            connection.execute('CREATE EXTENSION vector WITH SCHEMA "Odd one"')
            assert ensure_corpora(connection)
        tenant = TenantId(uuid4())
        pool = Database(database.registrar)
        await pool.open()
        async with pool.as_tenant(tenant) as connection:
            await connection.execute("INSERT INTO tenant (id, name) VALUES (%s, 'Invented')", [tenant])
        world = World(PgvectorCorpora(pool), tenant)
        one = passage(world.document)
        await world.keep([one], [axis(0)])
        assert await world.ids() == [one.id]
        other = uuid4()
        with pytest.raises(InvalidRequestError, match="dimensions"):
            await world.keep([passage(other)], [axis(0, 4)], document=other)
        await pool.close()
    finally:
        postgres.drop(database)
