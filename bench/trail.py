"""Searching the log at a page: our CPU and Postgres's for each kind of search, among many entries, and what it costs.

    python bench/trail.py [--entries 1000000] [--json]

An embedded PostgreSQL of its own; a year of a hospital of 500 people and 20,000 patients (bench/log_world.py).
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).parent))

import psycopg

from log_world import COPY, SHARD, TYPES, WORKER, LogWorld, entries, fill, world
from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import AUDITOR, Credentials, ensure_roles
from phiward.adapters.postgres.trail_search import TrailSearch
from phiward.audit.leaf import encode_leaf
from phiward.domain.people import PurposeOfUse
from phiward.domain.trail import Search, Verdict
from processes import Postgres, cpu_seconds
from told import tell

ROUNDS = 30
NUMBERED, BATCH, NUMBERINGS = 20_000, 100, 5
INDEXES = ("audit_by_kind", "audit_by_actor", "audit_by_patient", "audit_by_purpose", "audit_by_end")
NUMBER = """UPDATE audit_entry e SET leaf_index = %s + n.place, shard = %s
              FROM unnest(%s::uuid[]) WITH ORDINALITY n (id, place) WHERE e.id = n.id"""
BUDGET = 50


def searches(of: LogWorld) -> dict[str, Search]:
    """Each thing that a page can ask, alone and together."""
    person, patient, year = of.people[3], of.patients[5], of.until - timedelta(days=365)
    return {
        "the newest": Search(),
        "a person": Search(person=person),
        "a patient": Search(patient=patient),
        "a patient nobody asked about": Search(patient=uuid4()),
        "for treatment": Search(purpose=PurposeOfUse.TREAT),
        "for research": Search(purpose=PurposeOfUse.HRESCH),
        "refused, a year": Search(verdict=Verdict.REFUSED, since=year),
        "withheld": Search(verdict=Verdict.WITHHELD),
        "broken off": Search(verdict=Verdict.BROKEN_OFF),
        "acts": Search(verdict=Verdict.ADMINISTRATION),
        "a day in spring": Search(since=of.until - timedelta(days=200), until=of.until - timedelta(days=199)),
        "a person, refused": Search(person=person, verdict=Verdict.REFUSED),
        "a person, withheld": Search(person=person, verdict=Verdict.WITHHELD),
        "a person about a patient": Search(person=person, patient=patient),
        "refused, for research": Search(verdict=Verdict.REFUSED, purpose=PurposeOfUse.HRESCH),
        "withheld, of a patient": Search(verdict=Verdict.WITHHELD, patient=patient),
    }


async def measure(conninfo: str, of: LogWorld, postgres: list[int]) -> list[dict[str, Any]]:
    """Rows of the report."""
    database, rows = Database(conninfo, max_size=2), []
    await database.open()
    look = TrailSearch(database)
    try:
        for name, search in searches(of).items():
            found = await look.find(of.tenant, search)
            begun, own, beside = time.perf_counter(), time.process_time(), cpu_seconds(postgres)
            for _ in range(ROUNDS):
                await look.find(of.tenant, search)
            took = 1e3 * (time.perf_counter() - begun) / ROUNDS
            ours = 1e3 * (time.process_time() - own) / ROUNDS
            theirs = 1e3 * (cpu_seconds(postgres) - beside) / ROUNDS
            label = f"{name}: {len(found.entries)}{'+' if found.next else ''} found"
            rows += [
                {"name": label, "value": round(ours + theirs, 2), "unit": "CPU ms", "budget": BUDGET,
                 "holds": ours + theirs <= BUDGET},
                {"name": f"{name}, waited", "value": round(took, 2), "unit": "ms", "budget": None, "holds": True},
            ]  # fmt: skip
    finally:
        await database.close()
    return rows


def append(connection: psycopg.Connection, of: LogWorld) -> list[UUID]:
    """Entries that wait for their numbers; their ids in order."""
    made = list(entries(of, NUMBERED))
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for one in made:
            leaf = encode_leaf(one, WORKER)
            row = (one.id, one.tenant, one.interaction, str(one.kind), WORKER, one.recorded_at, leaf, None, None)
            copy.write_row(row)
    connection.execute("VACUUM ANALYZE audit_entry")
    return [one.id for one in made]


def numbering(administrator: str, of: LogWorld, postgres: list[int]) -> list[dict[str, Any]]:
    """What the indexes cost each entry when it gets its number: CPU of Postgres with them, and after they are gone."""
    costs: dict[str, list[float]] = {"with the indexes": [], "without": []}
    for name, made in costs.items():
        with psycopg.connect(administrator, autocommit=True, options="-c search_path=phiward") as connection:
            if name == "without":
                connection.execute(f"DROP INDEX {', '.join(INDEXES)}".encode())
            for _ in range(NUMBERINGS):
                connection.execute("TRUNCATE audit_entry, audit_addendum")
                keys = append(connection, of)
                connection.execute("CHECKPOINT")
                beside = cpu_seconds(postgres)
                for first in range(0, NUMBERED, BATCH):
                    connection.execute(NUMBER, [first - 1, SHARD, keys[first : first + BATCH]])
                made.append(1e6 * (cpu_seconds(postgres) - beside) / NUMBERED)
    return [
        {
            "name": f"numbering an entry, {name}",
            "value": round(min(made), 1),
            "unit": "us",
            "budget": None,
            "holds": True,
        }
        for name, made in costs.items()
    ]


def measured(count: int) -> list[dict[str, Any]]:
    """With a server of its own, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-bench-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = EmbeddedPostgres(folder / "data", folder / "secrets")
    try:
        with supervisor.running(own=True) as server:
            admin = server.conninfo(ADMINISTRATOR, supervisor.password, DATABASE)
            credentials = Credentials.load_or_create(folder / "secrets" / "database.json")
            ensure_roles(admin, credentials.passwords)
            migrate(admin)
            of = world(uuid4())
            begun = time.perf_counter()
            fill(admin, of, count)
            print(f"{count:,} entries copied in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            rows = asyncio.run(measure(credentials.conninfo(admin, AUDITOR), of, Postgres()))
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute("ALTER TABLE phiward.audit_entry DISABLE TRIGGER USER")
                connection.execute("ALTER TABLE phiward.audit_addendum DISABLE TRIGGER USER")
            return rows + numbering(admin, of, Postgres())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Print the rows; 1 when a budget does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    return tell(measured(options.entries), 45, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
