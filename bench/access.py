"""Who may see what: a decision with its facts, a person with 5,000 patients, and what row-level security costs.

    python bench/access.py [--calls 2000] [--json]

An embedded PostgreSQL of its own: 500 people, 20,000 patients, 200,000 care relations, one of the people treating 5,000
of the patients. CPU is that of this process, call by call; Postgres is reported beside it.
"""

import argparse
import asyncio
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

import psycopg
from psycopg.conninfo import make_conninfo

from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.keystore import SqliteKeyStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.roles import APP, Credentials, ensure_roles
from phiward.domain.patients import Identifier, IdentifierKind, PatientRef
from phiward.domain.people import PurposeOfUse
from phiward.domain.text import Secret
from phiward.domain.vendors import DestinationClass
from phiward.policy.decide import Policy
from phiward.records.decode import PATIENT_NAME, encode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from processes import Postgres, cpu_seconds
from told import tell

PEOPLE, PATIENTS, RELATIONS, PANEL = 500, 20_000, 200_000, 5_000
DOCUMENTS, DOCUMENT_BYTES = 200, 4_096
TENANT = UUID(int=1)


def person(number: int) -> UUID:
    """The id of a person."""
    return UUID(int=10_000 + number)


def patient(number: int) -> UUID:
    """The id of a patient."""
    return UUID(int=1_000_000 + number)


def key(number: int) -> Secret:
    """The personal key of a person."""
    return Secret(f"bench-key-{number}")


def fill(admin: str, vault: Vault) -> None:
    """The hospital: COPY, past every policy. Person 0 treats PANEL patients, the others about 400 each."""
    rng = Random(5)  # noqa: S311 - invented data
    begun = datetime.now(UTC) - timedelta(days=30)
    sealed = os.urandom(300)
    with psycopg.connect(admin, options="-c search_path=phiward") as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO tenant (id, name) VALUES (%s, 'bench')", [TENANT])
        with cursor.copy("COPY person (id, tenant, login, practitioner, roles) FROM STDIN") as copy:
            for number in range(PEOPLE):
                copy.write_row((person(number), TENANT, f"p{number}", f"Practitioner/{number}", ["physician"]))
        with cursor.copy("COPY personal_key (id, person, digest, label, expires_at) FROM STDIN") as copy:
            for number in range(PEOPLE):
                digest = hashlib.sha256(key(number).value.encode()).digest()
                copy.write_row((UUID(int=90_000 + number), person(number), digest, "bench", begun + timedelta(days=60)))
        with cursor.copy("COPY patient (id, tenant, version, content_digest, sealed) FROM STDIN") as copy:
            for number in range(PATIENTS):
                copy.write_row((patient(number), TENANT, 1, b"", sealed))
        for number in (0, PANEL + 1):
            plain = encode_patient((Identifier(IdentifierKind.FULL_NAME, "Zora Testcase"),), None)
            made = vault.seal(TENANT, PatientRef(patient(number)), patient(number), PATIENT_NAME, plain)
            cursor.execute("UPDATE patient SET sealed = %s WHERE id = %s", [made, patient(number)])
        with cursor.copy("COPY patient_handle (tenant, digest, patient) FROM STDIN") as copy:
            for number in range(PATIENTS):
                digest = vault.digest(None, HANDLE_LABEL, handle_text(f"mrn-{number}"))
                copy.write_row((TENANT, digest, patient(number)))
        columns = "tenant, patient, practitioner, source, starts_at, ends_at, origin"
        with cursor.copy(f"COPY care_relation ({columns}) FROM STDIN") as copy:
            for number in range(PANEL):
                copy.write_row(
                    (TENANT, patient(number), "Practitioner/0", "CareTeam", begun, None, number.to_bytes(8, "big"))
                )
            for number in range(RELATIONS - PANEL - 1):
                who, whom = 2 + rng.randrange(PEOPLE - 2), rng.randrange(PATIENTS)
                origin = (PATIENTS + number).to_bytes(8)
                copy.write_row((TENANT, patient(whom), f"Practitioner/{who}", "Encounter", begun, None, origin))
            copy.write_row((TENANT, patient(PANEL + 1), "Practitioner/1", "CareTeam", begun, None, b"last"))
        text = "COPY document (id, tenant, patient, written_at, source_digest, content_digest, sealed) FROM STDIN"
        with cursor.copy(text) as copy:
            for number in range(DOCUMENTS):
                at = begun + timedelta(minutes=number)
                row = (UUID(int=5_000_000 + number), TENANT, patient(PANEL + 1), at, number.to_bytes(8, "big"), b"")
                copy.write_row((*row, os.urandom(DOCUMENT_BYTES)))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


