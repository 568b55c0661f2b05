"""An invented organisation with sessions, on the warden's role, and an administrator who moves stored instants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.sessions import IssuedSession, NewSession, Sessions
from phiward.domain.people import Caller, CredentialKind, PersonId
from phiward.domain.text import Secret
from phiward.identity.sessions import SessionLimits
from tests.adapters.postgres.organisation import Organisation, encode, now
from tests.postgres import RunningDatabase

ISSUER = "https://provider.test"
LIMITS = SessionLimits()


@dataclass
class SessionHouse:
    """One organisation and its sessions."""

    home: Organisation
    sessions: Sessions
    administration: Administration
    running: RunningDatabase

    @property
    def tenant(self) -> UUID:
        """Its id."""
        return self.home.tenant

    async def begin(self, person: PersonId | None = None, **other: Any) -> IssuedSession:
        """A browser's session, of a new physician unless said otherwise."""
        person = person or await self.home.person()
        return await self.sessions.begin(self.tenant, new(person, **other))

    async def caller(self, token: Secret, *, activity: bool = True) -> Caller | None:
        """As the gateway asks."""
        opened = await self.home.people.caller(token, None, activity=activity)
        return None if opened is None else opened.caller

    def as_admin(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Past every policy; returns the rows, if there are any."""
        with psycopg.connect(self.running.admin, options="-c search_path=phiward") as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    async def service(self) -> UUID:
        """A new application that acts for people."""
        made = self.administration.new_id()
        self.as_admin(
            "INSERT INTO service (id, tenant, client_id, name) VALUES (%s, %s, %s, 'An application')",
            made, self.tenant, str(made),
        )  # fmt: skip
        return made

    async def last(self) -> dict[str, Any]:
        """The newest entry in the log."""
        return (await self.home.log())[-1]


def new(person: PersonId, **other: Any) -> NewSession:
    """What a session is made of."""
    return NewSession(**{"person": person, "kind": CredentialKind.BROWSER, "limits": LIMITS, **other})


@asynccontextmanager
async def session_house(db: Any, running: RunningDatabase, clock: Any = now) -> AsyncIterator[SessionHouse]:
    """A new organisation; `clock` is the gateway's."""
    home = await Organisation.found(db)
    pool = Database(running.warden)
    await pool.open()
    try:
        administration = Administration(pool, encode, clock, "gateway")
        yield SessionHouse(home, Sessions(administration), administration, running)
    finally:
        await pool.close()
