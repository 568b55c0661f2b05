"""Loads the keyed identifiers of an organisation, and keeps them until the database has newer ones."""

from uuid import UUID

from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import Caller
from phiward.guard.index import KnownIndex
from phiward.guard.ports import Mac


class PostgresKnown:
    """Implements the flow's `KnownIdentifiers`."""

    def __init__(self, database: Database, mac: Mac) -> None:
        """`database` connects with the gateway's role."""
        self._database, self._mac = database, mac
        self._indexes: dict[UUID, KnownIndex] = {}

    async def index(self, caller: Caller, version: int) -> KnownIndex:
        """The index of the caller's organisation at `version` or newer.

        Raises StorageError; NotAuthenticatedError when the credential has ended meanwhile: row-level
        security then shows nothing, and an empty index must not be taken for a hospital without patients.
        """
        held = self._indexes.get(caller.tenant)
        if held is not None and held.version >= version:
            return held
        async with self._database.as_session(caller.session) as connection:
            made = await read_index(connection, caller.tenant, self._mac)
        self._indexes[caller.tenant] = made
        return made


async def read_index(connection: Connection, tenant: UUID, mac: Mac) -> KnownIndex:
    """The index as this connection's role sees it. Raises NotAuthenticatedError when it sees no such organisation."""
    cursor = await connection.execute("SELECT index_version FROM tenant WHERE id = %s", [tenant])
    found = await cursor.fetchone()
    if found is None:
        raise NotAuthenticatedError("This key is no longer in force.")
    cursor = await connection.execute("SELECT patient, kind, words, first, whole FROM known_identifier", binary=True)
    return KnownIndex(found[0], await cursor.fetchall(), mac)