async def timed(calls: int, work: Callable[[], Awaitable[Any]], postgres: list[int]) -> dict[str, float]:
    """Median and 95th percentile of CPU ms a call, ours, and Postgres's mean beside it."""
    for _ in range(50):
        await work()
    spent: list[float] = []
    beside = cpu_seconds(postgres)
    for _ in range(calls):
        begun = time.process_time()
        await work()
        spent.append(1e3 * (time.process_time() - begun))
    spent.sort()
    return {
        "p50": spent[calls // 2],
        "p95": spent[int(calls * 0.95)],
        "postgres": 1e3 * (cpu_seconds(postgres) - beside) / calls,
    }


async def measure(app: str, admin: str, vault: Vault, calls: int, postgres: list[int]) -> list[dict[str, Any]]:
    """Everything, one after the other."""
    database, policy = Database(app, max_size=2), Policy.load()
    await database.open()
    people, now = PostgresPeople(database, vault), datetime.now(UTC)
    made: list[dict[str, Any]] = []
    means = {}
    for name, number, reference in (("a few patients", 1, f"mrn-{PANEL + 1}"), ("5,000 patients", 0, "mrn-0")):

        async def decide(number: int = number, reference: str = reference) -> None:
            opened = await people.caller(key(number), reference)
            if opened is None or opened.patient is None:
                raise SystemExit("The person of the measurement does not see her patient.")
            ref = opened.patient.patient
            policy.decide(opened.caller, ref, opened.standing, PurposeOfUse.TREAT, DestinationClass.BAA, now)

        told = await timed(calls, decide, postgres)
        means[name] = told["p50"] + told["postgres"]
        made += [
            row(f"decision with its facts, {name}, p95", told["p95"], "CPU ms", at_most=0.3),
            row(f"decision with its facts, {name}, median", told["p50"], "CPU ms"),
            row(f"decision with its facts, {name}, Postgres beside it", told["postgres"], "CPU ms"),
        ]
    made.append(row("5,000 patients to a few", means["5,000 patients"] / means["a few patients"], "ratio", at_most=1.1))
    opened = await people.caller(key(1), f"mrn-{PANEL + 1}")
    if opened is None or opened.patient is None:
        raise SystemExit("The person of the measurement does not see her patient.")
    found = opened

    async def alone() -> None:
        ref = found.patient.patient if found.patient else None
        policy.decide(found.caller, ref, found.standing, PurposeOfUse.TREAT, DestinationClass.BAA, now)

    told = await timed(calls, alone, postgres)
    made.append(row("decision alone, p95", told["p95"], "CPU ms"))
    made += await same_time(people, calls)
    made += await row_level_security(database, admin, calls, postgres)
    await database.close()
    return made


async def same_time(people: PostgresPeople, calls: int) -> list[dict[str, Any]]:
    """How long a stranger's patient takes beside nobody's, in turns; wall time, medians."""
    asked = {"a stranger": "mrn-7", "nobody": "mrn-nobody"}
    took: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(2 * calls):
        for name in sorted(asked, reverse=bool(number % 2)):
            begun = time.perf_counter()
            opened = await people.caller(key(1), asked[name])
            took[name].append(1e6 * (time.perf_counter() - begun))
            if opened is None or opened.patient is not None:
                raise SystemExit("The stranger of the measurement is seen.")
    median = {name: sorted(values)[len(values) // 2] for name, values in took.items()}
    return [
        *(row(f"answer about {name}, median", value, "µs") for name, value in median.items()),
        row("a stranger to nobody", median["a stranger"] / median["nobody"], "ratio", at_most=1.05),
    ]


async def row_level_security(database: Database, admin: str, calls: int, postgres: list[int]) -> list[dict[str, Any]]:
    """The newest 50 documents of one patient: as the gateway, and as a superuser, whom no policy binds."""
    query = "SELECT id, written_at, sealed FROM document WHERE patient = %s ORDER BY written_at DESC, id LIMIT 50"
    ref = PatientRef(patient(PANEL + 1))
    plain = Database(admin, max_size=1)
    await plain.open()

    async def guarded() -> None:
        async with database.as_session(key(1), ref) as connection:
            if len(await (await connection.execute(query, [ref])).fetchall()) != 50:
                raise SystemExit("The documents of the measurement are not seen.")

    async def unguarded() -> None:
        async with plain.plain() as connection, connection.transaction():
            await connection.execute(
                "SELECT set_config('phiward.session', '', true), set_config('phiward.patient', '', true)"
            )
            await (await connection.execute(query, [ref])).fetchall()

    with_it, without = await timed(calls, guarded, postgres), await timed(calls, unguarded, postgres)
    await plain.close()
    return [
        row("patient-scoped query under row-level security, Postgres", with_it["postgres"], "CPU ms"),
        row("the same without, Postgres", without["postgres"], "CPU ms"),
        row(
            "row-level security adds to a patient-scoped query",
            100 * ((with_it["postgres"] + with_it["p50"]) / (without["postgres"] + without["p50"]) - 1),
            "%",
            at_most=10,
        ),
    ]


def row(name: str, value: float, unit: str, at_most: float | None = None) -> dict[str, Any]:
    """One figure; without a budget it holds."""
    holds = at_most is None or value <= at_most
    return {"name": name, "value": round(value, 3), "unit": unit, "budget": at_most, "holds": holds}


def measured(calls: int) -> list[dict[str, Any]]:
    """With a server of its own, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-bench-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = EmbeddedPostgres(folder / "data", folder / "secrets")
    try:
        with (
            supervisor.running(own=True) as server,
            contextlib.closing(SqliteKeyStore(folder / "secrets" / "keys.sqlite", data_dir=folder / "data")) as store,
        ):
            admin = server.conninfo(ADMINISTRATOR, supervisor.password, DATABASE)
            credentials = Credentials.load_or_create(folder / "secrets" / "database.json")
            ensure_roles(admin, credentials.passwords)
            migrate(admin)
            admin = make_conninfo(admin, options="-c search_path=phiward")
            vault = Vault(RootKey(os.urandom(32)), store)
            fill(admin, vault)
            return asyncio.run(measure(credentials.conninfo(admin, APP), admin, vault, calls, Postgres()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Print the rows; 1 when a budget does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    return tell(measured(options.calls), 65, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
