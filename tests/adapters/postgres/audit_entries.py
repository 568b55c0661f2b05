"""Invented entries of the log, and a process that sequences in its own interpreter."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import phiward
from phiward.audit.signer import Signer
from phiward.domain.audit import Addendum, Entry, EntryKind
from phiward.domain.people import TenantId
from tests.events import facts_of

TENANT = TenantId(UUID(int=7))
SOURCE = Path(phiward.__file__).parents[1]
SIGNER = Signer("hospital.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))

HOLDER = """
import asyncio, sys
from phiward.adapters.postgres import audit_store
from phiward.adapters.postgres.database import Database
conninfo, idle = sys.stdin.readline().strip(), sys.stdin.readline().strip()
audit_store.OPEN_BATCH = audit_store.OPEN_BATCH.replace("10s", idle)

async def main():
    database = Database(conninfo)
    await database.open()
    async with audit_store.PostgresAuditStore(database).batch(100) as batch:
        print("locked", len(batch.waiting), flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""

SEQUENCER = """
import asyncio, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.database import Database
from phiward.audit.sequencer import Sequencer
from phiward.audit.signer import Signer
conninfo, name = sys.stdin.readline().strip(), sys.stdin.readline().strip()

async def main():
    database = Database(conninfo)
    await database.open()
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    print("ready", flush=True)
    await Sequencer(PostgresAuditStore(database), signer, lambda note: None).run()

asyncio.run(main())
"""


def entry(kind: EntryKind = EntryKind.ADMINISTRATION, **changes: Any) -> Entry:
    """An entry of its own interaction."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "tenant": TENANT,
        "interaction": uuid4(),
        "kind": kind,
        "recorded_at": datetime.now(UTC),
        "facts": facts_of(kind),
        "addenda": (Addendum("sent", b"sealed"),),
    }
    return Entry(**(values | changes))


@contextmanager
def a_process(script: str, *lines: str) -> Iterator[subprocess.Popen[str]]:
    """Runs until it has told its first line; killed at the end. Secrets go through standard input."""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=SOURCE
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        assert process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()
