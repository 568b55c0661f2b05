"""Offline codes in the database: enrolled, used once, refused; each on record. Rules and forms: identity/offline.py.

A try is counted before its code is looked at, and taken back where the code was right: a worker that dies in between,
and tries side by side, leave no guess uncounted. No transaction stays open while a code is computed.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Connection
from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.people import PersonId
from phiward.domain.text import Secret
from phiward.identity.offline import ACR, CODES, LIFETIME, OfflineProof, Tries, matching, new_codes

ENROLLED: Final = "offline.enrolled"
USED: Final = "offline.used"
REFUSED: Final = "offline.refused"

Probe = Callable[[], Awaitable[bool]]
"""Whether the identity provider answers, asked anew at each call."""

# Also against the database's own clock: a machine whose clock runs behind lets no expired code in.
_IN_FORCE = """
SELECT id, salt, verifier FROM offline_factor
 WHERE person = %s AND used_at IS NULL AND expires_at > greatest(%s, now()) ORDER BY enrolled_at, id
"""
_ACTIVE = "SELECT 1 FROM person WHERE id = %s AND active"
_TRIES = "SELECT wrong_at, locked_until FROM offline_attempt WHERE person = %s FOR UPDATE"
_FIRST_TRY = """
INSERT INTO offline_attempt (person, tenant, wrong_at) VALUES (%s, %s, '{}') ON CONFLICT (person) DO NOTHING
"""
_KEEP_TRIES = "UPDATE offline_attempt SET wrong_at = %s, locked_until = %s WHERE person = %s"
_INSERT = """
INSERT INTO offline_factor (id, tenant, person, salt, verifier, enrolled_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_REPLACE = """
UPDATE offline_factor SET expires_at = %s WHERE person = %s AND used_at IS NULL AND expires_at > %s
"""
_USE = """
UPDATE offline_factor SET used_at = %s
 WHERE id = %s AND person = %s AND used_at IS NULL AND expires_at > greatest(%s, now())
"""


@dataclass(frozen=True, slots=True)
class _Why:
    """Why a code was refused: the code on record, the rule, and the words."""

    name: str
    rule: str
    words: str


_ONLINE = _Why("provider_answers", "offline_online", "The identity provider answers: confirm there that it is you.")
_LOCKED = _Why("locked", "offline_locked", "Too many wrong codes. Wait a quarter of an hour.")
_WRONG = _Why("wrong", "offline_code", "This code does not count.")
_INACTIVE = _Why("inactive", _WRONG.rule, _WRONG.words)


class OfflineFactors:
    """The codes of one organisation at a time. Everything raises StorageError, and then no code was of use."""

    def __init__(
        self, administration: Administration, probe: Probe, *, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        """`administration` is of the warden; to enrol alone the registrar will do. `random(n)` returns n bytes."""
        self._administration = administration
        self._probe = probe
        self._random = random

    async def enrol(self, tenant: UUID, person: PersonId) -> tuple[Secret, ...]:
        """New codes, to be shown once; the former ones end. Raises InvalidRequestError for nobody active here."""
        codes = await asyncio.to_thread(new_codes, self._random)
        now = self._administration.clock()
        async with self._administration.change(tenant, ENROLLED) as change:
            if await (await change.connection.execute(_ACTIVE, [person])).fetchone() is None:
                raise InvalidRequestError("There is no such active person.", param="person")
            ended = await change.connection.execute(_REPLACE, [now, person, now])
            for code in codes:
                values = [self._administration.new_id(), tenant, person, code.salt, code.verifier, now, now + LIFETIME]
                await change.connection.execute(_INSERT, values)
            after = {"codes": len(codes), "expires_at": (now + LIFETIME).isoformat()}
            change.facts.update(person=str(person), before={"codes": ended.rowcount}, after=after)
        return tuple(code.text for code in codes)

    async def use(self, tenant: UUID, person: PersonId, typed: Secret) -> OfflineProof:
        """Use up a code of `person`, who is known by a session of hers.

        Raises NotPermittedError (rules `offline_online`, `offline_locked`, `offline_code`); used, expired, wrong and
        another person's codes are told alike. Both outcomes are on record before this returns.
        """
        online = await self._answers()
        kept = await self._count(tenant, person, online)
        found = await asyncio.to_thread(matching, typed, tuple((salt, verifier) for _, salt, verifier in kept))
        now = self._administration.clock()
        async with self._administration.database.as_tenant(tenant) as connection:
            used = found is not None and await self._use(connection, kept[found][0], person, now)
            if used:
                await connection.execute(_KEEP_TRIES, [[], None, person])
                told = {"person": str(person), "before": {"codes": len(kept)}, "after": {"codes": len(kept) - 1}}
                await self._administration.record(connection, tenant, USED, {**told, "acr": ACR})
            else:
                await self._record_refusal(connection, tenant, person, _WRONG)
        if not used:
            raise NotPermittedError(_WRONG.words, rule=_WRONG.rule)
        return OfflineProof(now, ACR, len(kept) - 1)

    async def _answers(self) -> bool:
        """Whoever cannot tell that the provider is down takes it for up."""
        try:
            return await self._probe() is not False
        except Exception:
            return True

    async def _count(self, tenant: UUID, person: PersonId, online: bool) -> list[tuple[UUID, bytes, bytes]]:
        """Count the try, and read what it is held against. Raises NotPermittedError, on record."""
        async with self._administration.database.as_tenant(tenant) as connection:
            why = await self._why_not(connection, tenant, person, online)
            if why is not None:
                await self._record_refusal(connection, tenant, person, why)
                kept: list[tuple[UUID, bytes, bytes]] = []
            else:
                now = self._administration.clock()
                rows = await (await connection.execute(_IN_FORCE, [person, now])).fetchall()
                kept = [(row[0], bytes(row[1]), bytes(row[2])) for row in rows[:CODES]]
        if why is not None:
            raise NotPermittedError(why.words, rule=why.rule)
        return kept

    async def _why_not(self, connection: Connection, tenant: UUID, person: PersonId, online: bool) -> _Why | None:
        """None where the code may be looked at: the try is counted then."""
        if await (await connection.execute(_ACTIVE, [person])).fetchone() is None:
            return _INACTIVE
        if online:
            return _ONLINE
        await connection.execute(_FIRST_TRY, [person, tenant])
        row = await (await connection.execute(_TRIES, [person])).fetchone()
        if row is None:
            return _INACTIVE
        tries, now = Tries(tuple(row[0]), row[1]), self._administration.clock()
        if tries.locked(now):
            return _LOCKED
        counted = tries.one_more(now)
        await connection.execute(_KEEP_TRIES, [list(counted.at), counted.locked_until, person])
        return None

    async def _use(self, connection: Connection, factor: UUID, person: PersonId, now: datetime) -> bool:
        """False where somebody used it in the meantime."""
        return (await connection.execute(_USE, [now, factor, person, now])).rowcount == 1

    async def _record_refusal(self, connection: Connection, tenant: UUID, person: PersonId, why: _Why) -> None:
        facts: dict[str, Any] = {"person": str(person), "reason": why.name, "before": None, "after": None}
        await self._administration.record(connection, tenant, REFUSED, facts)
