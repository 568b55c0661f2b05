"""Sessions in the database: they begin, change their token and end, each with its entry in the log.

Works on the warden's role; the gateway's own can neither make a session nor change one, but for the time of
activity. Beginning and end are by the database's clock, as is every look at a session. Source: OWASP ASVS 5.0
sections 7.2.4, 7.3 and 7.4; 45 CFR 164.312(a)(2)(iii).
"""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.administration import Administration, Change
from phiward.adapters.postgres.database import row_dict
from phiward.audit.forms import ACR, SCOPE
from phiward.domain.administration import SessionEntry
from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import CredentialKind, PersonId, PurposeOfUse, Role
from phiward.domain.text import Secret
from phiward.identity import opaque
from phiward.identity.keys import REFUSED
from phiward.identity.sessions import EVERYWHERE, Because, SessionLimits, new_token

KEPT = timedelta(days=30)
"""How long an ended session, and an ended attempt to log in, stays listed. No access token may live longer."""

_OPEN = """revoked_at IS NULL AND expires_at > now()
           AND (idle_seconds IS NULL OR seen_at + make_interval(secs => idle_seconds) > now())"""
_ENDED_AT = "least(revoked_at, expires_at, seen_at + make_interval(secs => idle_seconds))"  # least ignores nulls
_INSERT = """
INSERT INTO session (id, tenant, person, digest, kind, service, bound_patient, bound_purpose, scopes, provider_session,
                     auth_time, acr, created_at, seen_at, idle_seconds, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now(), now(), %s,
        least(now() + make_interval(secs => %s), %s::timestamptz))
ON CONFLICT (digest) DO NOTHING RETURNING expires_at
"""
_TOLD_TO_GO = """
SELECT 1 FROM session
 WHERE revoked_at >= %(issued_at)s
   AND ((person = %(person)s AND ended_because = ANY (%(everywhere)s))
        OR (provider_session = %(provider_session)s AND ended_because = %(provider)s))
UNION ALL
SELECT 1 FROM person WHERE id = %(person)s AND logged_out_at >= %(issued_at)s
"""


