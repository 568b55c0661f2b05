"""kill -9 of processes that append and number, again and again: nothing acknowledged is lost, nothing is doubled.

    python -m tests.system.audit_kills --kills 500 [--json]

Three processes append without pause and tell each acknowledgement through a pipe; each numbers and anchors as well. One
of them is killed after a random moment, or stopped (SIGSTOP) for a while and then killed, and replaced. At the end what
was told is held against the log. The processes are forked from this one, so that a kill costs no start of Python.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from phiward.adapters.anchor import FolderAnchor
from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import APP, AUDITOR, Credentials, ensure_roles
from phiward.audit.findings import Report
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.audit.verify import verify
from phiward.domain.audit import EntryKind
from tests.adapters.postgres.log_entries import SIGNER, entry, sealed

PROCESSES, WRITERS = 3, 4
LONGEST_LIFE_SECONDS = 0.35
STOPPED_SECONDS = 0.2
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Told:
    """What became of it. `lost` were acknowledged and are not in the log; `doubled` stand in it twice."""

    kills: int
    acknowledged: int
    entries: int
    lost: int
    doubled: int
    holds: bool
    findings: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Child:
    """A process, and the end of the pipe on which it tells what it was acknowledged."""

    pid: int
    reads: int
    rest: bytes = b""


async def work(app: str, anchors: Path, tell: int) -> None:
    """Append without pause, number, anchor: until killed."""
    database = Database(app, max_size=4)
    await database.open()
    anchor = FolderAnchor(anchors)
    sequencer = Sequencer(
        PostgresAuditStore(database), SIGNER, anchor.append, anchor.read()[-1:], period=ShardPeriod.YEAR
    )
    log = PostgresAuditLog(database, uuid4(), sequencer.notify)

    async def write() -> None:
        while True:
            made = entry(kind=EntryKind.REFUSAL, addenda=sealed())
            await log.append(made)
            os.write(tell, made.id.bytes)  # acknowledged: from here on it must never be lost

    await asyncio.gather(sequencer.run(), *(write() for _ in range(WRITERS)))


def born(app: str, anchors: Path) -> Child:
    """A new process."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        try:
            asyncio.run(work(app, anchors, writes))
        finally:
            os._exit(1)
    os.close(writes)
    os.set_blocking(reads, False)
    return Child(pid, reads)


def heard(child: Child, told: list[UUID]) -> None:
    """Take what it told so far; an id that was cut off by the kill was not acknowledged to anybody."""
    while True:
        try:
            text = os.read(child.reads, 65_536)
        except BlockingIOError:
            return
        if not text:
            return
        child.rest += text
        whole = len(child.rest) // ID_BYTES * ID_BYTES
        told += [UUID(bytes=child.rest[at : at + ID_BYTES]) for at in range(0, whole, ID_BYTES)]
        child.rest = child.rest[whole:]


def kill(child: Child, told: list[UUID]) -> None:
    """At once."""
    os.kill(child.pid, signal.SIGKILL)
    os.waitpid(child.pid, 0)
    heard(child, told)
    os.close(child.reads)


def tormented(app: str, anchors: Path, kills: int, seed: int) -> list[UUID]:
    """Every id that was acknowledged."""
    chance, told = random.Random(seed), list[UUID]()
    children = [born(app, anchors) for _ in range(PROCESSES)]
    for number in range(kills):
        until = time.monotonic() + chance.uniform(0.02, LONGEST_LIFE_SECONDS)
        while time.monotonic() < until:
            for child in children:
                heard(child, told)
            time.sleep(0.01)
        at = chance.randrange(PROCESSES)
        if number % 10 == 9:
            os.kill(children[at].pid, signal.SIGSTOP)
            time.sleep(STOPPED_SECONDS)
        kill(children[at], told)
        children[at] = born(app, anchors)
    for child in children:
        kill(child, told)
    return told


async def settled(app: str, auditor: str, anchors: Path) -> Report:
    """Number what waits, and verify against every checkpoint that was kept."""
    anchor = FolderAnchor(anchors)
    database = Database(app)
    await database.open()
    sequencer = Sequencer(PostgresAuditStore(database), SIGNER, anchor.append, anchor.read(), period=ShardPeriod.YEAR)
    while await sequencer.once():
        pass
    await database.close()
    database = Database(auditor)
    await database.open()
    report = await verify(PostgresAuditStore(database), SIGNER.verifier, anchor.read())
    await database.close()
    return report


@contextmanager
def server() -> Iterator[tuple[str, str, str, Path]]:
    """The conninfo of the app, of the auditor and of the administrator, and a folder for anchors."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-kills-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = EmbeddedPostgres(folder / "data", folder / "secrets")
    try:
        with supervisor.running(own=True) as running:
            admin = running.conninfo(ADMINISTRATOR, supervisor.password, DATABASE)
            credentials = Credentials.load_or_create(folder / "secrets" / "database.json")
            ensure_roles(admin, credentials.passwords)
            migrate(admin)
            yield credentials.conninfo(admin, APP), credentials.conninfo(admin, AUDITOR), admin, folder / "anchors"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def torment(kills: int, seed: int = 7) -> Told:
    """Do it, on a server of its own."""
    begun = time.monotonic()
    with server() as (app, auditor, admin, anchors):
        told = tormented(app, anchors, kills, seed)
        report = asyncio.run(settled(app, auditor, anchors))
        with psycopg.connect(admin) as connection:
            rows = connection.execute("SELECT id FROM phiward.audit_entry WHERE leaf_index IS NOT NULL").fetchall()
    found = Counter(row[0] for row in rows)
    return Told(
        kills,
        len(told),
        report.entries,
        sum(one not in found for one in told),
        sum(count > 1 for count in found.values()),
        report.holds,
        tuple(sorted({str(one.kind) for one in report.findings})),
        round(time.monotonic() - begun, 1),
    )


def main() -> int:
    """Print what became of it; 1 when anything was lost or doubled, or the log does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    told = torment(options.kills, options.seed)
    print(json.dumps(asdict(told)) if options.json else told)
    return int(bool(told.lost or told.doubled or not told.holds))


if __name__ == "__main__":
    sys.exit(main())
