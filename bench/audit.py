"""The audit log: acknowledged appends, CPU per entry, sequencing and verification.

    python bench/audit.py [--seconds 4] [--json]

An embedded PostgreSQL of its own with default durability. An entry has the facts of a real intent
(about 0.8 kB of leaf) and 1 kB of ciphertext. CPU is that of this process; Postgres is reported beside it.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent))

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import APP, AUDITOR, Credentials, ensure_roles
from phiward.audit.leaf import canonical_leaf
from phiward.audit.merkle import Frontier, leaf_hash
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.audit.signer import Signer
from phiward.audit.threads import Threads
from phiward.audit.verify import verify
from phiward.audit.walk import Found, Walk
from phiward.domain.audit import Addendum, Entry, EntryKind, StoredEntry
from phiward.domain.documents import DocumentKind
from phiward.domain.people import TenantId
from processes import Postgres, cpu_seconds
from told import tell

WRITERS = (1, 16, 32)
TENANT = TenantId(uuid4())
WORKER = uuid4()
IN_MEMORY = 100_000
PACE = 500
CHAIN = """
CREATE SCHEMA chain; CREATE TABLE chain.head (hash bytea); INSERT INTO chain.head VALUES ('');
CREATE TABLE chain.link (leaf bytea, sealed bytea, hash bytea);
GRANT USAGE ON SCHEMA chain TO phiward_app; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA chain TO phiward_app
"""
SEALED = os.urandom(1024)


def entry() -> Entry:
    """As the gateway writes for a request about one patient with six notes."""
    facts = {
        "version": "0.1.0",
        "person": str(uuid4()),
        "credential": str(uuid4()),
        "credential_kind": "personal_key",
        "session": str(uuid4()),
        "roles": ["physician"],
        "patients": [str(uuid4())],
        "documents": [str(uuid4()) for _ in range(6)],
        "document_kinds": {str(next(iter(DocumentKind))): 6},
        "data_classes": [],
        "facts": [],
        "corpus_documents": [],
        "passages": 6,
        "documents_not_shown": 0,
        "documents_held_back": 0,
        "purpose": "TREAT",
        "rule": "treating_clinician",
        "destination": str(uuid4()),
        "destination_class": "baa",
        "baa": str(uuid4()),
        "risk_acceptance": None,
        "model": "invented-model",
        "stream": True,
        "context_trust": "staff",
        "risk": 0,
        "risk_review": False,
        "risk_rules": [],
        "tools_removed": [],
        "identifier_classes": {"DATE": 4, "MRN": 1, "PATIENT": 2},
        "trace": [["authenticate", "passed", None, 1], ["authorise", "passed", "treating_clinician", 2]],
    }
    sealed = (Addendum("sent", SEALED),)
    return Entry(uuid4(), TENANT, uuid4(), EntryKind.INTENT, datetime.now(UTC), facts, sealed)


LIKE = entry()


def another() -> Entry:
    """Its own interaction; the facts are the same, because making them is not the log's work."""
    return replace(LIKE, id=uuid4(), interaction=uuid4(), recorded_at=datetime.now(UTC))


