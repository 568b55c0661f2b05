"""Every way to undo the protection of the database is committed by its superuser, and refused."""

from collections.abc import Iterator

import psycopg
import pytest

from phiward.adapters.postgres.readiness import refuse_old_server, refuse_unsafe
from phiward.domain.errors import ConfigurationError
from tests.postgres import RunningDatabase, Server


@pytest.fixture
def own(postgres: Server) -> Iterator[RunningDatabase]:
    """A database for one test, because the test breaks it."""
    database = postgres.make()
    yield database
    postgres.drop(database)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("ALTER TABLE phiward.patient DISABLE ROW LEVEL SECURITY", "patient"),
        ("ALTER TABLE phiward.document NO FORCE ROW LEVEL SECURITY", "document"),
        ("ALTER TABLE phiward.worker DISABLE ROW LEVEL SECURITY", "worker"),
        ("CREATE TABLE phiward.newcomer (id int)", "newcomer"),
        ("DROP POLICY in_care ON phiward.patient", "patient"),
        ("DROP POLICY in_care ON phiward.patient_handle", "patient_handle"),
        ("DROP POLICY in_care ON phiward.document", "document"),
        ("DROP POLICY in_care ON phiward.care_relation", "care_relation"),
        ("DROP TABLE phiward.document CASCADE", "document"),
        ("ALTER POLICY in_care ON phiward.patient TO phiward_auditor", "patient"),
        ("ALTER POLICY in_care ON phiward.document USING (true)", "document"),
        ("CREATE POLICY more ON phiward.patient TO phiward_app USING (true)", "patient"),
        ("CREATE POLICY more ON phiward.document TO PUBLIC USING (true)", "document"),
        ("ALTER FUNCTION phiward.session_person() SECURITY INVOKER", "session_person"),
        ("ALTER FUNCTION phiward.visible_patients() OWNER TO phiward_owner", "visible_patients"),
        ("ALTER FUNCTION phiward.session_tenant() RESET search_path", "session_tenant"),
        ("ALTER FUNCTION phiward.session_person() SET search_path = public", "session_person"),
        ("ALTER TABLE phiward.audit_entry OWNER TO phiward_app", "audit_entry"),
        ("ALTER FUNCTION phiward.open_request(text, bytea, boolean) OWNER TO phiward_app", "open_request"),
        ("ALTER SCHEMA phiward OWNER TO phiward_app", "phiward"),
    ],
    ids=lambda value: value,
)
async def test_a_database_whose_protection_was_undone_is_refused(own: RunningDatabase, damage: str, named: str) -> None:
    """And the message names the table or function."""
    await refuse_unsafe(own.app)
    with psycopg.connect(own.admin, autocommit=True) as connection:
        connection.execute(damage.encode())
    with pytest.raises(ConfigurationError, match=rf": ([\w, ]*\b)?{named}\b"):
        await refuse_unsafe(own.app)


@pytest.mark.parametrize(
    ("damage", "repair", "named"),
    [
        ("ALTER ROLE phiward_app SUPERUSER", "ALTER ROLE phiward_app NOSUPERUSER", "phiward_app"),
        ("ALTER ROLE phiward_app BYPASSRLS", "ALTER ROLE phiward_app NOBYPASSRLS", "phiward_app"),
        ("ALTER ROLE phiward_app CREATEROLE", "ALTER ROLE phiward_app NOCREATEROLE", "phiward_app"),
        ("GRANT phiward_owner TO phiward_app", "REVOKE phiward_owner FROM phiward_app", "phiward_owner"),
        (
            "GRANT phiward_resolver TO phiward_app WITH SET TRUE, INHERIT FALSE",
            "REVOKE phiward_resolver FROM phiward_app",
            "phiward_resolver",
        ),
        (
            "CREATE ROLE passing BYPASSRLS; CREATE ROLE between IN ROLE passing; GRANT between TO phiward_app",
            "DROP ROLE between; DROP ROLE passing",
            "passing",
        ),
        (
            "CREATE ROLE mighty SUPERUSER; GRANT mighty TO phiward_app WITH INHERIT FALSE, SET FALSE",
            "DROP ROLE mighty",
            "mighty",
        ),
        (
            "GRANT pg_read_server_files TO phiward_app",
            "REVOKE pg_read_server_files FROM phiward_app",
            "pg_read_server_files",
        ),
    ],
    ids=lambda value: value.split(";")[0],
)
async def test_a_role_that_row_level_security_does_not_bind_is_refused(
    running: RunningDatabase, damage: str, repair: str, named: str
) -> None:
    """Whether it is so itself, or may become so. Roles belong to the server, so each is repaired."""
    with psycopg.connect(running.admin, autocommit=True) as connection:
        try:
            connection.execute(damage.encode())
            with pytest.raises(ConfigurationError, match=rf": {named}\."):
                await refuse_unsafe(running.app)
        finally:
            connection.execute(repair.encode())
    await refuse_unsafe(running.app)


async def test_the_administrator_does_not_serve(running: RunningDatabase) -> None:
    """Nor hides behind a harmless role that she can leave again."""
    for conninfo in (running.admin, f"{running.admin} options='-c role=phiward_app'"):
        with pytest.raises(ConfigurationError, match="SUPERUSER"):
            await refuse_unsafe(conninfo)


async def test_a_database_that_is_not_migrated_is_refused(postgres: Server) -> None:
    """There is nothing to examine, and that is not a pass."""
    empty = postgres.make("template0")
    try:
        with pytest.raises(ConfigurationError, match="migrated"):
            await refuse_unsafe(empty.app)
    finally:
        postgres.drop(empty)


async def test_a_database_that_does_not_answer_is_refused() -> None:
    """The message repeats nothing of the connection string."""
    with pytest.raises(ConfigurationError) as caught:
        await refuse_unsafe("host=/nowhere user=phiward_app password=invented-secret")
    assert "invented-secret" not in str(caught.value)


@pytest.mark.parametrize("version", [90600, 140011, 149999])
def test_a_server_older_than_fifteen_is_refused(version: int) -> None:
    """The schema would not even load."""
    with pytest.raises(ConfigurationError, match="15"):
        refuse_old_server(version)


@pytest.mark.parametrize("version", [150000, 180003])
def test_fifteen_and_newer_are_enough(version: int) -> None:
    """Both are tested against."""
    refuse_old_server(version)


async def test_a_sound_database_passes(running: RunningDatabase) -> None:
    """As it was migrated."""
    await refuse_unsafe(running.app)
