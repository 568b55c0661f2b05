"""Engines on their real stores: PostgreSQL with pgvector, Qdrant's client in its local mode, Milvus Lite in a folder.

Qdrant's local mode is its client's own Python twin of the server, in memory: filters and order are tested by it, the
server's speed and its HTTP are not. Milvus Lite is a server in this process on loopback.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.adapters.corpora.ensure import ensure_corpora
from phiward.adapters.corpora.milvus import MilvusCorpora
from phiward.adapters.corpora.open import OpenCorpora
from phiward.adapters.corpora.pgvector import PgvectorCorpora
from phiward.adapters.corpora.qdrant import QdrantCorpora
from phiward.adapters.postgres.database import Database
from phiward.domain.people import TenantId
from tests.postgres import RunningDatabase

from .world import World

Found = Callable[[], Awaitable[TenantId]]


@pytest.fixture(scope="module")
def vectors_ensured(running: RunningDatabase) -> RunningDatabase:
    """The module's database, with the column that a migration ends with."""
    with psycopg.connect(running.admin) as connection:
        assert ensure_corpora(connection)
    return running


@pytest_asyncio.fixture
async def registrar(vectors_ensured: RunningDatabase) -> AsyncIterator[Database]:
    """The registrar's pool."""
    pool = Database(vectors_ensured.registrar)
    await pool.open()
    yield pool
    await pool.close()


@pytest_asyncio.fixture
async def app(vectors_ensured: RunningDatabase) -> AsyncIterator[Database]:
    """The gateway's pool."""
    pool = Database(vectors_ensured.app)
    await pool.open()
    yield pool
    await pool.close()


@pytest.fixture
def found(registrar: Database) -> Found:
    """Makes an organisation; only PostgreSQL wants it to be known."""

    async def make() -> TenantId:
        tenant = TenantId(uuid4())
        async with registrar.as_tenant(tenant) as connection:
            await connection.execute("INSERT INTO tenant (id, name) VALUES (%s, %s)", [tenant, str(tenant)])
        return tenant

    return make


@pytest_asyncio.fixture(params=["pgvector", "qdrant", "milvus"])
async def engine(request: Any, registrar: Database, tmp_path: Path) -> AsyncIterator[OpenCorpora]:
    """Each engine in turn, empty for this test's organisations."""
    made = make_engine(request.param, registrar, tmp_path)
    yield made
    await made.close()


def make_engine(name: str, database: Database, folder: Path) -> OpenCorpora:
    """An engine of this name."""
    if name == "pgvector":
        return PgvectorCorpora(database)
    if name == "qdrant":
        from qdrant_client import AsyncQdrantClient

        return QdrantCorpora(AsyncQdrantClient(location=":memory:"))
    return MilvusCorpora.in_file(folder / "corpora.db")


@pytest_asyncio.fixture
async def world(engine: OpenCorpora, found: Found) -> World:
    """An organisation with the engine under test."""
    return World(engine, await found())
