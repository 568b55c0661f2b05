"""Several processes and several copies: who numbers, who takes over, who may not go on."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import OPEN_BATCH, PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.audit.findings import FindingKind, Report
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.sequencer import Sequencer, sequence_once
from phiward.audit.verify import verify
from phiward.domain.errors import AuditIntegrityError
from tests.postgres import RunningDatabase, Server

from .audit_entries import HOLDER, SEQUENCER, SIGNER, a_process, entry


@pytest.fixture
def fresh(postgres: Server) -> Iterator[RunningDatabase]:
    """A database of its own for each test."""
    database = postgres.make()
    yield database
    postgres.drop(database)


@asynccontextmanager
async def opened(conninfo: str) -> AsyncIterator[Database]:
    """A pool."""
    database = Database(conninfo, max_size=4)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def app(fresh: RunningDatabase) -> AsyncIterator[Database]:
    """The gateway's pool."""
    async with opened(fresh.app) as database:
        yield database


async def numbered(app: Database, per_batch: int = 100) -> list[bytes]:
    """Number what waits; returns the checkpoints."""
    anchors: list[bytes] = []
    while await sequence_once(PostgresAuditStore(app), SIGNER, anchors.append, per_batch):
        pass
    return anchors


async def filled(app: Database, count: int) -> list[bytes]:
    """Append and number, with a checkpoint for each entry."""
    log = PostgresAuditLog(app, uuid4())
    for _ in range(count):
        await log.append(entry())
    return await numbered(app, per_batch=1)


async def checked(fresh: RunningDatabase, anchors: list[bytes]) -> Report:
    """By the auditor's role."""
    async with opened(fresh.auditor) as database:
        return await verify(PostgresAuditStore(database), SIGNER.verifier, anchors)


async def test_a_copy_that_goes_on_by_itself_is_found_by_the_others_anchors(
    postgres: Server, fresh: RunningDatabase
) -> None:
    """Each branch verifies alone; the key signed two stories, and the anchors prove it."""
    async with opened(fresh.app) as app:
        anchors = await filled(app, 4)
    copy = postgres.make(fresh.name)
    try:
        async with opened(fresh.app) as app, opened(copy.app) as other:
            anchors += await filled(app, 2)
            others = await filled(other, 3)
        assert (await checked(fresh, anchors)).holds
        assert (await checked(copy, others)).holds
        report = await checked(copy, anchors)
        assert {one.kind for one in report.findings} == {FindingKind.FORK, FindingKind.ANCHOR_DIFFERS}
        assert report.first_bad_index == 4
    finally:
        postgres.drop(copy)


async def test_a_rewound_database_is_not_numbered_any_further(fresh: RunningDatabase, app: Database) -> None:
    """Head, rows and checkpoints fit each other; a process that knows the anchors refuses to sign."""
    anchors = await filled(app, 8)
    with psycopg.connect(fresh.admin, options="-c search_path=phiward") as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM audit_checkpoint WHERE size > 5")
        admin.execute("DELETE FROM audit_entry WHERE leaf_index >= 5")
        frontier = Frontier()
        for (leaf,) in admin.execute("SELECT leaf FROM audit_entry ORDER BY leaf_index").fetchall():
            frontier.append(leaf_hash(leaf))
        admin.execute("UPDATE audit_head SET size = 5, frontier = %s", [list(frontier.subtrees)])
    await PostgresAuditLog(app, uuid4()).append(entry())
    with pytest.raises(AuditIntegrityError):
        await Sequencer(PostgresAuditStore(app), SIGNER, lambda note: None, anchors).once()


async def test_triggers_stop_even_the_superuser_until_he_switches_them_off(
    fresh: RunningDatabase, app: Database
) -> None:
    """An accident needs two steps."""
    await filled(app, 2)
    with psycopg.connect(fresh.admin, autocommit=True, options="-c search_path=phiward") as admin:
        for statement in STATEMENTS:
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                admin.execute(statement)


async def test_the_roles_of_the_program_cannot_change_what_is_recorded(fresh: RunningDatabase, app: Database) -> None:
    """No grant, before any trigger."""
    await filled(app, 2)
    for conninfo in (fresh.app, fresh.registrar, fresh.auditor):
        with psycopg.connect(conninfo, autocommit=True, options="-c search_path=phiward") as role:
            for statement in STATEMENTS:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    role.execute(statement)


STATEMENTS = (
    b"UPDATE audit_entry SET leaf = 'x'",
    b"DELETE FROM audit_entry",
    b"TRUNCATE audit_entry CASCADE",
    b"UPDATE audit_addendum SET ciphertext = 'x'",
    b"DELETE FROM audit_addendum",
    b"TRUNCATE audit_addendum",
    b"UPDATE audit_checkpoint SET note = 'x'",
    b"DELETE FROM audit_checkpoint",
    b"DELETE FROM audit_head",
)


async def test_two_sequencing_processes_give_dense_indices_and_lose_nothing(
    fresh: RunningDatabase, app: Database
) -> None:
    """Two other processes number while this one appends."""
    log, store = PostgresAuditLog(app, uuid4()), PostgresAuditStore(app)
    with a_process(SEQUENCER, fresh.app, SIGNER.name), a_process(SEQUENCER, fresh.app, SIGNER.name):
        for _ in range(15):
            await asyncio.gather(*(log.append(entry()) for _ in range(40)))
        while (await store.head()).size < 600:  # noqa: ASYNC110 - other processes have no event here
            await asyncio.sleep(0.02)
    report = await checked(fresh, [])
    assert (report.holds, report.entries, report.waiting) == (True, 600, 0)


async def test_verifying_while_the_log_grows_finds_nothing(fresh: RunningDatabase, app: Database) -> None:
    """Rows, head and checkpoints are read as of one instant."""
    log = PostgresAuditLog(app, uuid4())
    with a_process(SEQUENCER, fresh.app, SIGNER.name):
        for _ in range(10):
            report, *_ = await asyncio.gather(checked(fresh, []), *(log.append(entry()) for _ in range(20)))
            assert report.holds, report.findings


async def test_when_a_sequencer_is_killed_another_takes_over(fresh: RunningDatabase, app: Database) -> None:
    """kill -9 in the middle of a batch: its transaction is gone with its connection."""
    log = PostgresAuditLog(app, uuid4())
    for _ in range(5):
        await log.append(entry())
    with a_process(HOLDER, fresh.app, "10s") as holder:
        waiting = asyncio.create_task(numbered(app))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        holder.send_signal(signal.SIGKILL)
        assert len(await waiting) == 1
    assert (await checked(fresh, [])).entries == 5


async def test_when_a_sequencer_is_stopped_the_server_ends_its_turn(fresh: RunningDatabase, app: Database) -> None:
    """SIGSTOP in the middle of a batch: after the limit of idle time the lock goes to the next."""
    assert "idle_in_transaction_session_timeout = '10s'" in OPEN_BATCH  # what the other process shortens
    await PostgresAuditLog(app, uuid4()).append(entry())
    with a_process(HOLDER, fresh.app, "300ms") as holder:
        holder.send_signal(signal.SIGSTOP)
        assert len(await numbered(app)) == 1
    assert (await checked(fresh, [])).holds
