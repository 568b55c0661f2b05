"""The roles, and passwords that never stand in a statement."""

import json
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from phiward.adapters.postgres.roles import APP, LOGINS, OWNER, RESOLVER, Credentials, ensure_roles
from phiward.domain.errors import ConfigurationError
from tests.postgres import RunningDatabase, Server


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"phiward_app": "x"}', "\N{SNOWMAN}"])
def test_a_password_file_that_holds_something_else_is_refused(tmp_path: Path, content: str) -> None:
    """By its name, without what stands in it."""
    path = tmp_path / "roles.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match=r"roles\.json"):
        Credentials.load_or_create(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_password_file_that_others_read_is_refused(tmp_path: Path, mode: int) -> None:
    """Its passwords are known by now; a person must look."""
    path = tmp_path / "roles.json"
    Credentials.load_or_create(path)
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="0600"):
        Credentials.load_or_create(path)


def test_passwords_are_made_once_and_not_shown(tmp_path: Path) -> None:
    """Each its own, in a 0600 file in a 0700 folder."""
    path = tmp_path / "secrets" / "roles.json"
    made = Credentials.load_or_create(path)
    assert Credentials.load_or_create(path) == made
    assert set(made.passwords) == set(LOGINS)
    assert len(set(made.passwords.values())) == len(LOGINS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not any(one in repr(made) for one in made.passwords.values())
    assert json.loads(path.read_text()) == made.passwords


def test_a_connection_string_gets_another_user_and_keeps_the_rest(tmp_path: Path) -> None:
    """Also one written as an address."""
    made = Credentials.load_or_create(tmp_path / "roles.json")
    for base in (
        "host=/run/x dbname=d user=a password=b sslmode=require",
        "postgresql://a:b@/d?host=/run/x&sslmode=require",
    ):
        found = conninfo_to_dict(made.conninfo(base, APP))
        assert found == {
            "host": "/run/x", "dbname": "d", "sslmode": "require", "user": APP, "password": made.passwords[APP],
        }  # fmt: skip


def test_someone_who_is_no_administrator_is_refused(running: RunningDatabase, postgres: Server) -> None:
    """And the message repeats no password."""
    for conninfo in (running.app, "host=/nowhere password=invented-secret"):
        with pytest.raises(ConfigurationError) as caught:
            ensure_roles(conninfo, postgres.credentials.passwords)
        assert "invented-secret" not in str(caught.value)


def test_roles_are_harmless_and_made_so_again(running: RunningDatabase, postgres: Server) -> None:
    """What somebody gave them in between is taken back."""
    query = (
        "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'phiward\\_%' AND rolname <> 'phiward_admin'"
        " AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication OR rolinherit)"
    )
    expected = {OWNER: False, RESOLVER: False, **dict.fromkeys(LOGINS, True)}
    with psycopg.connect(running.admin, autocommit=True) as connection:
        assert dict(connection.execute(query.encode()).fetchall()) == expected
        connection.execute("ALTER ROLE phiward_auditor SUPERUSER BYPASSRLS CREATEROLE INHERIT")
        connection.execute("ALTER ROLE phiward_owner LOGIN")
        try:
            assert dict(connection.execute(query.encode()).fetchall()) != expected
        finally:
            ensure_roles(running.admin, postgres.credentials.passwords)
        assert dict(connection.execute(query.encode()).fetchall()) == expected


def test_a_new_password_replaces_the_old(running: RunningDatabase, postgres: Server) -> None:
    """Rotation: the old one is refused from then on."""
    changed = {**postgres.credentials.passwords, APP: "invented-new-password"}
    ensure_roles(running.admin, changed)
    try:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(running.app)
        psycopg.connect(make_conninfo(running.app, password="invented-new-password")).close()
    finally:
        ensure_roles(running.admin, postgres.credentials.passwords)
    psycopg.connect(running.app).close()


def test_the_server_sees_verifiers_only(
    running: RunningDatabase, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its catalogue and in every statement that it is sent."""
    sent: list[str] = []
    real: Any = psycopg.Connection.execute

    def listening(self: Any, query: Any, *more: Any) -> Any:
        sent.append(query.as_string(self) if isinstance(query, psycopg.sql.Composable) else str(query))
        return real(self, query, *more)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "execute", listening)
        ensure_roles(running.admin, postgres.credentials.passwords)
    assert sum("SCRAM-SHA-256$" in one for one in sent) == len(LOGINS)
    assert not any(password in one for one in sent for password in postgres.credentials.passwords.values())
    with psycopg.connect(running.admin) as connection:
        held = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = ANY (%s)", [list(LOGINS)])
        assert all(one.startswith("SCRAM-SHA-256$") for (one,) in held.fetchall())
