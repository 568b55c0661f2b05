"""Two organisations in the database, for the tests of records."""

from typing import Any

import pytest_asyncio

from .record_store import RecordStore


@pytest_asyncio.fixture
async def store(db: Any) -> RecordStore:
    """An organisation of its own for each test."""
    return await RecordStore(db.registrar, db.app).found()


@pytest_asyncio.fixture
async def other_store(db: Any) -> RecordStore:
    """Another organisation in the same database."""
    return await RecordStore(db.registrar, db.app).found()
