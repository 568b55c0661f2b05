"""Gives the passages of corpora their vectors, wherever pgvector is, and leaves every other database as it is.

An external PostgreSQL may come without pgvector (Debian 12 does), and the charts never need it. So the column is no
migration: `phiward migrate` asks for it at its end, each time, and it appears once pgvector is there.
"""

from typing import Any

import psycopg
from psycopg import sql

from phiward.adapters.postgres.roles import APP, OWNER, REGISTRAR

_HAS_COLUMN = """
SELECT 1 FROM pg_attribute
 WHERE attrelid = 'phiward.corpus_passage'::regclass AND attname = 'embedding' AND NOT attisdropped
"""
_AVAILABLE = "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
_INSTALLED_IN = (
    "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'"
)
_WITHOUT_USAGE = "SELECT role FROM unnest(%s::text[]) AS role WHERE NOT has_schema_privilege(role, %s, 'USAGE')"
# Passages that lost their vectors (DROP EXTENSION … CASCADE) are found by nobody: they are imported again.
# MAIN keeps a vector in its row and moves the text out instead, so that a search reads only what it compares.
_ADD_COLUMN = sql.SQL("""
SET LOCAL ROLE {owner};
TRUNCATE phiward.corpus_passage;
ALTER TABLE phiward.corpus_passage ADD COLUMN embedding {schema}.vector NOT NULL;
ALTER TABLE phiward.corpus_passage ALTER COLUMN embedding SET STORAGE MAIN;
RESET ROLE
""")


def ensure_corpora(connection: psycopg.Connection[Any]) -> bool:
    """Whether corpora have vectors now; the second time changes nothing.

    `connection` is the administrator's, in the transaction of the migration. An administrator who may not install
    pgvector (it takes a superuser) is no error: False, and the engine says what to do when a corpus is used.
    """
    if connection.execute(_HAS_COLUMN).fetchone():
        return True
    try:
        with connection.transaction():
            return _add(connection)
    except psycopg.errors.InsufficientPrivilege:
        return False


def _add(connection: psycopg.Connection[Any]) -> bool:
    if not connection.execute(_INSTALLED_IN).fetchone():
        if not connection.execute(_AVAILABLE).fetchone():
            return False
        connection.execute("CREATE EXTENSION vector WITH SCHEMA phiward")
    (schema,) = connection.execute(_INSTALLED_IN).fetchone() or ("phiward",)
    for (role,) in connection.execute(_WITHOUT_USAGE, [[OWNER, APP, REGISTRAR], schema]).fetchall():
        grant = sql.SQL("GRANT USAGE ON SCHEMA {} TO {}")
        connection.execute(grant.format(sql.Identifier(schema), sql.Identifier(role)))
    connection.execute(_ADD_COLUMN.format(owner=sql.Identifier(OWNER), schema=sql.Identifier(schema)))
    return True
