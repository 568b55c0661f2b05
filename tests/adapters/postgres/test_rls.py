"""Row-level security as the schema has it, with every role, straight through the driver."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.postgres import RunningDatabase

PHI_TABLES = ("patient", "patient_handle", "document", "care_relation", "known_identifier")
ALL_TABLES = (
    *PHI_TABLES, "tenant", "person", "personal_key", "destination", "baa", "risk_acceptance",
    "audit_entry", "audit_addendum", "audit_head", "audit_checkpoint", "worker",
)  # fmt: skip
Rows = list[tuple[Any, ...]]


@dataclass
class House:
    """One organisation: a physician with a key, a patient of hers and a stranger, a note of each."""

    database: RunningDatabase
    tenant: UUID = field(default_factory=uuid4)
    person: UUID = field(default_factory=uuid4)
    own: UUID = field(default_factory=uuid4)
    stranger: UUID = field(default_factory=uuid4)
    key: str = field(default_factory=lambda: f"key-{uuid4()}")

    def as_admin(self, statement: str, *values: Any) -> None:
        """Past every policy."""
        with psycopg.connect(self.database.admin, options="-c search_path=phiward") as connection:
            connection.execute(statement.encode(), values)

    def furnish(self) -> "House":
        """Put everything there."""
        self.as_admin("INSERT INTO tenant (id, name) VALUES (%s, %s)", self.tenant, str(self.tenant))
        self.as_admin(
            "INSERT INTO person (id, tenant, login, practitioner, roles) VALUES (%s, %s, 'p', 'dr', '{physician}')",
            self.person, self.tenant,
        )  # fmt: skip
        self.issue(self.key)
        for patient, practitioner in ((self.own, "dr"), (self.stranger, "other")):
            self.as_admin("INSERT INTO patient VALUES (%s, %s, 1, '', 'sealed')", patient, self.tenant)
            self.as_admin("INSERT INTO patient_handle VALUES (%s, %s, %s)", self.tenant, patient.bytes, patient)
            self.as_admin(
                "INSERT INTO document VALUES (%s, %s, %s, now(), %s, '', 'sealed')",
                uuid4(), self.tenant, patient, patient.bytes,
            )  # fmt: skip
            self.as_admin(
                "INSERT INTO care_relation VALUES (%s, %s, %s, 'CareTeam', now() - interval '1 day')",
                self.tenant, patient, practitioner,
            )  # fmt: skip
            self.as_admin("INSERT INTO known_identifier VALUES (%s, %s, 'name', 1, 1, 1)", self.tenant, patient)
        return self

    def issue(self, key: str, bound: UUID | None = None) -> None:
        """Another key of the physician."""
        self.as_admin(
            "INSERT INTO personal_key (id, person, digest, label, bound_patient, expires_at)"
            " VALUES (%s, %s, %s, 'test', %s, now() + interval '1 hour')",
            uuid4(), self.person, hashlib.sha256(key.encode()).digest(), bound,
        )  # fmt: skip

    def visible(self, table: str, key: str | None) -> Rows:
        """What the gateway's role reads of a table with this session token."""
        with connect(self.database.app) as connection, connection.transaction():
            if key is not None:
                connection.execute("SELECT set_config('phiward.session', %s, true)", [key])
            return connection.execute(f"SELECT * FROM {table}".encode()).fetchall()  # noqa: S608

    def patients(self, key: str | None) -> list[UUID]:
        """The patients that the gateway's role sees."""
        return [row[0] for row in self.visible("patient", key)]


def connect(conninfo: str) -> psycopg.Connection:
    """As the adapters connect."""
    return psycopg.connect(conninfo, autocommit=True, options="-c search_path=phiward,pg_temp")


@pytest.fixture
def house(running: RunningDatabase) -> House:
    """An organisation of its own for each test."""
    return House(running).furnish()


@pytest.mark.parametrize("table", [*PHI_TABLES, "tenant", "destination", "baa", "risk_acceptance"])
@pytest.mark.parametrize("key", [None, "", "unknown"])
def test_without_a_token_in_force_nothing_is_seen(house: House, table: str, key: str | None) -> None:
    """None at all, an empty one, and one that was never issued."""
    assert house.visible(table, key) == []


@pytest.mark.parametrize("table", ["patient", "patient_handle", "document", "care_relation"])
def test_only_patients_in_care_are_seen(house: House, table: str) -> None:
    """Of the stranger there is no row in any table."""
    rows = house.visible(table, house.key)
    assert len(rows) == 1
    assert house.own in rows[0]
    assert house.stranger not in rows[0]


