"""Appending: durable before it returns, many at once in few statements, and each on its own account."""

import asyncio
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import EntryKind
from phiward.domain.errors import AuditUnavailableError, StorageError
from tests.postgres import RunningDatabase

from .log_entries import as_admin, entry, opened, sealed


def stored(database: RunningDatabase, *ids: Any) -> int:
    """How many of these entries are committed, as another connection sees it."""
    return int(as_admin(database, "SELECT count(*) FROM audit_entry WHERE id = ANY (%s)", list(ids))[0][0])


async def test_one_bad_entry_fails_alone(running: RunningDatabase) -> None:
    """A second outcome of one interaction, amid others that were queued with it."""
    interaction = uuid4()
    async with opened(running.app) as database:
        log = PostgresAuditLog(database, uuid4())
        await log.append(entry(interaction, EntryKind.OUTCOME))
        entries = [entry() for _ in range(8)]
        bad = entry(interaction, EntryKind.OUTCOME, addenda=sealed())
        results = await asyncio.gather(
            *(log.append(one) for one in [*entries[:4], bad, *entries[4:]]), return_exceptions=True
        )
    assert isinstance(results.pop(4), AuditUnavailableError)
    assert results == [None] * 8
    assert stored(running, *(one.id for one in entries)) == 8
    assert stored(running, bad.id) == 0
    assert as_admin(running, "SELECT * FROM audit_addendum WHERE entry = %s", bad.id) == []


async def test_an_entry_whose_facts_cannot_be_recorded_is_refused(running: RunningDatabase) -> None:
    """Before anything is queued; the next one goes as ever."""
    async with opened(running.app) as database:
        log = PostgresAuditLog(database, uuid4())
        with pytest.raises(AuditUnavailableError):
            await log.append(entry(facts={"score": 0.5}))
        await log.append(entry())


async def test_without_permission_to_write_nothing_is_released(running: RunningDatabase) -> None:
    """The whole queue is refused, and after the repair the log works without a restart."""
    async with opened(running.app) as database:
        log = PostgresAuditLog(database, uuid4())
        entries = [entry() for _ in range(5)]
        as_admin(running, "REVOKE INSERT ON audit_entry FROM phiward_app")
        try:
            results = await asyncio.gather(*(log.append(one) for one in entries), return_exceptions=True)
        finally:
            as_admin(running, "GRANT INSERT ON audit_entry TO phiward_app")
        assert all(isinstance(one, AuditUnavailableError) for one in results)
        assert stored(running, *(one.id for one in entries)) == 0
        await log.append(entries[0])
    assert stored(running, entries[0].id) == 1


async def test_an_addendum_that_cannot_be_written_takes_its_entry_along(running: RunningDatabase) -> None:
    """Both tables or neither."""
    async with opened(running.app) as database:
        log, one = PostgresAuditLog(database, uuid4()), entry(addenda=sealed())
        as_admin(running, "REVOKE INSERT ON audit_addendum FROM phiward_app")
        try:
            with pytest.raises(AuditUnavailableError):
                await log.append(one)
        finally:
            as_admin(running, "GRANT INSERT ON audit_addendum TO phiward_app")
    assert stored(running, one.id) == 0


async def test_a_log_that_does_not_answer_in_time_is_unavailable(running: RunningDatabase) -> None:
    """Somebody holds a lock on the table."""
    async with opened(running.app) as database:
        log = PostgresAuditLog(database, uuid4(), timeout_seconds=0.3)
        with psycopg.connect(running.admin) as blocker:
            blocker.execute("LOCK TABLE phiward.audit_entry IN EXCLUSIVE MODE")
            with pytest.raises(AuditUnavailableError):
                await log.append(entry())
        await log.append(entry())


async def test_a_lost_connection_is_unavailable_and_the_next_append_goes_on(running: RunningDatabase) -> None:
    """The server ended every connection of the gateway."""
    async with opened(running.app) as database:
        log = PostgresAuditLog(database, uuid4())
        await log.append(entry())
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'phiward_app'"
        as_admin(running, end + " AND datname = current_database()")
        with pytest.raises(AuditUnavailableError):
            await log.append(entry())
        for _ in range(100):
            try:
                await log.append(entry())
                break
            except (AuditUnavailableError, StorageError):
                await asyncio.sleep(0.02)
        else:
            pytest.fail("the log did not come back")


async def test_a_cancelled_caller_loses_nothing(running: RunningDatabase) -> None:
    """Neither her own entry, which is on its way, nor those of others in the same batch."""
    async with opened(running.app) as database:
        log = PostgresAuditLog(database, uuid4())
        entries = [entry() for _ in range(4)]
        tasks = [asyncio.create_task(log.append(one)) for one in entries]
        await asyncio.sleep(0)
        tasks[1].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(results[1], asyncio.CancelledError)
        assert [results[0], *results[2:]] == [None] * 3
        await log.append(entry())
    assert stored(running, *(one.id for one in entries)) == 4


async def test_an_entry_is_committed_when_append_returns(running: RunningDatabase) -> None:
    """Another connection sees it, with its leaf, its worker and its ciphertexts, and the commit was flushed."""
    worker, one, woken = uuid4(), entry(addenda=sealed()), []
    async with opened(running.app) as database:
        await PostgresAuditLog(database, worker, lambda: woken.append(1)).append(one)
        async with database.plain() as connection:
            shown = [await (await connection.execute(f"SHOW {name}".encode())).fetchone()
                     for name in ("synchronous_commit", "fsync")]  # fmt: skip
    row = as_admin(running, "SELECT leaf, worker, kind, leaf_index FROM audit_entry WHERE id = %s", one.id)
    assert row == [(encode_leaf(one, worker), worker, "intent", None)]
    held = as_admin(running, "SELECT name, ciphertext FROM audit_addendum WHERE entry = %s", one.id)
    assert sorted(held) == sorted((each.name, each.ciphertext) for each in one.addenda)
    assert shown == [("on",), ("on",)]
    assert woken == [1]


async def test_entries_that_come_at_once_share_statements(running: RunningDatabase) -> None:
    """Fifty in one or two round trips, and each is told on its own."""
    async with opened(running.app) as database:
        log, entries = PostgresAuditLog(database, uuid4()), [entry() for _ in range(50)]
        await asyncio.gather(*(log.append(one) for one in entries))
        assert database.asked <= 2
    assert stored(running, *(one.id for one in entries)) == 50


async def test_a_statement_carries_no_more_than_the_limit(
    running: RunningDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large ciphertexts go in several; one that is larger than the limit goes alone."""
    monkeypatch.setattr("phiward.adapters.postgres.audit.MAX_BYTES", 10)
    async with opened(running.app) as database:
        log, entries = PostgresAuditLog(database, uuid4()), [entry() for _ in range(5)]
        await asyncio.gather(*(log.append(one) for one in entries))
        assert database.asked == 5
