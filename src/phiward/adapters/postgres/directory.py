"""What a directory may do here by SCIM: add people, change them, and end them at once.

As the warden, for one organisation. Deactivation revokes every key and session in the same transaction; the directory
can activate a person again, but what was revoked stays revoked. Source: RFC 7644, 45 CFR 164.308(a)(3)(ii)(C).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.directory import GIVEN_HERE_ONLY, DirectoryCaller, DirectoryPerson, StoredPerson
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Role
from phiward.domain.ports import Clock
from phiward.domain.text import Secret

MOST = 200
"""Most people in one answer."""
_COLUMNS = "id, login, active, external_id, display_name, email, roles, created_at, changed_at"
_FILTERS = {"userName": "login", "externalId": "external_id", "id": "id::text"}
_ROLES = {str(role): role for role in Role}


class DirectoryConflictError(InvalidRequestError):
    """Somebody has this userName or externalId already (RFC 7644 section 3.3: uniqueness)."""

    code = "uniqueness"
    advice = "Change the person who has it, or send another one."


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of an organisation, for its directory. `administrations` makes the acts of one directory."""

    database: Database
    encode: Any
    clock: Clock

    async def caller(self, token: Secret) -> DirectoryCaller | None:
        """Whose token it is; None for one that is not in force. Raises StorageError."""
        async with self.database.plain() as connection:
            digest = sha256(token.value.encode()).digest()
            row = await (await connection.execute("SELECT id, tenant FROM directory_of(%s)", [digest])).fetchone()
        return None if row is None else DirectoryCaller(*row)

    async def find(
        self, who: DirectoryCaller, attribute: str | None, value: str | None, start: int, count: int
    ) -> tuple[int, Sequence[StoredPerson]]:
        """How many match, and those from the `start`th (from 1) on, at most `count`, in order of their ids.

        `attribute` is userName, externalId or id. Raises InvalidRequestError for another one.
        """
        where, values = "", []
        if attribute is not None:
            if attribute not in _FILTERS:
                raise InvalidRequestError("People are found by userName, externalId or id.", param="filter")
            where, values = f" WHERE {_FILTERS[attribute]} = %s", [value]
            if attribute == "userName":
                values = [str(value).lower()]
        async with self.database.as_tenant(who.tenant) as connection:
            query = f"SELECT count(*) FROM person{where}"  # noqa: S608 - the column is one of three of ours
            total = await (await connection.execute(query.encode(), values)).fetchone()
            query = f"SELECT {_COLUMNS} FROM person{where} ORDER BY id OFFSET %s LIMIT %s"  # noqa: S608
            cursor = await connection.execute(query.encode(), [*values, max(0, start - 1), max(0, min(count, MOST))])
            return (total[0] if total else 0), [_stored(row) for row in await cursor.fetchall()]

    async def get(self, who: DirectoryCaller, person: UUID) -> StoredPerson | None:
        """One person; None where this organisation has none of that id."""
        async with self.database.as_tenant(who.tenant) as connection:
            return await _read(connection, person)

    async def add(self, who: DirectoryCaller, wanted: DirectoryPerson) -> StoredPerson:
        """A new person, without a role unless the directory sends roles. Raises DirectoryConflictError."""
        administration = self._administration(who)
        made = administration.new_id()
        async with administration.change(who.tenant, "directory.person_added") as change:
            await _refuse_taken(change.connection, wanted, None)
            await change.connection.execute(
                "INSERT INTO person (id, tenant, login, active, external_id, display_name, email, roles)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [made, who.tenant, wanted.login, wanted.active, wanted.external_id, wanted.display_name, wanted.email,
                 sorted(map(str, (wanted.roles or frozenset()) - GIVEN_HERE_ONLY))],
            )  # fmt: skip
            change.facts.update(person=str(made), before=None, after=_told(wanted))
            stored = await _read(change.connection, made)
        if stored is None:
            raise InvalidRequestError("The person could not be read back.", param="id")
        return stored

    async def change(self, who: DirectoryCaller, person: UUID, wanted: DirectoryPerson) -> StoredPerson | None:
        """Make the person what the directory says; None where there is none. Raises DirectoryConflictError."""
        administration = self._administration(who)
        async with administration.change(who.tenant, "directory.person_changed") as change:
            before = await _read(change.connection, person, lock=True)
            if before is None:
                change.facts.update(person=str(person), before=None, after=None)
                return None
            await _refuse_taken(change.connection, wanted, person)
            held = before.person.roles or frozenset()
            roles = held if wanted.roles is None else (wanted.roles - GIVEN_HERE_ONLY) | (held & GIVEN_HERE_ONLY)
            await change.connection.execute(
                "UPDATE person SET login = %s, active = %s, external_id = %s, display_name = %s, email = %s,"
                " roles = %s, changed_at = now() WHERE id = %s",
                [wanted.login, wanted.active, wanted.external_id, wanted.display_name, wanted.email,
                 sorted(map(str, roles)), person],
            )  # fmt: skip
            ended = await _end_access(change.connection, person) if not wanted.active else {}
            after = replace(wanted, roles=roles)
            change.facts.update(person=str(person), before=_told(before.person), after=_told(after), **ended)
            return await _read(change.connection, person)

    def _administration(self, who: DirectoryCaller) -> Administration:
        return Administration(self.database, self.encode, self.clock, f"directory:{who.service}")


async def _read(connection: Connection, person: UUID, *, lock: bool = False) -> StoredPerson | None:
    query = f"SELECT {_COLUMNS} FROM person WHERE id = %s{' FOR UPDATE' if lock else ''}"  # noqa: S608
    row = await (await connection.execute(query.encode(), [person])).fetchone()
    return None if row is None else _stored(row)


async def _refuse_taken(connection: Connection, wanted: DirectoryPerson, person: UUID | None) -> None:
    for column, value, param in (
        ("login", wanted.login, "userName"),
        ("external_id", wanted.external_id, "externalId"),
    ):
        query = f"SELECT 1 FROM person WHERE {column} = %s AND id IS DISTINCT FROM %s"  # noqa: S608
        if value is not None and await (await connection.execute(query.encode(), [value, person])).fetchone():
            raise DirectoryConflictError("Another person has this value.", param=param)


async def _end_access(connection: Connection, person: UUID) -> dict[str, int]:
    keys = await connection.execute(
        "UPDATE personal_key SET revoked_at = now() WHERE person = %s AND revoked_at IS NULL", [person]
    )
    sessions = await connection.execute(
        "UPDATE session SET revoked_at = now(), ended_because = 'deactivated' WHERE person = %s AND revoked_at IS NULL",
        [person],
    )
    return {"keys_revoked": keys.rowcount, "sessions_ended": sessions.rowcount}


def _stored(row: tuple[Any, ...]) -> StoredPerson:
    (key, login, active, external_id, display_name, email, roles, created_at, changed_at) = row
    held = frozenset(_ROLES[name] for name in roles if name in _ROLES)
    person = DirectoryPerson(login, active, external_id, display_name, email, held)
    return StoredPerson(key, person, created_at.astimezone(UTC), changed_at.astimezone(UTC))


def _told(person: DirectoryPerson) -> dict[str, Any]:
    """For the log: codes, and whether names are there at all."""
    return {
        "active": person.active,
        "roles": sorted(map(str, person.roles or ())),
        "external_id": person.external_id is not None,
        "email": person.email is not None,
    }
