"""The vectors' column: made once, made later, and not missed by who has no corpus."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from phiward.adapters.corpora.ensure import ensure_corpora
from phiward.adapters.postgres.roles import OWNER
from tests.postgres import RunningDatabase, Server

COLUMN = """
SELECT attstorage, attnotnull FROM pg_attribute
 WHERE attrelid = 'phiward.corpus_passage'::regclass AND attname = 'embedding' AND NOT attisdropped
"""
SHAPE = "SELECT oid, xmin::text FROM pg_class WHERE relnamespace = 'phiward'::regnamespace ORDER BY 1"


@pytest.fixture
def bare(postgres: Server) -> Iterator[RunningDatabase]:
    """A migrated database from which the extension was taken, with all that hung on it."""
    database = postgres.make()
    with psycopg.connect(database.admin) as connection:
        connection.execute("DROP EXTENSION IF EXISTS vector CASCADE")
    yield database
    postgres.drop(database)


@pytest.fixture
def helper(postgres: Server, bare: RunningDatabase) -> Iterator[str]:
    """An administrator who may act for the owner and is no superuser: how she connects."""
    with psycopg.connect(bare.admin, autocommit=True) as connection:
        connection.execute("CREATE ROLE corpora_helper LOGIN PASSWORD 'invented'")
        connection.execute(f"GRANT {OWNER} TO corpora_helper".encode())
    yield make_conninfo(bare.admin, user="corpora_helper", password="invented")
    postgres.execute("DROP ROLE corpora_helper")


def test_an_administrator_who_may_not_install_it_goes_on_without(bare: RunningDatabase, helper: str) -> None:
    """pgvector takes a superuser; the migration goes on in its transaction."""
    with psycopg.connect(helper) as connection:
        assert not ensure_corpora(connection)
        assert connection.execute("SELECT current_user::text").fetchone() == ("corpora_helper",)
    with psycopg.connect(bare.admin) as connection:
        assert connection.execute(COLUMN).fetchone() is None


def test_what_a_superuser_installed_is_used_the_next_time(bare: RunningDatabase, helper: str) -> None:
    """Then the same administrator is enough."""
    with psycopg.connect(bare.admin) as connection:
        connection.execute("CREATE EXTENSION vector WITH SCHEMA phiward")
    with psycopg.connect(helper) as connection:
        assert ensure_corpora(connection)
    with psycopg.connect(bare.admin) as connection:
        assert connection.execute(COLUMN).fetchone() == ("m", True)


def test_a_schema_that_she_may_not_open_leaves_it_as_it_is(bare: RunningDatabase, helper: str) -> None:
    """Nothing is half done, and nothing fails."""
    with psycopg.connect(bare.admin) as connection:
        connection.execute("CREATE SCHEMA shut")
        connection.execute("CREATE EXTENSION vector WITH SCHEMA shut")
    with psycopg.connect(helper) as connection:
        assert not ensure_corpora(connection)
    with psycopg.connect(bare.admin) as connection:
        assert connection.execute(COLUMN).fetchone() is None


def test_a_server_that_does_not_have_it_is_left_as_it_is(bare: RunningDatabase) -> None:
    """As PostgreSQL 15 of Debian 12: the extension is not on offer."""
    with psycopg.connect(bare.admin) as connection:
        connection.execute("SET search_path = pg_temp, pg_catalog")
        connection.execute("CREATE TEMP TABLE pg_available_extensions (name name)")
        assert not ensure_corpora(connection)
        assert connection.execute(COLUMN).fetchone() is None


def test_the_second_time_changes_nothing(bare: RunningDatabase) -> None:
    """Not one object is touched."""
    with psycopg.connect(bare.admin) as connection:
        assert ensure_corpora(connection)
    with psycopg.connect(bare.admin) as connection:
        before = connection.execute(SHAPE).fetchall()
        assert ensure_corpora(connection)
        assert connection.execute(SHAPE).fetchall() == before
        assert len(before) > 20


def test_passages_that_lost_their_vectors_go(bare: RunningDatabase) -> None:
    """Nobody would find them again; the corpus is imported anew."""
    with psycopg.connect(bare.admin) as connection:
        connection.execute("INSERT INTO phiward.tenant (id, name) VALUES (gen_random_uuid(), 'Invented')")
        connection.execute(
            "INSERT INTO phiward.corpus_passage SELECT id, 'a', 'm', id, id, 0, 1, '', '', '' FROM phiward.tenant"
        )
        assert ensure_corpora(connection)
        assert connection.execute("SELECT count(*) FROM phiward.corpus_passage").fetchone() == (0,)
        assert connection.execute(COLUMN).fetchone() == ("m", True)