def test_another_organisation_is_not_seen(house: House, running: RunningDatabase) -> None:
    """Although its practitioner has the same id, and a relation there names a patient here."""
    other = House(running).furnish()
    other.as_admin(
        "INSERT INTO care_relation VALUES (%s, %s, 'dr', 'CareTeam', now() - interval '1 day')",
        other.tenant, house.stranger,
    )  # fmt: skip
    assert house.patients(house.key) == [house.own]
    assert other.patients(other.key) == [other.own]
    assert [row[0] for row in house.visible("tenant", house.key)] == [house.tenant]
    assert {row[0] for row in house.visible("known_identifier", house.key)} == {house.tenant}


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("UPDATE personal_key SET expires_at = now() WHERE person = %s", id="expired key"),
        pytest.param("UPDATE personal_key SET revoked_at = now() WHERE person = %s", id="revoked key"),
        pytest.param("UPDATE person SET active = false WHERE id = %s", id="inactive person"),
        pytest.param("UPDATE person SET practitioner = NULL WHERE id = %s", id="no practitioner"),
    ],
)
def test_what_ends_ends_at_once(house: House, ending: str) -> None:
    """Even on a connection that was open before."""
    with connect(house.database.app) as connection:
        query = "SELECT set_config('phiward.session', %s, true), array(SELECT id FROM patient)"
        with connection.transaction():
            connection.execute("SELECT set_config('phiward.session', %s, true)", [house.key])
            assert connection.execute("SELECT id FROM patient").fetchall() == [(house.own,)]
        house.as_admin(ending, house.person)
        with connection.transaction():
            connection.execute(query, [house.key])
            assert connection.execute("SELECT id FROM patient").fetchall() == []


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("ends_at = now() - interval '1 second'", False),
        ("starts_at = now() + interval '1 hour'", False),
        ("ends_at = now() + interval '1 hour'", True),
    ],
)
def test_a_care_relation_counts_from_its_start_to_its_end(house: House, change: str, seen: bool) -> None:
    """Past and future ones open nothing."""
    house.as_admin(f"UPDATE care_relation SET {change} WHERE patient = %s", house.own)  # noqa: S608
    assert house.patients(house.key) == ([house.own] if seen else [])


def test_a_key_bound_to_a_patient_sees_that_one(house: House) -> None:
    """And only if that one is in care: a bound key is narrower, never wider."""
    house.as_admin("UPDATE care_relation SET practitioner = 'dr' WHERE tenant = %s", house.tenant)
    assert set(house.patients(house.key)) == {house.own, house.stranger}
    house.issue("bound", house.stranger)
    assert house.patients("bound") == [house.stranger]
    house.as_admin("DELETE FROM care_relation WHERE patient = %s", house.stranger)
    assert house.patients("bound") == []


def test_a_session_token_ends_with_its_transaction(house: House) -> None:
    """Committed or rolled back, the next one on the connection is nobody."""
    with connect(house.database.app) as connection:
        for end in ("COMMIT", "ROLLBACK"):
            connection.execute("BEGIN")
            connection.execute("SELECT set_config('phiward.session', %s, true)", [house.key])
            assert connection.execute("SELECT count(*) FROM patient").fetchone() == (1,)
            connection.execute(end.encode())
            assert connection.execute("SELECT count(*) FROM patient").fetchone() == (0,)


OPEN = "SELECT * FROM open_request(%s, %s, true)"


def test_open_request_says_who_asks_and_for_whom(house: House) -> None:
    """All that a request needs, in one row, under these names."""
    with connect(house.database.app) as connection:
        cursor = connection.execute(OPEN, [house.key, house.own.bytes])
        names = [column.name for column in cursor.description or ()]
        row = dict(zip(names, cursor.fetchone() or (), strict=True))
    assert names == [
        "person", "tenant", "practitioner", "roles", "credential", "kind", "service", "expires_at", "bound_patient",
        "bound_purpose", "scopes", "auth_time", "acr", "seen_at", "idle_seconds", "vendor_version", "index_version",
        "patient", "patient_version", "sealed", "restricted", "relations", "consents",
    ]  # fmt: skip
    assert (row["person"], row["tenant"], row["patient"]) == (house.person, house.tenant, house.own)
    assert (row["practitioner"], row["roles"], row["patient_version"]) == ("dr", ["physician"], 1)
    assert bytes(row["sealed"]) == b"sealed"
    assert [one["source"] for one in row["relations"]] == ["CareTeam"]


