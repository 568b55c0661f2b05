"""Sessions of browsers, as every page asks for them: who holds one, and its end.

Whether it stands the database says by its own clock; looking at it is activity only where a person did something.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.sessions import Sessions
from phiward.domain.console import Signed
from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import Caller, CredentialKind
from phiward.domain.ports import People
from phiward.domain.sign_in import SessionView
from phiward.domain.text import Secret
from phiward.identity.sessions import Because

_WHO = """SELECT coalesce(p.display_name, p.login), s.created_at
            FROM person p JOIN session s ON s.person = p.id WHERE s.id = %s"""


@dataclass(frozen=True, slots=True)
class SessionDesk:
    """Implements console.ports.Sessions. `database` is of the warden, `people` of the gateway."""

    sessions: Sessions
    database: Database
    people: People
    tenant: UUID

    async def open(self, token: Secret, *, activity: bool) -> Signed | None:
        """Who holds it; None when it ended, or is no browser's. Raises StorageError."""
        opened = await self.people.caller(token, None, activity=activity)
        if opened is None or opened.caller.kind is not CredentialKind.BROWSER or opened.caller.tenant != self.tenant:
            return None
        caller = opened.caller
        async with self.database.as_tenant(caller.tenant) as connection:
            row = await (await connection.execute(_WHO, [caller.credential_id])).fetchone()
        return None if row is None else Signed(caller, _view(caller, *row))

    async def out(self, token: Secret, *, everywhere: bool) -> None:
        """End this session, or every one of its person. Raises NotAuthenticatedError, StorageError."""
        opened = await self.people.caller(token, None)
        if opened is None or opened.caller.kind is not CredentialKind.BROWSER:
            raise NotAuthenticatedError("You are not signed in.")
        if everywhere:
            await self.sessions.end_all(self.tenant, opened.caller.person)
        else:
            await self.sessions.end(self.tenant, opened.caller.credential_id, Because.LOGOUT)


def _view(caller: Caller, name: str, since: datetime) -> SessionView:
    idle = caller.idle_seconds
    return SessionView(
        name,
        tuple(sorted(map(str, caller.roles))),
        since,
        caller.auth_time,
        caller.expires_at,
        None if idle is None or caller.seen_at is None else caller.seen_at + timedelta(seconds=idle),
        (idle or int((caller.expires_at - since).total_seconds())) // 60,
    )
