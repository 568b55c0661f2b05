"""Refuses to serve from a database whose protection is not in force.

Row-level security binds neither superusers, nor roles with BYPASSRLS, nor owners of a table without
FORCE, and a policy that was dropped or loosened shows on no page. So the catalogue is asked at every
start, by the very role that will serve. Source: PostgreSQL manual, section 5.9 and `pg_has_role`.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from phiward.adapters.postgres.roles import APP, OWNER, RESOLVER
from phiward.domain.errors import ConfigurationError

MIN_VERSION = 15_00_00
"""UNIQUE NULLS NOT DISTINCT came with PostgreSQL 15."""
PHI_TABLES = ("patient", "patient_handle", "document", "care_relation", "fact", "segment", "citation", "answer")
RESOLVER_FUNCTIONS = ("session_person", "visible_patients", "session_tenant")
SERVER_ROLES = ("pg_read_server_files", "pg_write_server_files", "pg_execute_server_program")
"""Whoever has one of these reads the files beneath row-level security."""


@dataclass(frozen=True, slots=True)
class _Concern:
    """`query` gives the names that are at fault, one a row; none where all is well."""

    wrong: str
    query: LiteralString


CONCERNS = (
    _Concern(
        "The role of the gateway is SUPERUSER, BYPASSRLS or CREATEROLE",
        "SELECT rolname FROM pg_roles WHERE rolname IN (session_user, current_user)"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole)",
    ),
    # 'MEMBER' is true for any membership, also one that may only SET ROLE, and through others.
    _Concern(
        "The role of the gateway is a member of a role that row-level security does not bind",
        "SELECT rolname FROM pg_roles WHERE (rolname = ANY (%(unbound)s::name[]) OR rolsuper OR rolbypassrls)"
        " AND (pg_has_role(session_user, oid, 'MEMBER') OR pg_has_role(current_user, oid, 'MEMBER'))",
    ),
    _Concern(
        "The role of the gateway owns what it must only use",
        "SELECT o.name FROM (SELECT relname, relowner FROM pg_class WHERE relnamespace = 'phiward'::regnamespace"
        " UNION ALL SELECT proname, proowner FROM pg_proc WHERE pronamespace = 'phiward'::regnamespace"
        " UNION ALL SELECT nspname, nspowner FROM pg_namespace WHERE nspname = 'phiward') AS o(name, owner)"
        " JOIN pg_roles r ON r.oid = o.owner WHERE r.rolname IN (session_user, current_user) ORDER BY 1",
    ),
    _Concern(
        "Row-level security is not enabled and forced on",
        "SELECT relname FROM pg_class WHERE relnamespace = 'phiward'::regnamespace AND relkind IN ('r', 'p')"
        " AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1",
    ),
    _Concern(
        "The gateway's care policy is missing on",
        "SELECT t.name FROM unnest(%(phi)s::text[]) AS t(name) WHERE NOT EXISTS"
        " (SELECT FROM pg_policies p WHERE p.schemaname = 'phiward' AND p.tablename = t.name"
        " AND p.cmd = 'SELECT' AND %(app)s::name = ANY (p.roles)) ORDER BY 1",
    ),
    # Permissive policies are joined by OR: one that asks nobody's care opens the table.
    _Concern(
        "A policy lets the gateway past the care relation on",
        "SELECT DISTINCT p.tablename FROM pg_policies p WHERE p.schemaname = 'phiward'"
        " AND p.tablename = ANY (%(phi)s::name[]) AND p.permissive = 'PERMISSIVE' AND p.roles && %(addressed)s::name[]"
        # An INSERT policy has no qual, only a check.
        " AND NOT (coalesce(p.qual, p.with_check, '') LIKE '%%visible_patients()%%'"
        " AND coalesce(p.qual, p.with_check, '') LIKE '%%session_tenant()%%') ORDER BY 1",
    ),
    _Concern(
        "A resolver function is missing, not SECURITY DEFINER, of another owner or without a pinned search path",
        "SELECT f.name FROM unnest(%(resolvers)s::text[]) AS f(name) WHERE NOT EXISTS"
        " (SELECT FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.proname = f.name"
        " AND p.pronamespace = 'phiward'::regnamespace AND p.prosecdef AND r.rolname = %(resolver)s"
        " AND 'search_path=phiward, pg_temp' = ANY (p.proconfig)) ORDER BY 1",
    ),
)
_VALUES = {
    "phi": list(PHI_TABLES),
    "app": APP,
    "addressed": [APP, "public"],
    "resolver": RESOLVER,
    "resolvers": list(RESOLVER_FUNCTIONS),
    "unbound": [OWNER, RESOLVER, *SERVER_ROLES],
}


async def refuse_unsafe(conninfo_app: str) -> None:
    """Raise ConfigurationError, naming what is wrong, unless the database protects what it holds.

    `conninfo_app` connects as the role that the gateway serves with.
    """
    try:
        async with await psycopg.AsyncConnection.connect(conninfo_app) as connection:
            refuse_old_server(connection.info.server_version)
            found = await faults(connection)
    except psycopg.Error as error:
        raise ConfigurationError(
            "The database's protection cannot be examined; is it reachable and migrated?"
        ) from error
    if found:
        raise ConfigurationError(f"{found[0]}. Repair it, or restore the database that was migrated.")


async def faults(connection: psycopg.AsyncConnection[Any]) -> tuple[str, ...]:
    """What is wrong with the database's protection, a sentence each without its stop; none where it is in force.

    `connection` is of the role that the gateway serves with. Raises psycopg.Error.
    """
    found = []
    for concern in CONCERNS:
        cursor = await connection.execute(concern.query, _VALUES)
        if names := ", ".join(str(row[0]) for row in await cursor.fetchall()):
            found.append(f"{concern.wrong}: {names}")
    return tuple(found)


def refuse_old_server(version: int) -> None:
    """Raise ConfigurationError for a server older than 15. `version` as libpq gives it: 150004 is 15.4."""
    if version < MIN_VERSION:
        raise ConfigurationError(f"PostgreSQL 15 or newer is needed; this server is {version // 10_000}.")