def test_open_request_names_nobody_whom_the_caller_may_not_see(house: House) -> None:
    """A stranger, nobody, and a reference that two of her patients share look alike."""
    with connect(house.database.app) as connection:
        for handle in (house.stranger.bytes, b"nobody", None):
            row = connection.execute(OPEN, [house.key, handle]).fetchone()
            assert row is not None
            assert row[17:] == (None,) * 6
        house.as_admin("UPDATE care_relation SET practitioner = 'dr' WHERE tenant = %s", house.tenant)
        for patient in (house.own, house.stranger):
            house.as_admin("INSERT INTO patient_handle VALUES (%s, 'shared', %s)", house.tenant, patient)
        row = connection.execute(OPEN, [house.key, b"shared"]).fetchone()
        assert row is not None
        assert row[17] is None
        assert connection.execute(OPEN, ["unknown", house.own.bytes]).fetchall() == []


def test_open_request_leaves_nothing_on_the_connection(house: House) -> None:
    """Not in autocommit, not inside a transaction, and not when it raises."""
    left = "SELECT nullif(current_setting('phiward.session', true), ''), (SELECT count(*) FROM patient)"
    with connect(house.database.app) as connection:
        connection.execute(OPEN, [house.key, house.own.bytes])
        assert connection.execute(left).fetchone() == (None, 0)
        with connection.transaction():
            connection.execute(OPEN, [house.key, house.own.bytes])
            assert connection.execute(left).fetchone() == (None, 0)
            with pytest.raises(psycopg.Error), connection.transaction():
                connection.execute("SELECT 1 / (count(*) - 1) FROM open_request(%s, %s, true)", [house.key, None])
            assert connection.execute(left).fetchone() == (None, 0)
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1 / (count(*) - 1) FROM open_request(%s, %s, true)", [house.key, None])
        assert connection.execute(left).fetchone() == (None, 0)


@pytest.mark.parametrize("table", ["person", "personal_key", "audit_addendum"])
def test_the_gateway_cannot_read_people_keys_or_addenda(house: House, table: str) -> None:
    """Not even with a token in force: who is asking comes through the resolver's functions."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.visible(table, house.key)


@pytest.mark.parametrize("table", [*PHI_TABLES, "tenant", "person", "personal_key", "destination", "baa"])
def test_the_gateway_cannot_write_records_people_or_vendors(house: House, table: str) -> None:
    """Neither change nor remove nor empty them."""
    with connect(house.database.app) as connection:
        connection.execute("SELECT set_config('phiward.session', %s, false)", [house.key])
        for statement in ("DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {} DEFAULT VALUES"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.format(table).encode())


@pytest.mark.parametrize(
    "statement",
    [
        "DROP POLICY in_care ON patient",
        "ALTER POLICY in_care ON patient USING (true)",
        "CREATE POLICY mine ON patient TO phiward_app USING (true)",
        "ALTER TABLE patient DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE patient NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION visible_patients() RETURNS uuid[] LANGUAGE sql AS 'SELECT NULL::uuid[]'",
        "ALTER FUNCTION session_person() SECURITY INVOKER",
        "CREATE TABLE phiward.mine (id int)",
        "CREATE FUNCTION phiward.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE phiward_owner",
        "SET ROLE phiward_resolver",
        "SET ROLE phiward_registrar",
        "SET session_replication_role = replica",
        "COPY patient TO PROGRAM 'true'",
    ],
)
@pytest.mark.parametrize("role", ["app", "registrar", "auditor"])
def test_no_login_can_loosen_its_own_bounds(running: RunningDatabase, role: str, statement: str) -> None:
    """Policies, triggers, functions and roles are the owner's."""
    if role == "registrar" and statement.endswith("phiward_registrar"):
        statement = "SET ROLE phiward_app"
    with connect(getattr(running, role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_a_temporary_table_does_not_stand_in_for_a_real_one(house: House) -> None:
    """The functions of the resolver look in their own schema first."""
    with connect(house.database.app) as connection, connection.transaction():
        connection.execute(
            "CREATE TEMP TABLE care_relation AS SELECT %s::uuid AS tenant, %s::uuid AS patient,"
            " 'dr' AS practitioner, now() - interval '1 day' AS starts_at, NULL::timestamptz AS ends_at",
            [house.tenant, house.stranger],
        )
        connection.execute("SELECT set_config('phiward.session', %s, true)", [house.key])
        assert connection.execute("SELECT id FROM patient").fetchall() == [(house.own,)]


def test_row_security_off_is_an_error_and_not_a_way_around(house: House) -> None:
    """For the owner too, because it is forced."""
    with connect(house.database.app) as connection:
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute("SELECT * FROM patient")
    with connect(house.database.admin) as connection:
        connection.execute("SET ROLE phiward_owner")
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute("SELECT * FROM patient")


@pytest.mark.parametrize("table", ALL_TABLES)
def test_the_owner_sees_nothing(house: House, table: str) -> None:
    """Row-level security is forced on every table, and no policy is the owner's."""
    with connect(house.database.admin) as connection:
        rows = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608
        if table in PHI_TABLES:
            assert rows != (0,)
        connection.execute("SET ROLE phiward_owner")
        connection.execute("SELECT set_config('phiward.session', %s, false)", [house.key])
        connection.execute("SELECT set_config('phiward.tenant', %s, false)", [str(house.tenant)])
        assert connection.execute(f"SELECT * FROM {table}".encode()).fetchall() == []  # noqa: S608


@pytest.mark.parametrize("table", [*PHI_TABLES, "personal_key"])
def test_the_auditor_reads_no_records_and_no_keys(house: House, table: str) -> None:
    """She reads the log, which holds none."""
    with connect(house.database.auditor) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM {table}".encode())  # noqa: S608
        for name in ("audit_entry", "audit_addendum", "audit_head", "audit_checkpoint", "person"):
            connection.execute(f"SELECT * FROM {name}".encode())  # noqa: S608


def test_the_registrar_works_for_one_organisation(house: House, running: RunningDatabase) -> None:
    """Named in her transaction; without a name she reaches none, and she writes into no other."""
    other = House(running).furnish()
    with connect(running.registrar) as connection:
        assert connection.execute("SELECT count(*) FROM patient").fetchone() == (0,)
        with connection.transaction():
            connection.execute("SELECT set_config('phiward.tenant', %s, true)", [str(house.tenant)])
            rows = {row[0] for row in connection.execute("SELECT id FROM patient").fetchall()}
            assert rows == {house.own, house.stranger}
            assert connection.execute("DELETE FROM patient WHERE tenant = %s", [other.tenant]).rowcount == 0
            query = "SELECT count(*) FROM personal_key WHERE person = %s"
            assert connection.execute(query, [other.person]).fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("SELECT set_config('phiward.tenant', %s, true)", [str(house.tenant)])
            connection.execute("INSERT INTO patient VALUES (%s, %s, 1, '', '')", [uuid4(), other.tenant])


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET leaf = ''", "DELETE FROM audit_entry",
    "TRUNCATE audit_entry CASCADE", "UPDATE audit_entry SET leaf_index = 7"])  # fmt: skip
