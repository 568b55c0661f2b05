"""What the database itself enforces of sessions, and what a pooled connection carries over: nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from phiward.adapters.postgres.database import Database
from phiward.domain.errors import StorageError
from phiward.domain.text import Secret
from phiward.identity.sessions import SessionLimits
from tests.adapters.postgres.organisation import now
from tests.adapters.postgres.session_house import SessionHouse, session_house
from tests.postgres import RunningDatabase

LEFT = """
SELECT nullif(current_setting('phiward.session', true), ''), nullif(current_setting('phiward.patient', true), ''),
       (SELECT count(*) FROM session_person()), (SELECT count(*) FROM patient), pg_current_xact_id_if_assigned()
"""
NOTHING = (None, None, 0, 0, None)


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase) -> AsyncIterator[SessionHouse]:
    """An organisation of its own for each test."""
    async with session_house(db, running) as made:
        yield made


@pytest_asyncio.fixture
async def one(running: RunningDatabase) -> AsyncIterator[Database]:
    """One connection of the app role, so that whoever comes next gets the same or its successor."""
    pool = Database(running.app, max_size=1, timeout_seconds=5)
    await pool.open()
    yield pool
    await pool.close()


async def left(pool: Database) -> tuple[Any, ...] | None:
    """What the next user of the connection finds."""
    async with pool.plain() as connection:
        return await (await connection.execute(LEFT.encode())).fetchone()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [("SELECT pg_sleep(30)", "while the database works"), (None, "between two statements")],
)
async def test_a_cancelled_task_leaves_nothing_on_its_connection(
    house: SessionHouse, one: Database, statement: str | None, reason: str
) -> None:
    """In mid-transaction, as a client that hangs up cancels it: who comes next is nobody and sees nobody."""
    await house.home.patient("mrn-1")
    session, inside = await house.begin(), asyncio.Event()

    async def read() -> None:
        async with one.as_session(session.text) as connection:
            row = await (await connection.execute(LEFT.encode())).fetchone()
            assert row is not None
            assert (row[0], row[2:4]) == (session.text.value, (1, 1))
            inside.set()
            if statement is None:
                await asyncio.sleep(30)
            else:
                await connection.execute(statement.encode())

    for _ in range(3):
        inside.clear()
        task = asyncio.create_task(read())
        await inside.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await left(one) == NOTHING, reason


async def test_two_callers_on_one_connection_never_see_each_other(house: SessionHouse, one: Database) -> None:
    """Each cancelled or not, in turn."""
    tokens = [(await house.begin()).text for _ in range(3)]

    async def who(token: Secret, cancelled: bool) -> object:
        async with one.as_session(token) as connection:
            row = await (await connection.execute(b"SELECT credential FROM session_person()")).fetchone()
            if cancelled:
                await connection.execute(b"SELECT pg_sleep(30)")
        return row and row[0]

    for turn in range(9):
        task = asyncio.create_task(who(tokens[turn % 3], turn % 2 == 0))
        if turn % 2 == 0:
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            caller = await house.caller(tokens[turn % 3])
            assert caller is not None
            assert await task == caller.credential_id
    assert await left(one) == NOTHING


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO session (id, tenant, person, digest, kind, created_at, seen_at, expires_at)"
        " SELECT gen_random_uuid(), tenant, person, sha256('x'), 'browser', now(), now(), now() + interval '1 h'"
        " FROM session_person()",
        "UPDATE session SET seen_at = now()",
        "UPDATE session SET expires_at = now() + interval '1 year'",
        "UPDATE session SET revoked_at = NULL",
        "DELETE FROM session",
        "SELECT * FROM session",
        "SELECT digest FROM session FOR UPDATE",
        "INSERT INTO login_attempt SELECT sha256('x'), id, 'login', NULL, '', '', '', '', now() FROM tenant",
        "SELECT * FROM login_attempt",
        "INSERT INTO sighting SELECT credential, '', tenant, now(), now() FROM session_person()",
        "DELETE FROM sighting",
        "SET ROLE phiward_warden",
        "SET SESSION AUTHORIZATION phiward_warden",
        "UPDATE person SET active = true",
        "ALTER TABLE session DISABLE TRIGGER ALL",
        "SELECT end_sessions()",
    ],
)
async def test_the_gateways_role_can_neither_make_nor_change_a_session(house: SessionHouse, statement: str) -> None:
    """Whatever is injected through it, with a session of its own in force."""
    session = await house.begin()
    before = house.as_admin("SELECT s::text FROM session s WHERE tenant = %s", house.tenant)
    with pytest.raises(StorageError) as refused:
        async with house.home.app.as_session(session.text) as connection:
            await connection.execute(statement.encode())
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert house.as_admin("SELECT s::text FROM session s WHERE tenant = %s", house.tenant) == before


def move(house: SessionHouse, session: Any, column: str, interval: str) -> None:
    """Put a stored instant at so long from now (negative: ago)."""
    house.as_admin(f"UPDATE session SET {column} = now() + %s::interval WHERE id = %s", interval, session.id)  # noqa: S608


def seen_at(house: SessionHouse, session: Any) -> Any:
    """The stored time of the last activity."""
    return house.as_admin("SELECT seen_at FROM session WHERE id = %s", session.id)[0][0]


async def touch(house: SessionHouse, token: Secret) -> None:
    """As the app role may, by itself."""
    async with house.home.app.as_session(token) as connection:
        await connection.execute(b"SELECT touch_session()")


async def test_touching_moves_the_time_of_activity_and_nothing_else(house: SessionHouse) -> None:
    """Of the one session whose token is set; at most every twenty seconds."""
    mine, other = await house.begin(), await house.begin()
    columns = "SELECT to_jsonb(s) - 'seen_at' FROM session s WHERE tenant = %s ORDER BY id"
    before = house.as_admin(columns, house.tenant)
    for session in (mine, other):
        move(house, session, "seen_at", "-19 seconds")
    recent, others = seen_at(house, mine), seen_at(house, other)
    await touch(house, mine.text)
    assert seen_at(house, mine) == recent
    move(house, mine, "seen_at", "-21 seconds")
    await touch(house, mine.text)
    assert now() - seen_at(house, mine) < timedelta(seconds=5)
    assert (seen_at(house, other), house.as_admin(columns, house.tenant)) == (others, before)


@pytest.mark.parametrize(
    ("column", "ago", "reason"),
    [
        ("revoked_at", "-1 second", "somebody ended it"),
        ("expires_at", "-1 second", "its life is over"),
        ("expires_at", "0 seconds", "its life is over at this very moment"),
        ("seen_at", "-15 minutes", "15 minutes of silence"),
    ],
)
async def test_nothing_revives_a_session_that_ended(house: SessionHouse, column: str, ago: str, reason: str) -> None:
    """Neither a request nor touching it directly."""
    session = await house.begin()
    move(house, session, "seen_at", "-1 minute")
    move(house, session, column, ago)
    before = seen_at(house, session)
    for _ in range(2):
        assert await house.caller(session.text) is None, reason
        await touch(house, session.text)
    assert seen_at(house, session) == before


async def test_polling_does_not_move_the_time_of_activity(house: SessionHouse) -> None:
    """So a page that asks by itself does not keep its session (ASVS 5.0 7.3.1); asking does."""
    session = await house.begin()
    move(house, session, "seen_at", "-14 minutes")
    before = seen_at(house, session)
    for _ in range(3):
        assert await house.caller(session.text, activity=False) is not None
    assert seen_at(house, session) == before
    assert await house.caller(session.text) is not None
    assert seen_at(house, session) > before


@pytest.mark.parametrize(
    ("limits", "column", "stands", "ended"),
    [
        (SessionLimits(), "seen_at", "-14 minutes -55 seconds", "-15 minutes"),
        (SessionLimits(timedelta(minutes=2)), "seen_at", "-1 minute -55 seconds", "-2 minutes"),
        (SessionLimits(), "expires_at", "5 seconds", "0 seconds"),
    ],
    ids=["idle by default", "idle of a stricter role", "absolute, under activity"],
)
async def test_the_database_ends_a_session_at_its_limit(
    house: SessionHouse, limits: SessionLimits, column: str, stands: str, ended: str
) -> None:
    """By its own clock, for whoever asks it; row-level security then shows nothing."""
    await house.home.patient("mrn-1")
    session = await house.begin(limits=limits)
    move(house, session, column, stands)
    assert await house.caller(session.text, activity=False) is not None
    move(house, session, column, ended)
    assert await house.caller(session.text) is None
    async with house.home.app.as_session(session.text) as connection:
        row = await (await connection.execute(b"SELECT count(*) FROM patient")).fetchone()
    assert row == (0,)


async def test_eight_hours_are_eight_hours_whatever_happens(house: SessionHouse) -> None:
    """Neither activity nor a step-up moves the absolute end (ASVS 5.0 7.3.2)."""
    session = await house.begin()
    ends = house.as_admin("SELECT expires_at - created_at FROM session WHERE id = %s", session.id)
    move(house, session, "seen_at", "-1 minute")
    await house.caller(session.text)
    await house.sessions.rotate(house.tenant, session.id, auth_time=now(), acr="mfa")
    after = house.as_admin("SELECT expires_at - created_at FROM session WHERE id = %s", session.id)
    assert ends == after == [(timedelta(hours=8),)]


async def test_a_token_that_is_nobodys_touches_nothing(house: SessionHouse) -> None:
    """And says nothing."""
    session = await house.begin()
    move(house, session, "seen_at", "-1 minute")
    before = seen_at(house, session)
    await touch(house, Secret(str(uuid4())))
    assert seen_at(house, session) == before