@asynccontextmanager
async def pool(conninfo: str) -> AsyncIterator[Database]:
    """Opened and closed."""
    database = Database(conninfo, max_size=8)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def appended(log: PostgresAuditLog, writers: int, seconds: float, postgres: list[int]) -> dict[str, float]:
    """So many writers, each with one entry after the other."""
    end = time.perf_counter() + seconds
    waits: list[float] = []

    async def writer() -> None:
        while (begun := time.perf_counter()) < end:
            await log.append(another())
            waits.append(time.perf_counter() - begun)

    begun, own, beside = time.perf_counter(), time.process_time(), cpu_seconds(postgres)
    await asyncio.gather(*(writer() for _ in range(writers)))
    count, took = len(waits), time.perf_counter() - begun
    return {
        "rate": count / took,
        "cpu_ms": 1e3 * (time.process_time() - own) / count,
        "postgres_ms": 1e3 * (cpu_seconds(postgres) - beside) / count,
        "p50_ms": 1e3 * sorted(waits)[count // 2],
    }


async def run(app: str, auditor: str, anchors: Path, seconds: float, postgres: list[int]) -> list[dict[str, Any]]:
    """Measure on a migrated database; `app` and `auditor` are the conninfo of those roles."""
    made: list[dict[str, Any]] = []
    signer, anchor, newest = Signer("bench.example/audit", Ed25519PrivateKey.generate()), FolderAnchor(anchors), [b""]

    def signed(note: bytes) -> None:
        newest[0] = note

    async with pool(app) as database, pool(auditor) as reader:
        store = PostgresAuditStore(database)
        sequencer = Sequencer(store, signer, signed, period=ShardPeriod.YEAR)
        log = PostgresAuditLog(database, uuid4(), sequencer.notify)
        for writers in WRITERS:
            told = await appended(log, writers, seconds, postgres)
            made += [
                row(f"append, {writers} writers", told["rate"], "entries/s"),
                row(f"append, {writers} writers, median wait", told["p50_ms"], "ms"),
                row(f"append, {writers} writers, CPU", told["cpu_ms"], "CPU ms"),
                row(f"append, {writers} writers, postgres beside it", told["postgres_ms"], "CPU ms"),
            ]
        made.append(await sequencing(sequencer))
        task = asyncio.create_task(sequencer.run())
        told = await appended(log, 32, seconds, postgres)
        task.cancel()
        await asyncio.wait([task])
        made.append(row("append, 32 writers, sequencer beside it", told["rate"], "entries/s", at_least=3_000))
        while await sequencer.once():
            pass
        task = asyncio.create_task(sequencer.run())
        made += await paced(log, seconds)
        task.cancel()
        await asyncio.wait([task])
        while await sequencer.once():
            pass
        anchor.append(newest[0])
        made += await verification(PostgresAuditStore(reader), signer, anchor)
    made.append(await chained(app, seconds))
    return [*made, *in_memory()]


async def paced(log: PostgresAuditLog, seconds: float) -> list[dict[str, Any]]:
    """500 appends a second, each begun at its own moment, with the sequencer beside."""
    waits: list[float] = []

    async def one() -> None:
        begun = time.perf_counter()
        await log.append(another())
        waits.append(1e3 * (time.perf_counter() - begun))

    begun, tasks = time.perf_counter(), []
    for number in range(int(PACE * seconds)):
        await asyncio.sleep(max(0.0, begun + number / PACE - time.perf_counter()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    waits.sort()
    return [
        row(f"append at {PACE}/s, p50", waits[len(waits) // 2], "ms"),
        row(f"append at {PACE}/s, p99", waits[len(waits) * 99 // 100], "ms", at_most=50),
    ]


async def chained(app: str, seconds: float) -> dict[str, Any]:
    """What many products call an immutable log, beside ours: each row hashes the one before, a commit for each.

    The same entries, 32 writers, one table with the newest hash locked. It does not see a cut tail, nor an edit with
    everything recomputed (docs/adr/0007).
    """
    end, count = time.perf_counter() + seconds, 0

    async def writer(database: Database) -> None:
        nonlocal count
        while time.perf_counter() < end:
            leaf = canonical_leaf(another(), WORKER)
            async with database.plain() as connection, connection.transaction():
                cursor = await connection.execute("SELECT hash FROM chain.head FOR UPDATE")
                (previous,) = await cursor.fetchone() or (b"",)
                digest = sha256(previous + leaf).digest()
                await connection.execute("INSERT INTO chain.link VALUES (%s, %s, %s)", [leaf, SEALED, digest])
                await connection.execute("UPDATE chain.head SET hash = %s", [digest])
            count += 1

    async with pool(app) as database:
        await asyncio.gather(*(writer(database) for _ in range(32)))
    return row("a plain hash chain, 32 writers, beside it", count / seconds, "entries/s")


async def sequencing(sequencer: Sequencer) -> dict[str, Any]:
    """CPU for each entry of the backlog."""
    own, count = time.process_time(), 0
    while numbered := await sequencer.once():
        count += numbered
    return row("sequencing, batches of 100", 1e3 * (time.process_time() - own) / max(1, count), "CPU ms/entry")


async def verification(store: PostgresAuditStore, signer: Signer, anchor: FolderAnchor) -> list[dict[str, Any]]:
    """The whole log as the command does it, through the database."""
    begun, own = time.perf_counter(), time.process_time()
    report = await verify(store, signer.verifier, anchor.read())
    took, spent = time.perf_counter() - begun, time.process_time() - own
    if not report.holds:
        raise SystemExit("The log of the measurement does not verify.")
    return [
        row("verify through the database", report.entries / took, "entries/s"),
        row("verify through the database, CPU", report.entries / spent, "entries/CPU s"),
    ]


def in_memory() -> list[dict[str, Any]]:
    """Leaves in memory: the tree alone, and with every row held against its leaf."""
    base = entry()
    rows = []
    for index in range(IN_MEMORY):
        one = replace(base, id=uuid4(), interaction=uuid4(), kind=EntryKind.REFUSAL)
        leaf = canonical_leaf(one, WORKER)
        rows.append(
            StoredEntry(
                one.id, one.interaction, "refusal", leaf, index, one.addenda, one.tenant, one.recorded_at, WORKER, ""
            )
        )

    def tree_alone() -> None:
        frontier = Frontier()
        frontier.extend(leaf_hash(one.leaf) for one in rows)

    def whole_walk() -> None:
        found = Found()
        walk = Walk("", range(100, IN_MEMORY, 100), found, Threads())
        for one in rows:
            walk.entry(one)
        if found.findings:
            raise SystemExit("The rows of the measurement do not verify.")

    return [
        row("verify leaves in memory", IN_MEMORY / cpu_of(tree_alone), "entries/CPU s", at_least=100_000),
        row("verify rows and addenda in memory", IN_MEMORY / cpu_of(whole_walk), "entries/CPU s"),
    ]


def cpu_of(work: Callable[[], None]) -> float:
    """CPU seconds."""
    own = time.process_time()
    work()
    return time.process_time() - own


def row(
    name: str, value: float, unit: str, at_least: float | None = None, at_most: float | None = None
) -> dict[str, Any]:
    """One figure; without a budget it holds."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "budget": at_least if at_most is None else at_most,
        "holds": (at_least is None or value >= at_least) and (at_most is None or value <= at_most),
    }


def measured(seconds: float) -> list[dict[str, Any]]:
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
            app, auditor = (credentials.conninfo(admin, role) for role in (APP, AUDITOR))
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(CHAIN)
            return asyncio.run(run(app, auditor, folder / "anchors", seconds, Postgres()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Print the rows; 1 when a budget does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    return tell(measured(options.seconds), 45, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