@dataclass(frozen=True, slots=True)
class ActivePerson:
    """A person whom the identity provider named, and her roles here."""

    id: PersonId
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a session is made of. `service` acts on behalf of the person; times are UTC.

    `bound_patient` and `bound_purpose` narrow it; `provider_session` is the provider's `sid`.
    """

    person: PersonId
    kind: CredentialKind
    limits: SessionLimits
    service: UUID | None = None
    bound_patient: UUID | None = None
    bound_purpose: PurposeOfUse | None = None
    scopes: frozenset[str] = frozenset()
    provider_session: str | None = field(default=None, repr=False)
    auth_time: datetime | None = None
    acr: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedSession:
    """A session with a new token. `text` goes to its holder and is nowhere else; `expires_at` is the absolute end."""

    id: UUID
    text: Secret
    expires_at: datetime


class Sessions:
    """Of one organisation at a time. `administration` is of the warden. Everything raises StorageError."""

    def __init__(self, administration: Administration, *, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        """`random(n)` returns n random bytes."""
        self._administration = administration
        self._database = administration.database
        self._random = random

    async def person_of(self, tenant: UUID, issuer: str, subject: str) -> ActivePerson | None:
        """The active person whom `issuer` calls `subject`; None for anybody else."""
        query = "SELECT id, roles FROM person WHERE issuer = %s AND subject = %s AND active"
        async with self._database.as_tenant(tenant) as connection:
            row = await (await connection.execute(query, [issuer, subject])).fetchone()
        if row is None:
            return None
        known = {str(role): role for role in Role}
        return ActivePerson(PersonId(row[0]), frozenset(known[name] for name in row[1] if name in known))

    async def begin(
        self,
        tenant: UUID,
        new: NewSession,
        *,
        replaces: Secret | None = None,
        made_from: Secret | None = None,
        issued_at: datetime | None = None,
    ) -> IssuedSession:
        """A session with a token of its own. `replaces`, what the browser held before, ends in the same moment.

        `made_from`, issued at `issued_at`, is the access token that is exchanged for it: one that was ended makes
        none. Raises NotAuthenticatedError for that, and where person, service or patient is not of this
        organisation, or inactive.
        """
        token = new_token(self._random)
        if made_from is not None:
            await self._by_digest(tenant, new.person, opaque.digest(made_from))
        async with self._administration.change(tenant, "session.began") as change:
            if issued_at is not None:
                await _refuse_ended(change, new, issued_at)
            replaced = None
            if replaces is not None:
                replaced = await _end(change, Because.NEW_LOGIN, "digest = %s", opaque.digest(replaces))
            made = await self._insert(change, tenant, new, token.digest, None)
            if made is None:
                raise NotAuthenticatedError(REFUSED)
            change.facts["replaced"] = None if not replaced else str(replaced[0])
        return IssuedSession(made[0], token.text, made[1])

    async def adopt(
        self, tenant: UUID, token: Secret, new: NewSession, *, issued_at: datetime, token_expires_at: datetime
    ) -> UUID:
        """The session of a verified access token, by the digest of the whole token: made once, however often asked.

        The caller has verified `token`, and that it says what stands in `new`. Raises NotAuthenticatedError where
        that session was ended, where the person was logged out everywhere, or the provider's session ended, after
        `issued_at`, and where the token lives longer than KEPT: it would outlive the memory that it was ended.
        """
        digest = opaque.digest(token)
        found = await self._by_digest(tenant, new.person, digest)
        if found is not None:
            return found
        if token_expires_at - self._administration.clock() > KEPT:
            raise NotAuthenticatedError(REFUSED)
        async with self._database.as_tenant(tenant) as connection:
            change = Change(connection)
            await _refuse_ended(change, new, issued_at)
            made = await self._insert(change, tenant, new, digest, token_expires_at)
            if made is not None:
                await self._administration.record(connection, tenant, "session.began", change.facts)
                return made[0]
        found = await self._by_digest(tenant, new.person, digest)
        if found is None:
            raise NotAuthenticatedError(REFUSED)
        return found

    async def rotate(
        self,
        tenant: UUID,
        session: UUID,
        *,
        held: Secret | None = None,
        auth_time: datetime | None = None,
        acr: str | None = None,
    ) -> IssuedSession:
        """The same session under a new token; the old one is dead at once, and the absolute end does not move.

        `held`: the token that must be the present one. `auth_time` and `acr` replace the old ones where given.
        Raises NotAuthenticatedError where the session has ended, or is one of an access token.
        """
        token = new_token(self._random)
        async with self._administration.change(tenant, "session.rotated") as change:
            cursor = await change.connection.execute(
                f"SELECT person, auth_time, acr, expires_at FROM session WHERE id = %s AND {_OPEN}"  # noqa: S608
                " AND kind IN ('browser', 'application') AND (%s::bytea IS NULL OR digest = %s)"
                " AND person IN (SELECT id FROM person WHERE active) FOR UPDATE".encode(),
                [session, *[None if held is None else opaque.digest(held)] * 2],
            )
            row = await cursor.fetchone()
            if row is None:
                raise NotAuthenticatedError(REFUSED)
            person, old_time, old_acr, expires_at = row
            shown = auth_time or old_time, acr or old_acr
            await change.connection.execute(
                "UPDATE session SET digest = %s, seen_at = now(), auth_time = %s, acr = %s WHERE id = %s",
                [token.digest, *shown, session],
            )
            change.facts.update(
                session=str(session), person=str(person), before=_shown(old_time, old_acr), after=_shown(*shown)
            )
        return IssuedSession(session, token.text, expires_at)

    async def end(self, tenant: UUID, session: UUID, because: Because) -> bool:
        """End one session, for good. False where there is none that was not ended before."""
        return bool(await self._end_some(tenant, because, "id = %s", session))

    async def end_all(self, tenant: UUID, person: UUID, because: Because = Because.LOGOUT_EVERYWHERE) -> int:
        """Log a person out everywhere; returns how many sessions that ended.

        What was issued to her before is let in no more, although it was never used here.
        """
        async with self._administration.change(tenant, "person.logged_out") as change:
            cursor = await change.connection.execute(
                "UPDATE person SET logged_out_at = now() WHERE id = %s RETURNING logged_out_at", [person]
            )
            row = await cursor.fetchone()
            after = None if row is None else row[0].isoformat()
            change.facts.update(person=str(person), before=None, after={"logged_out_at": after})
        return len(await self._end_some(tenant, because, "person = %s", person))

    async def end_by_provider_session(self, tenant: UUID, issuer: str, provider_session: str) -> int:
        """The provider logged its session (`sid`) out. Source: OpenID Connect Back-Channel Logout 1.0."""
        where = "provider_session = %s AND person IN (SELECT id FROM person WHERE issuer = %s)"
        return len(await self._end_some(tenant, Because.PROVIDER_LOGOUT, where, provider_session, issuer))

    async def list(self, tenant: UUID, person: UUID) -> tuple[SessionEntry, ...]:
        """The sessions of a person that stand now, newest first."""
        async with self._database.as_tenant(tenant) as connection:
            cursor = await connection.execute(
                "SELECT id, kind, service, created_at, seen_at, expires_at, revoked_at FROM session"  # noqa: S608
                f" WHERE person = %s AND {_OPEN} ORDER BY created_at DESC, id".encode(),
                [person],
            )
            return tuple(SessionEntry(**row_dict(cursor, row)) for row in await cursor.fetchall())

    async def sweep(self, now: datetime) -> int:
        """Delete, in every organisation, what ended more than KEPT before `now`; returns how many rows.

        A clock that runs ahead of the database's deletes nothing early.
        """
        async with self._database.plain() as connection:
            tenants = await (await connection.execute("SELECT id FROM tenant ORDER BY id")).fetchall()
        total = 0
        for (tenant,) in tenants:
            async with self._database.as_tenant(tenant) as connection:
                limit = [now, KEPT]
                sessions = await connection.execute(
                    f"DELETE FROM session WHERE {_ENDED_AT} < least(%s, now()) - %s::interval".encode(),  # noqa: S608
                    limit,
                )
                attempts = await connection.execute(
                    "DELETE FROM login_attempt WHERE expires_at < least(%s, now()) - %s::interval", limit
                )
                facts = {"sessions": sessions.rowcount, "login_attempts": attempts.rowcount}
                if any(facts.values()):
                    await self._administration.record(connection, tenant, "sessions.swept", facts)
                total += sum(facts.values())
        return total

    async def _by_digest(self, tenant: UUID, person: UUID, digest: bytes) -> UUID | None:
        """The session of an access token; one that was ended, or another person's, is refused."""
        query = "SELECT id, person, revoked_at FROM session WHERE digest = %s"
        async with self._database.as_tenant(tenant) as connection:
            row = await (await connection.execute(query, [digest])).fetchone()
        if row is None:
            return None
        if row[1] != person or row[2] is not None:
            raise NotAuthenticatedError(REFUSED)
        return UUID(str(row[0]))

    async def _insert(
        self, change: Change, tenant: UUID, new: NewSession, digest: bytes, token_expires_at: datetime | None
    ) -> tuple[UUID, datetime] | None:
        """None where there is a session of this digest. A foreign key does not look at the organisation; we do."""
        await _refuse_strangers(change, new)
        made = self._administration.new_id()
        bound_purpose = None if new.bound_purpose is None else str(new.bound_purpose)
        cursor = await change.connection.execute(
            _INSERT,
            [
                made, tenant, new.person, digest, str(new.kind), new.service, new.bound_patient, bound_purpose,
                sorted(new.scopes), new.provider_session, new.auth_time, new.acr, new.limits.idle_seconds,
                int(new.limits.absolute.total_seconds()), token_expires_at,
            ],
        )  # fmt: skip
        row = await cursor.fetchone()
        if row is None:
            return None
        kept = {
            "kind": str(new.kind), "service": _text(new.service), "bound_patient": _text(new.bound_patient),
            "bound_purpose": bound_purpose, "scopes": told_scopes(new.scopes), "idle_seconds": new.limits.idle_seconds,
            "expires_at": row[0].isoformat(), **_shown(new.auth_time, new.acr),
        }  # fmt: skip
        change.facts.update(session=str(made), person=str(new.person), before=None, after=kept)
        return made, row[0]

    async def _end_some(self, tenant: UUID, because: Because, where: str, *values: Any) -> Collection[UUID]:
        async with self._database.as_tenant(tenant) as connection:
            change = Change(connection)
            ended = await _end(change, because, where, *values)
            if ended:
                change.facts.update(
                    sessions=[str(one) for one in ended], before={"open": True},
                    after={"open": False, "because": str(because)},
                )  # fmt: skip
                await self._administration.record(connection, tenant, "session.ended", change.facts)
        return ended


