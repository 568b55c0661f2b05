"""One store of facts, two judges: whatever Cedar permits about a patient, row-level security shows, and no more.

Random hospitals in a real database; the oracle of `world` knows neither SQL nor Cedar.
"""

import hashlib
from datetime import UTC, datetime
from itertools import product
from random import Random
from uuid import UUID

import psycopg
import pytest

from phiward.adapters.postgres.people import _caller, _standing
from phiward.domain.patients import PatientRef
from phiward.domain.people import PurposeOfUse
from phiward.domain.text import Secret
from phiward.domain.vendors import DestinationClass
from phiward.domain.verdict import Permit
from phiward.policy.decide import POLICY_ERROR, Policy
from tests.adapters.postgres.world import World, draw, settle
from tests.postgres import RunningDatabase

SEEDS = (1, 2)
DECISIONS = 40_000
"""How many the issue asks for."""
COLUMNS = (
    "person, tenant, roles, credential, kind, service, expires_at, bound_patient, bound_purpose, scopes, auth_time,"
    " acr, seen_at, idle_seconds, patient, restricted, relations, consents"
)


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest, running: RunningDatabase) -> World:
    """A random hospital, in the database."""
    made = draw(Random(request.param))
    settle(made, running.admin)
    return made


def visible(connection: psycopg.Connection, key: str, patient: UUID | None = None) -> set[UUID]:
    """What the gateway's role reads of `patient` with this token, all of it or one patient's."""
    with connection.transaction():
        connection.execute("SELECT set_config('phiward.session', %s, true)", [key])
        connection.execute("SELECT set_config('phiward.patient', %s, true)", ["" if patient is None else str(patient)])
        return {row[0] for row in connection.execute("SELECT id FROM patient").fetchall()}


def test_row_level_security_shows_exactly_what_the_facts_say(world: World, running: RunningDatabase) -> None:
    """Every person of every organisation, all at once and patient by patient."""
    now = datetime.now(UTC)
    with psycopg.connect(running.app, options="-c search_path=phiward", autocommit=True) as connection:
        for tenant in world.tenants:
            others = world.patients[next(one for one in world.tenants if one != tenant)]
            for who in world.people[tenant]:
                expected = world.expected(who, now)
                assert visible(connection, who.key) == expected
                for patient in [*Random(7).sample(world.patients[tenant], 8), *others[:2]]:
                    assert visible(connection, who.key, patient) == expected & {patient}


def test_what_cedar_permits_row_level_security_shows(world: World, running: RunningDatabase) -> None:
    """By the very facts that the database hands the gateway, over every purpose and destination class."""
    policy, now = Policy.load(), datetime.now(UTC)
    decided = permitted = 0
    wrong = []
    with psycopg.connect(running.app, options="-c search_path=phiward", autocommit=True) as connection:
        for tenant in world.tenants:
            for who, (number, patient) in product(world.people[tenant], enumerate(world.patients[tenant])):
                handle = hashlib.sha256(str(number).encode()).digest()
                row = connection.execute(
                    f"SELECT {COLUMNS} FROM open_request(%s, %s, false)".encode(),  # noqa: S608
                    [who.key, handle],
                ).fetchone()
                shown = row is not None and row[14] == patient
                if shown != (patient in world.expected(who, now)):
                    wrong.append((who.id, patient, "shown" if shown else "hidden"))
                if row is None:
                    continue
                caller = _caller(row[:14], Secret(who.key))
                standing = _standing(row[16], row[17], bool(row[15]))
                for purpose, destination in product(PurposeOfUse, DestinationClass):
                    verdict = policy.decide(caller, PatientRef(patient), standing, purpose, destination, now)
                    assert verdict != POLICY_ERROR
                    decided += 1
                    permitted += isinstance(verdict, Permit)
                    if isinstance(verdict, Permit) and not shown:
                        wrong.append((who.id, patient, purpose))
    assert wrong == []
    assert decided >= DECISIONS / len(SEEDS)
    assert permitted > 100
