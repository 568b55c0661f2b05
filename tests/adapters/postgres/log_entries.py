"""Entries for the tests of the log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.database import Connection, Database
from phiward.audit.signer import Signer
from phiward.domain.audit import Addendum, Entry, EntryKind
from phiward.domain.people import TenantId
from tests.events import facts_of
from tests.postgres import RunningDatabase

SIGNER = Signer("invented-log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def now() -> datetime:
    """In UTC, to the microsecond, as the database keeps it."""
    return datetime.now(UTC)


def entry(interaction: UUID | None = None, kind: EntryKind = EntryKind.INTENT, **more: Any) -> Entry:
    """An invented entry."""
    facts = more.pop("facts", facts_of(kind))
    return Entry(uuid4(), TenantId(uuid4()), interaction or uuid4(), kind, now(), facts, **more)


def sealed() -> tuple[Addendum, ...]:
    """Two addenda."""
    return (Addendum("sent", b"ciphertext one"), Addendum("received", b"ciphertext two"))


def as_admin(database: RunningDatabase, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """As the superuser, past policies and, as an attacker would, past triggers."""
    with psycopg.connect(database.admin, options="-c search_path=phiward") as connection:
        connection.execute("SET session_replication_role = replica")
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


class Counting(Database):
    """A pool that counts how often a connection is asked for."""

    asked = 0

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[Connection]:
        """As the pool does."""
        self.asked += 1
        async with super().plain() as connection:
            yield connection


@asynccontextmanager
async def opened(conninfo: str) -> AsyncIterator[Counting]:
    """A counting pool."""
    database = Counting(conninfo)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def fill(database: Database, count: int) -> list[Entry]:
    """A log of `count` entries with addenda, not yet numbered."""
    log = PostgresAuditLog(database, uuid4())
    made = [entry(addenda=sealed()) for _ in range(count)]
    for one in made:
        await log.append(one)
    return made