async def _end(change: Change, because: Because, where: str, *values: Any) -> list[UUID]:
    """The trigger on `revoked_at` tells every gateway, which cuts what runs."""
    statement = (
        "UPDATE session SET revoked_at = now(), ended_because = %s"  # noqa: S608 - conditions of our own
        f" WHERE revoked_at IS NULL AND {where} RETURNING id"
    )
    cursor = await change.connection.execute(statement.encode(), [str(because), *values])
    return [row[0] for row in await cursor.fetchall()]


async def _refuse_ended(change: Change, new: NewSession, issued_at: datetime) -> None:
    """What was issued before she was logged out everywhere, or before the provider's log-out, is over with it."""
    asked = {
        "issued_at": issued_at, "person": new.person, "provider_session": new.provider_session,
        "everywhere": [str(one) for one in EVERYWHERE], "provider": str(Because.PROVIDER_LOGOUT),
    }  # fmt: skip
    if await (await change.connection.execute(_TOLD_TO_GO, asked)).fetchone() is not None:
        raise NotAuthenticatedError(REFUSED)


async def _refuse_strangers(change: Change, new: NewSession) -> None:
    if (new.kind is CredentialKind.DELEGATED) != (new.service is not None) or new.kind is CredentialKind.PERSONAL_KEY:
        raise NotAuthenticatedError(REFUSED)
    asked: list[tuple[str, UUID]] = [("SELECT 1 FROM person WHERE id = %s AND active", new.person)]
    if new.service is not None:
        asked.append(("SELECT 1 FROM service WHERE id = %s AND active AND kind <> 'directory'", new.service))
    if new.bound_patient is not None:
        asked.append(("SELECT 1 FROM patient WHERE id = %s", new.bound_patient))
    for query, wanted in asked:
        if await (await change.connection.execute(query.encode(), [wanted])).fetchone() is None:
            raise NotAuthenticatedError(REFUSED)


def _shown(auth_time: datetime | None, acr: str | None) -> dict[str, str | None]:
    return {"auth_time": None if auth_time is None else auth_time.isoformat(), "acr": ACR.told(acr)}


def told_scopes(scopes: Collection[str]) -> list[str]:
    """As the log tells them: a provider may write anything, and what has not the form of a scope is only counted in."""
    return sorted({SCOPE.told(one) or "" for one in scopes})


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
