"""Appends under failure: the guilty alone, or all at once, and nobody waits for ever."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.audit import Addendum, Entry, EntryKind
from phiward.domain.errors import AuditUnavailableError
from tests.postgres import RunningDatabase

from .audit_entries import entry


class Gated(Database):
    """A pool that counts how often it is asked; `gate` holds every statement back."""

    asked = 0

    def __init__(self, conninfo: str) -> None:
        super().__init__(conninfo)
        self.gate = asyncio.Event()
        self.gate.set()

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[Connection]:
        """As the pool."""
        self.asked += 1
        await self.gate.wait()
        async with super().plain() as connection:
            yield connection


@pytest.fixture
async def gated(running: RunningDatabase) -> AsyncIterator[Gated]:
    """The gateway's pool."""
    database = Gated(running.app)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def admin(running: RunningDatabase) -> Iterator[psycopg.Connection]:
    """A superuser."""
    with psycopg.connect(running.admin, autocommit=True) as connection:
        connection.execute("SET search_path = phiward")
        yield connection


def recorded(admin: psycopg.Connection, *entries: Entry) -> list[bool]:
    """Which of these the database has."""
    found = {row[0] for row in admin.execute("SELECT id FROM audit_entry")}
    return [one.id in found for one in entries]


async def acknowledged(log: PostgresAuditLog, *entries: Entry) -> list[bool]:
    """Append all at once; which came back without an error."""
    results: list[Any] = await asyncio.gather(*(log.append(one) for one in entries), return_exceptions=True)
    assert all(one is None or type(one) is AuditUnavailableError for one in results)
    return [one is None for one in results]


async def test_a_refusing_database_fails_all_waiters_after_one_try(gated: Gated, admin: psycopg.Connection) -> None:
    """It is not asked once for each of them, which would take as many time limits."""
    log = PostgresAuditLog(gated, uuid4())
    admin.execute("REVOKE INSERT ON audit_entry FROM phiward_app")
    try:
        assert await acknowledged(log, *(entry() for _ in range(20))) == [False] * 20
    finally:
        admin.execute("GRANT INSERT ON audit_entry TO phiward_app")
    assert gated.asked == 1
    assert await acknowledged(log, entry()) == [True]


async def test_the_error_says_nothing_of_its_cause(gated: Gated, admin: psycopg.Connection) -> None:
    """The driver's words may quote what was to be recorded."""
    log = PostgresAuditLog(gated, uuid4())
    first = entry(EntryKind.OUTCOME)
    await log.append(first)
    with pytest.raises(AuditUnavailableError) as caught:
        await log.append(replace(first, id=uuid4()))
    assert str(caught.value) == "The audit log cannot be written, so nothing was released."
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


async def test_what_cannot_be_recorded_fails_only_its_own(gated: Gated, admin: psycopg.Connection) -> None:
    """A float in the facts, a NUL or a lone surrogate in a name, a second outcome; few statements find them."""
    log = PostgresAuditLog(gated, uuid4())
    first = entry(EntryKind.OUTCOME)
    await log.append(first)
    guilty = [
        entry(facts={"x": 0.5}),
        entry(addenda=(Addendum("a\0b", b"x"),)),
        entry(addenda=(Addendum("\ud800", b"x"),)),
        replace(first, id=uuid4()),
    ]
    innocent = [entry() for _ in range(40)]
    gated.asked = 0
    told = await acknowledged(log, *innocent[:25], *guilty, *innocent[25:])
    assert told == [True] * 25 + [False] * 4 + [True] * 15
    assert recorded(admin, *innocent, *guilty) == [True] * 40 + [False] * 4
    assert gated.asked < 25


async def test_a_waiter_that_goes_away_disturbs_nobody_and_its_entry_is_kept(
    gated: Gated, admin: psycopg.Connection
) -> None:
    """One goes in the middle of a statement, one in the queue."""
    log = PostgresAuditLog(gated, uuid4())
    gated.gate.clear()
    entries = [entry() for _ in range(4)]
    first = asyncio.create_task(log.append(entries[0]))
    await asyncio.sleep(0.01)  # now under way, held at the gate
    queued = [asyncio.create_task(log.append(one)) for one in entries[1:]]
    await asyncio.sleep(0)
    first.cancel()
    queued[1].cancel()
    await asyncio.sleep(0)
    gated.gate.set()
    results = await asyncio.gather(first, *queued, return_exceptions=True)
    assert [type(one) for one in results] == [asyncio.CancelledError, type(None), asyncio.CancelledError, type(None)]
    assert recorded(admin, *entries) == [True] * 4


async def test_a_writer_that_is_stopped_leaves_nobody_waiting(gated: Gated) -> None:
    """The process ends: who is under way and who queues is told."""
    log = PostgresAuditLog(gated, uuid4())
    gated.gate.clear()
    waiting = [asyncio.create_task(log.append(entry()))]
    await asyncio.sleep(0.01)
    waiting += [asyncio.create_task(log.append(entry())) for _ in range(2)]
    await asyncio.sleep(0)
    assert log._writer is not None
    log._writer.cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in results] == [AuditUnavailableError] * 3


async def test_large_ciphertexts_go_in_statements_of_their_own(gated: Gated) -> None:
    """Two answers of five megabytes are two statements; one of nine goes too."""
    log = PostgresAuditLog(gated, uuid4())
    large = [entry(addenda=(Addendum("received", bytes(size << 20)),)) for size in (5, 5, 9)]
    assert await acknowledged(log, *large) == [True] * 3
    assert gated.asked == 3
