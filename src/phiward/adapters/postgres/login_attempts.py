"""Attempts to log in, kept between the leap to the identity provider and the way back: each is taken once.

By the digest of `state`, and for the one browser that began it. On the warden's role.
Source: RFC 9700 section 4.7 (state), OpenID Connect Core section 3.1.2.1.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.domain.text import Secret
from phiward.identity import opaque
from phiward.identity.login import Pending, state_digest


class AttemptKind(StrEnum):
    """What the person does at the provider."""

    LOGIN = "login"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class KeptAttempt:
    """An attempt as kept. `session` is whose step-up it is; `return_to` a path of ours."""

    pending: Pending
    kind: AttemptKind
    return_to: str = field(repr=False)
    session: UUID | None = None


class LoginAttempts:
    """Of one organisation at a time. `database` is a pool of the warden. Everything raises StorageError."""

    def __init__(self, database: Database) -> None:
        """Keep attempts in `database`."""
        self._database = database

    async def remember(self, tenant: UUID, attempt: KeptAttempt, browser: Secret) -> None:
        """Keep an attempt. `browser` is a random cookie of this attempt; its digest is stored."""
        pending = attempt.pending
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(
                "INSERT INTO login_attempt (digest, tenant, kind, session, browser, nonce, verifier, return_to,"
                " expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    pending.state_digest, tenant, str(attempt.kind), attempt.session, opaque.digest(browser),
                    pending.nonce.value, pending.verifier.value, attempt.return_to, pending.expires_at,
                ],
            )  # fmt: skip

    async def take(self, tenant: UUID, state: Secret, browser: Secret) -> KeptAttempt | None:
        """The attempt of this state, which is gone from now on; None where it is unknown, over or another browser's.

        A state that another browser shows has leaked, so the attempt is gone then, too.
        """
        async with self._database.as_tenant(tenant) as connection:
            cursor = await connection.execute(
                "DELETE FROM login_attempt WHERE digest = %s RETURNING"
                " digest, nonce, verifier, expires_at, kind, session, return_to, browser, expires_at > now()",
                [state_digest(state)],
            )
            row = await cursor.fetchone()
        if row is None:
            return None
        digest, nonce, verifier, expires_at, kind, session, return_to, held, stands = row
        if not stands or not compare_digest(bytes(held), opaque.digest(browser)):
            return None
        pending = Pending(bytes(digest), Secret(nonce), Secret(verifier), expires_at)
        return KeptAttempt(pending, AttemptKind(kind), return_to, session)
