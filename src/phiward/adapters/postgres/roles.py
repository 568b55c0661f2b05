"""The database roles and their passwords.

Passwords are made here, kept in a 0600 file in the secrets folder, and reach the server only as
SCRAM verifiers, so that no statement, log or statistics view ever holds one.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from phiward.domain.errors import ConfigurationError
from phiward.vault.files import create_private_file, replace_private_file

OWNER, RESOLVER = "phiward_owner", "phiward_resolver"
APP, REGISTRAR, AUDITOR = "phiward_app", "phiward_registrar", "phiward_auditor"
WARDEN = "phiward_warden"
FIRST_LOGINS = (APP, REGISTRAR, AUDITOR)
"""Those that every installation has had from its beginning."""
LOGINS = (*FIRST_LOGINS, WARDEN)
HARMLESS = sql.SQL("NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT")
HARMLESS_BY_A_NON_SUPERUSER = sql.SQL("NOCREATEROLE NOINHERIT")
"""What is left unsaid is off in a new role; since 16 only who has an attribute may name it for an old one."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The password of each login role."""

    passwords: Mapping[str, str] = field(repr=False)

    @classmethod
    def load_or_create(cls, path: Path) -> "Credentials":
        """Read the file, or make it. Raises ConfigurationError when it is readable by others or broken."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = {role: secrets.token_urlsafe(32) for role in LOGINS}
        create_private_file(path, json.dumps(made).encode(), None)
        found = _read(path)
        if found.keys() < made.keys():  # made by a version that knew fewer roles
            found = {**made, **found}
            replace_private_file(path, json.dumps(found).encode())
        return cls(found)

    def conninfo(self, base: str, role: str) -> str:
        """`base` with its user and password replaced by those of a login role."""
        return make_conninfo(base, user=role, password=self.passwords[role])


def _read(path: Path) -> dict[str, str]:
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path.name} in the secrets folder is readable by others; make it 0600.")
    try:
        found = json.loads(path.read_text(encoding="ascii"))
        return {role: str(found[role]) for role in LOGINS if role in found or role in FIRST_LOGINS}
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{path.name} in the secrets folder does not hold the database passwords.") from error


def ensure_roles(administrator: str, passwords: Mapping[str, str]) -> None:
    """Create or update the six roles. `administrator` connects as a superuser or with CREATEROLE.

    Raises ConfigurationError when the server refuses.
    """
    try:
        with psycopg.connect(administrator) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(7744020)")
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            superuser = bool(row and row[0])
            harmless = HARMLESS if superuser else HARMLESS_BY_A_NON_SUPERUSER
            for role in (OWNER, RESOLVER):
                _ensure(connection, role, sql.SQL("NOLOGIN {}").format(harmless), known)
            for role in LOGINS:
                _ensure(connection, role, sql.SQL("LOGIN {}").format(harmless), known)
                verifier = connection.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), verifier.decode()))
            if not superuser:
                _join(connection)
    except psycopg.Error as error:
        raise ConfigurationError("The database roles could not be made; is that an administrator?") from error


def _ensure(connection: psycopg.Connection, role: str, attributes: sql.Composed, known: set[str]) -> None:
    verb = sql.SQL("ALTER" if role in known else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} {}").format(verb, sql.Identifier(role), attributes))


def _join(connection: psycopg.Connection) -> None:
    """A CREATEROLE administrator must be a member of the owner and the resolver to act for them."""
    options = sql.SQL("WITH INHERIT TRUE, SET TRUE") if connection.info.server_version >= 160000 else sql.SQL("")
    for role in (OWNER, RESOLVER):
        connection.execute(sql.SQL("GRANT {} TO current_user {}").format(sql.Identifier(role), options))
