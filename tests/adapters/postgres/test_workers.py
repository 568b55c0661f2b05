"""Intents that a dead process left open are closed once, and its late word is refused."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.workers import SETTLE_SECONDS, Workers
from phiward.domain.audit import EntryKind
from phiward.domain.errors import AuditUnavailableError
from tests.postgres import RunningDatabase, Server

from .log_entries import Counting, as_admin, entry, now, opened

DEAD = 30.0


@pytest.fixture
def own(postgres: Server) -> Iterator[RunningDatabase]:
    """A database for each test: closing looks at every process."""
    database = postgres.make()
    yield database
    postgres.drop(database)


@pytest_asyncio.fixture
async def app(own: RunningDatabase) -> AsyncIterator[Counting]:
    """The gateway's pool."""
    async with opened(own.app) as database:
        yield database


class Process:
    """A gateway process: its row and its log."""

    def __init__(self, app: Counting) -> None:
        self.id = uuid4()
        self.workers = Workers(app, self.id, DEAD)
        self.log = PostgresAuditLog(app, self.id)

    async def intends(self) -> UUID:
        """An intent without an outcome; its interaction."""
        interaction = uuid4()
        await self.log.append(entry(interaction))
        return interaction


async def started(app: Counting) -> Process:
    """A process that registered."""
    process = Process(app)
    await process.workers.register()
    return process


def silent(own: RunningDatabase, process: Process, seconds: float) -> None:
    """It was last seen so long ago."""
    as_admin(own, "UPDATE worker SET seen_at = now() - %s WHERE id = %s", timedelta(seconds=seconds), process.id)


def outcomes(own: RunningDatabase, interaction: UUID) -> list[object]:
    """What is on record as the end of it."""
    query = "SELECT leaf FROM audit_entry WHERE interaction = %s AND kind = 'outcome'"
    return [json.loads(bytes(row[0]))["facts"]["outcome"] for row in as_admin(own, query, interaction)]


async def test_what_a_dead_process_left_open_is_closed_as_unknown(own: RunningDatabase, app: Counting) -> None:
    """And when it was only stopped and comes back, its own outcome is refused."""
    dead, alive = await started(app), await started(app)
    interaction = await dead.intends()
    silent(own, dead, DEAD + 1)
    assert await alive.workers.close_open_intents(alive.log, now) == 1
    assert outcomes(own, interaction) == ["unknown"]
    with pytest.raises(AuditUnavailableError):
        await dead.log.append(entry(interaction, EntryKind.OUTCOME, facts={"outcome": "released"}))
    assert outcomes(own, interaction) == ["unknown"]
    assert await alive.workers.close_open_intents(alive.log, now) == 0


async def test_what_a_living_process_has_open_is_left_to_it(own: RunningDatabase, app: Counting) -> None:
    """Silent for a while, but not for too long; nor is a finished interaction touched."""
    busy, other = await started(app), await started(app)
    interaction = await busy.intends()
    silent(own, busy, DEAD - 10)
    assert await other.workers.close_open_intents(other.log, now) == 0
    await busy.log.append(entry(interaction, EntryKind.OUTCOME, facts={"outcome": "released"}))
    await busy.workers.end()
    assert await other.workers.close_open_intents(other.log, now) == 0
    assert outcomes(own, interaction) == ["released"]


async def test_a_process_that_ended_in_order_is_closed_at_once(own: RunningDatabase, app: Counting) -> None:
    """And so is everybody's when the folder's only supervisor starts."""
    one, two, starter = await started(app), await started(app), Process(app)
    first, second = await one.intends(), await two.intends()
    await one.workers.end()
    assert await starter.workers.close_open_intents(starter.log, now) == 1
    await starter.workers.end_all()
    await starter.workers.register()
    assert await starter.workers.close_open_intents(starter.log, now) == 1
    assert outcomes(own, first) == outcomes(own, second) == ["unknown"]


async def test_processes_that_close_at_once_record_one_outcome_each(own: RunningDatabase, app: Counting) -> None:
    """The database decides who was first; the others go on."""
    dead = await started(app)
    interactions = [await dead.intends() for _ in range(6)]
    await dead.workers.end()
    closers = [await started(app) for _ in range(3)]
    closed = await asyncio.gather(*(one.workers.close_open_intents(one.log, now) for one in closers))
    assert sum(closed) == 6
    assert [outcomes(own, one) for one in interactions] == [["unknown"]] * 6


async def test_a_log_that_cannot_be_written_leaves_them_open_and_says_so(own: RunningDatabase, app: Counting) -> None:
    """The next look closes them."""
    dead, alive = await started(app), await started(app)
    interaction = await dead.intends()
    await dead.workers.end()
    as_admin(own, "REVOKE INSERT ON audit_entry FROM phiward_app")
    with pytest.raises(AuditUnavailableError):
        await alive.workers.close_open_intents(alive.log, now)
    as_admin(own, "GRANT INSERT ON audit_entry TO phiward_app")
    assert outcomes(own, interaction) == []
    assert await alive.workers.close_open_intents(alive.log, now) == 1


async def test_a_process_long_gone_is_not_looked_at_again_until_it_shows_itself(
    own: RunningDatabase, app: Counting
) -> None:
    """A statement of its own may have been under way for a while, so it is settled late."""
    dead, alive = await started(app), await started(app)
    settled = "SELECT settled FROM worker WHERE id = %s"
    silent(own, dead, SETTLE_SECONDS - 60)
    await alive.workers.close_open_intents(alive.log, now)
    assert as_admin(own, settled, dead.id) == [(False,)]
    silent(own, dead, SETTLE_SECONDS + 60)
    await alive.workers.close_open_intents(alive.log, now)
    assert as_admin(own, settled, dead.id) == [(True,)]
    await dead.workers.heartbeat()
    assert as_admin(own, settled, dead.id) == [(False,)]


def _wait_for_outcome(own: RunningDatabase, interaction: UUID) -> None:
    while not outcomes(own, interaction):
        time.sleep(0.02)


async def test_the_loop_tells_that_it_lives_and_survives_a_failure(own: RunningDatabase, app: Counting) -> None:
    """A heartbeat that cannot be written is no end of the process."""
    dead, alive = await started(app), Process(app)
    interaction = await dead.intends()
    await dead.workers.end()
    alive.workers = Workers(app, alive.id, 0.2)
    await alive.workers.register()
    silent(own, alive, 3600)
    as_admin(own, "REVOKE UPDATE ON worker FROM phiward_app")
    task = asyncio.create_task(alive.workers.run(alive.log, now))
    await asyncio.sleep(0.2)
    assert not task.done()
    assert outcomes(own, interaction) == []
    as_admin(own, "GRANT UPDATE ON worker TO phiward_app")
    await asyncio.to_thread(_wait_for_outcome, own, interaction)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    seen = as_admin(own, "SELECT seen_at > now() - interval '1 minute' FROM worker WHERE id = %s", alive.id)
    assert seen == [(True,)]
