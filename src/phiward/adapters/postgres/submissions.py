"""What a form led to, by session and the form's own mark: whoever sends it again is led to the same place.

On the warden's role, in the database: two workers behind a balancer know of each other's forms.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.domain.people import Caller
from phiward.domain.ports import Clock

KEPT: Final = timedelta(days=1)
"""No session lives longer, so no form of one does."""
ABANDONED: Final = timedelta(minutes=5)
"""A worker that died with a form in its hands: the form may be sent again after this."""
_CLAIM = """INSERT INTO submission (digest, tenant, claimed_at) VALUES (%(digest)s, %(tenant)s, %(now)s)
            ON CONFLICT (digest) DO UPDATE SET claimed_at = %(now)s
             WHERE submission.location IS NULL AND submission.claimed_at < %(now)s - %(abandoned)s
            RETURNING 1"""


@dataclass(frozen=True, slots=True)
class PostgresSubmissions:
    """Implements console.ports.Submissions for one organisation. Every method raises StorageError."""

    database: Database
    tenant: UUID
    clock: Clock

    async def claim(self, caller: Caller, once: str) -> str | None:
        """None for the first; where it led for every other, "" while the first is under way."""
        digest = _digest(caller, once)
        asked = {"digest": digest, "tenant": self.tenant, "now": self.clock(), "abandoned": ABANDONED}
        async with self.database.as_tenant(self.tenant) as connection:
            if await (await connection.execute(_CLAIM, asked)).fetchone() is not None:
                return None
            cursor = await connection.execute("SELECT location FROM submission WHERE digest = %s", [digest])
            row = await cursor.fetchone()
        return "" if row is None or row[0] is None else str(row[0])

    async def done(self, caller: Caller, once: str, location: str) -> None:
        """It led there."""
        async with self.database.as_tenant(self.tenant) as connection:
            await connection.execute(
                "UPDATE submission SET location = %s WHERE digest = %s", [location, _digest(caller, once)]
            )

    async def release(self, caller: Caller, once: str) -> None:
        """Nothing was done: it may be sent again."""
        async with self.database.as_tenant(self.tenant) as connection:
            await connection.execute(
                "DELETE FROM submission WHERE digest = %s AND location IS NULL", [_digest(caller, once)]
            )

    async def sweep(self) -> int:
        """Delete what no session can send again; how many."""
        async with self.database.as_tenant(self.tenant) as connection:
            statement = "DELETE FROM submission WHERE claimed_at < %s"
            return (await connection.execute(statement, [self.clock() - KEPT])).rowcount


def _digest(caller: Caller, once: str) -> bytes:
    """Of one session's form; another's with the same mark is another."""
    return sha256(caller.credential_id.bytes + b"\0" + once.encode()).digest()
