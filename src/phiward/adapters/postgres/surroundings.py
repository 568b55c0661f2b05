"""What must be known before a text leaves for an embedding model: agreements and identifiers as they are now."""

from uuid import UUID

from phiward.adapters.postgres.database import Connection, Database
from phiward.adapters.postgres.known import PostgresKnown, read_index
from phiward.adapters.postgres.vendors import PostgresVendors, read_book
from phiward.domain.errors import NotAuthenticatedError
from phiward.flow.embedding import Surroundings
from phiward.guard.index import KnownIndex
from phiward.retrieval.ports import EmbeddingScope
from phiward.vault.vault import Vault

_VERSIONS = "SELECT vendor_version, index_version FROM tenant WHERE id = %s"


class GatewaySurroundings:
    """For questions: seen as the person who asks."""

    def __init__(self, database: Database, vendors: PostgresVendors, known: PostgresKnown) -> None:
        """`database` is a pool of the app role; the others keep what did not change."""
        self._database, self._vendors, self._known = database, vendors, known

    async def __call__(self, scope: EmbeddingScope) -> Surroundings:
        """Raises NotAuthenticatedError when the session ended, StorageError."""
        if scope.caller is None:
            raise NotAuthenticatedError("Nobody asks.")
        async with self._database.as_session(scope.caller.session) as connection:
            row = await (await connection.execute(_VERSIONS, [scope.tenant])).fetchone()
        if row is None:
            raise NotAuthenticatedError("The key is no longer in force.")
        book = await self._vendors.book(scope.caller, row[0])
        return Surroundings(book, await self._known.index(scope.caller, row[1]))


class RegistrarSurroundings:
    """For an import: seen as the registrar of the organisation."""

    def __init__(self, database: Database, vault: Vault) -> None:
        """`database` is a pool of the registrar role."""
        self._database, self._vault = database, vault
        self._index: KnownIndex | None = None

    async def __call__(self, scope: EmbeddingScope) -> Surroundings:
        """The agreements anew each time: one may have ended. Raises StorageError, VaultError."""
        async with self._database.as_tenant(scope.tenant) as connection:
            book = await read_book(connection, scope.tenant, self._vault)
            return Surroundings(book, await self._identifiers(connection, scope.tenant))

    async def _identifiers(self, connection: Connection, tenant: UUID) -> KnownIndex:
        row = await (await connection.execute(_VERSIONS, [tenant])).fetchone()
        if self._index is None or row is None or self._index.version != row[1]:
            self._index = await read_index(connection, tenant, self._vault)
        return self._index
