"""What was typed and not sent: sealed, bound to the person, kept for a day. On the warden's role.

A session that ended by time may still leave a draft behind: its person is known, and nothing is shown to whoever holds
the old token. One that somebody ended may not. Restored only to the same person, signed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import orjson

from phiward.adapters.postgres.database import Database
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Caller
from phiward.domain.ports import Clock, NewId
from phiward.domain.text import Secret
from phiward.identity import opaque
from phiward.vault.vault import Vault

KEPT: Final = timedelta(days=1)
MOST_BYTES: Final = 32_768
PLACE_LABEL: Final = "draft place"
NAME: Final = "draft"
# Ended by time at most a day ago; ended by somebody never.
_OWNER = """SELECT s.person FROM session s JOIN person p ON p.id = s.person AND p.active
             WHERE s.digest = %s AND s.kind = 'browser' AND s.revoked_at IS NULL
               AND least(s.expires_at, s.seen_at + make_interval(secs => s.idle_seconds)) > now() - %s::interval"""
_KEEP = """INSERT INTO draft (id, tenant, person, place, sealed, kept_until) VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (tenant, person, place)
           DO UPDATE SET id = excluded.id, sealed = excluded.sealed, kept_until = excluded.kept_until"""


@dataclass(frozen=True, slots=True)
class PostgresDrafts:
    """Implements console.ports.Drafts for one organisation. `database` is of the warden."""

    database: Database
    vault: Vault
    tenant: UUID
    clock: Clock
    new_id: NewId = uuid4

    async def keep(self, token: Secret, place: str, fields: Mapping[str, str]) -> datetime | None:
        """Seal it; until when it is kept. None where nobody may keep anything by this token, or nothing was typed."""
        text = orjson.dumps(dict(fields))
        if len(text) > MOST_BYTES:
            raise InvalidRequestError("A draft is at most 32 KB.", param="draft")
        async with self.database.as_tenant(self.tenant) as connection:
            row = await (await connection.execute(_OWNER, [opaque.digest(token), KEPT])).fetchone()
            if row is None:
                return None
            if not fields:
                await connection.execute(
                    "DELETE FROM draft WHERE person = %s AND place = %s", [row[0], self._place(place)]
                )
                return None
            made, until = self.new_id(), self.clock() + KEPT
            sealed = self.vault.seal(self.tenant, None, made, _name(row[0]), text)
            await connection.execute(_KEEP, [made, self.tenant, row[0], self._place(place), sealed, until])
        return until

    async def find(self, caller: Caller, place: str) -> Mapping[str, str]:
        """What this person typed there. Raises StorageError, VaultError."""
        query = "SELECT id, sealed FROM draft WHERE person = %s AND place = %s AND kept_until > %s"
        async with self.database.as_tenant(self.tenant) as connection:
            values: list[Any] = [caller.person, self._place(place), self.clock()]
            row = await (await connection.execute(query, values)).fetchone()
        if row is None:
            return {}
        text = self.vault.open(self.tenant, None, row[0], _name(caller.person), bytes(row[1]))
        return {str(name): str(value) for name, value in orjson.loads(text).items()}

    async def forget(self, caller: Caller, place: str) -> None:
        """It was sent."""
        async with self.database.as_tenant(self.tenant) as connection:
            await connection.execute(
                "DELETE FROM draft WHERE person = %s AND place = %s", [caller.person, self._place(place)]
            )

    async def sweep(self) -> int:
        """Delete what was kept long enough; how many."""
        async with self.database.as_tenant(self.tenant) as connection:
            return (await connection.execute("DELETE FROM draft WHERE kept_until <= %s", [self.clock()])).rowcount

    def _place(self, place: str) -> bytes:
        return self.vault.digest(self.tenant, PLACE_LABEL, place)


def _name(person: UUID) -> str:
    """Bound to the person: the seal of one does not open as another's."""
    return f"{NAME} {person}"