@pytest.mark.parametrize("role", ["app", "registrar", "auditor", "owner", "administrator"])
def test_nobody_edits_the_log(running: RunningDatabase, role: str, statement: str) -> None:
    """The grants and policies stop most, the trigger stops the rest, the superuser included."""
    with connect(running.admin) as connection:
        connection.execute(
            "INSERT INTO audit_entry SELECT %s, %s, %s, 'intent', %s, now(), 'leaf',"
            " (SELECT coalesce(max(leaf_index), 0) + 1 FROM audit_entry), ''",
            [uuid4(), uuid4(), uuid4(), uuid4()],
        )
        held = connection.execute("SELECT * FROM audit_entry ORDER BY id").fetchall()
    logins = {"app": running.app, "registrar": running.registrar, "auditor": running.auditor}
    with connect(logins.get(role, running.admin)) as connection:
        if role == "owner":
            connection.execute("SET ROLE phiward_owner")
        with pytest.raises(psycopg.Error) as caught:
            if connection.execute(statement.encode()).rowcount == 0:
                raise psycopg.errors.InsufficientPrivilege  # forced row-level security shows no row to change
        assert isinstance(caught.value, psycopg.errors.InsufficientPrivilege | psycopg.errors.RaiseException)
    with connect(running.admin) as connection:
        assert connection.execute("SELECT * FROM audit_entry ORDER BY id").fetchall() == held


def test_an_entry_is_numbered_once(running: RunningDatabase) -> None:
    """By the gateway's role, and then no more; a new entry cannot bring its number along."""
    entry = uuid4()
    insert = "INSERT INTO audit_entry VALUES (%s, %s, %s, 'intent', %s, now(), 'leaf', %s, '')"
    with connect(running.app) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(insert, [entry, uuid4(), uuid4(), uuid4(), 3])
        connection.execute(insert, [entry, uuid4(), uuid4(), uuid4(), None])
        number = "UPDATE audit_entry SET leaf_index = %s, shard = '' WHERE id = %s"
        assert connection.execute(number, [900, entry]).rowcount == 1
        assert connection.execute(number, [901, entry]).rowcount == 0
