"""A process is on record: its start, its counts, its end; and what it was acknowledged must be in the log."""

import asyncio
import contextlib
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from phiward.adapters.postgres import heartbeat as module
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.heartbeat import Heartbeat
from phiward.audit.findings import FindingKind, Report
from phiward.audit.leaf import decode_leaf
from phiward.audit.sequencer import sequence_once
from phiward.audit.verify import verify
from phiward.domain.errors import AuditUnavailableError
from tests.postgres import RunningDatabase, Server

from .log_entries import SIGNER, as_admin, entry, now, opened


@pytest.fixture
def own(postgres: Server) -> Any:
    """A database of its own for each test."""
    database = postgres.make()
    yield database
    postgres.drop(database)


async def checked(own: RunningDatabase, anchors: list[bytes]) -> Report:
    """By the auditor."""
    async with opened(own.auditor) as database:
        return await verify(PostgresAuditStore(database), SIGNER.verifier, anchors)


async def test_an_acknowledged_entry_that_is_deleted_before_it_has_a_number_is_missed(own: RunningDatabase) -> None:
    """No checkpoint ever covered it; the process that wrote it says that it was there."""
    async with opened(own.app) as app:
        log = PostgresAuditLog(app, uuid4())
        beat = Heartbeat(log, now)
        await beat.started()
        gone = entry()
        await log.append(gone)
        as_admin(own, "DELETE FROM audit_entry WHERE id = %s", gone.id)
        await beat.stopped()
        kept: list[bytes] = []
        await sequence_once(PostgresAuditStore(app), SIGNER, kept.append)
    report = await checked(own, kept)
    assert [one.kind for one in report.findings] == [FindingKind.LOST]
    assert report.first_bad_index == 1


async def test_a_process_that_lives_says_so_again_and_again(
    own: RunningDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With how many entries it was acknowledged by then."""
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.01)
    async with opened(own.app) as app:
        log = PostgresAuditLog(app, uuid4())
        beat = Heartbeat(log, now)
        await beat.started()
        task = asyncio.create_task(beat.run())
        while log.acknowledged < 4:  # noqa: ASYNC110 - what is awaited has no event
            await asyncio.sleep(0.01)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await beat.stopped()
    with psycopg.connect(own.admin) as connection:
        rows = connection.execute("SELECT leaf FROM phiward.audit_entry ORDER BY recorded_at").fetchall()
    said = [decode_leaf(bytes(row[0]))["facts"] for row in rows]
    actions = [one["action"] for one in said]
    assert (actions[0], actions[1], actions[-1]) == ("log.gateway_started", "log.heartbeat", "log.gateway_stopped")
    assert [one["entries"] for one in said[1:]] == list(range(2, len(said) + 1))


async def test_a_log_that_cannot_be_written_refuses_the_start_and_does_not_hide_the_end(own: RunningDatabase) -> None:
    """A process that cannot record must not serve; one that ends just ends."""
    async with opened(own.app) as app:
        beat = Heartbeat(PostgresAuditLog(app, uuid4()), now)
        as_admin(own, "REVOKE INSERT ON audit_entry FROM phiward_app")
        with pytest.raises(AuditUnavailableError):
            await beat.started()
        await beat.stopped()
