"""SQL injected through the gateway's role: what it cannot do, and, honestly, what it still can.

The statements run in the transaction of a physician's session, as an injection would.
"""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.adapters.postgres.test_rls import House, connect
from tests.postgres import RunningDatabase

CANNOT = [
    ("INSERT INTO session (id) VALUES (gen_random_uuid())", "make a session"),
    ("UPDATE session SET person = person", "take over a session"),
    ("SELECT digest FROM session", "read sessions"),
    ("SELECT digest FROM personal_key", "read keys"),
    ("INSERT INTO care_relation SELECT * FROM care_relation", "make a relation"),
    ("INSERT INTO access_grant (id) VALUES (gen_random_uuid())", "make a grant"),
    ("UPDATE person SET roles = '{administrator}'", "take a role"),
    ("SELECT * FROM relation", "read everybody's relations"),
    ("SELECT * FROM access_to_patient(gen_random_uuid())", "ask who sees whom"),
    ("SELECT * FROM access_now", "ask it past the functions"),
    ("SELECT * FROM directory_of('x')", "look for a directory"),
    ("SET ROLE phiward_resolver", "become the resolver"),
    ("SET ROLE phiward_warden", "become the warden"),
    ("SET SESSION AUTHORIZATION phiward_owner", "become the owner"),
    ("ALTER TABLE patient DISABLE ROW LEVEL SECURITY", "switch the protection off"),
    ("CREATE FUNCTION phiward.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "leave something behind"),
    ("COPY patient TO PROGRAM 'cat'", "run a program"),
    ("SELECT pg_read_file('/etc/hostname')", "read a file"),
    ("DELETE FROM audit_entry", "delete what is on record"),
]


@pytest.fixture
def house(running: RunningDatabase) -> House:
    """A physician with one patient, and a stranger."""
    return House(running).furnish()


def injected(house: House, *statements: str) -> list[tuple[Any, ...]]:
    """What the last of them gives, in the transaction of the physician's session."""
    with connect(house.database.app) as connection, connection.transaction():
        connection.execute("SELECT set_config('phiward.session', %s, true)", [house.key])
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize(("statement", "what"), CANNOT, ids=[row[1] for row in CANNOT])
def test_it_cannot(house: House, statement: str, what: str) -> None:
    """Refused by the database, whatever the program does."""
    with pytest.raises(psycopg.Error):
        injected(house, statement)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("SELECT set_config('phiward.patient', '{stranger}', true)", "naming a stranger shows nobody"),
        ("SELECT set_config('phiward.session', 'guessed', true)", "a guessed token shows nobody"),
        ("SELECT set_config('phiward.session', '', true)", "no token shows nobody"),
        ("SELECT set_config('phiward.tenant', '{tenant}', true)", "naming the organisation widens nothing"),
        ("SELECT set_config('row_security', 'off', true)", "switching the setting off raises or widens nothing"),
    ],
)
def test_no_setting_widens_what_it_sees(house: House, setting: str, reason: str) -> None:
    """Her own patient at most."""
    statement = setting.format(stranger=house.stranger, tenant=house.tenant)
    try:
        seen = {row[0] for row in injected(house, statement, "SELECT id FROM patient")}
    except psycopg.Error:
        seen = set()
    assert seen <= {house.own}, reason


def test_what_it_still_can_is_read_the_session_itself_and_what_the_session_shows(house: House) -> None:
    """The token of this transaction, her own patients, the organisation's keyed digests; and append to the log."""
    ((token, patients, digests),) = injected(
        house,
        "SELECT current_setting('phiward.session'), (SELECT array_agg(id) FROM patient),"
        " (SELECT count(*) FROM known_identifier)",
    )
    assert token == house.key
    assert patients == [house.own]
    assert digests == 2
    columns = "id, tenant, interaction, kind, worker, recorded_at, leaf"
    entry = f"'{uuid4()}', '{house.tenant}', '{uuid4()}', 'intent', '{uuid4()}', now(), ''"
    injected(house, f"INSERT INTO audit_entry ({columns}) VALUES ({entry})")  # noqa: S608 - it is the point
