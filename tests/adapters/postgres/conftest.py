"""Pools on the module's database, and two organisations in it for the tests of records."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from phiward.adapters.postgres.database import Database
from tests.postgres import RunningDatabase

from .record_store import RecordStore


@dataclass(frozen=True, slots=True)
class Pools:
    """The roles' pools on one database."""

    app: Database
    registrar: Database
    auditor: Database


@pytest_asyncio.fixture
async def db(running: RunningDatabase) -> AsyncIterator[Pools]:
    """Open pools on the database of this module."""
    pools = Pools(*(Database(one) for one in (running.app, running.registrar, running.auditor)))
    for pool in (pools.app, pools.registrar, pools.auditor):
        await pool.open()
    yield pools
    for pool in (pools.app, pools.registrar, pools.auditor):
        await pool.close()


@pytest_asyncio.fixture
async def store(db: Any) -> RecordStore:
    """An organisation of its own for each test."""
    return await RecordStore(db.registrar, db.app).found()


@pytest_asyncio.fixture
async def other_store(db: Any) -> RecordStore:
    """Another organisation in the same database."""
    return await RecordStore(db.registrar, db.app).found()
