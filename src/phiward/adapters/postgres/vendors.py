"""The vendor book: read through row-level security as the person who asks, kept until it changes."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import Caller, PersonId
from phiward.domain.text import Secret
from phiward.domain.vendors import Baa, Destination, RiskAcceptance, VendorBook
from phiward.vault.classes import KeyClass
from phiward.vault.vault import Vault

API_KEY_NAME = "api_key"
CACHED_BOOKS = 256

_DESTINATIONS = """SELECT id, name, vendor, service, endpoint, feature, self_hosted, models, sealed_api_key
                     FROM destination WHERE active ORDER BY name"""
AGREEMENTS = """SELECT id, vendor, service, endpoint, feature, starts_at, ends_at
                  FROM baa ORDER BY vendor, starts_at, id"""
ACCEPTANCES = """SELECT id, destination, accepted_by, reason, starts_at, ends_at
                   FROM risk_acceptance ORDER BY starts_at, id"""


class PostgresVendors:
    """Implements domain.ports.Vendors. `database` is a pool of the app role."""

    def __init__(self, database: Database, vault: Vault) -> None:
        """`vault` opens the credentials towards the model servers."""
        self._database = database
        self._vault = vault
        self._books: OrderedDict[UUID, VendorBook] = OrderedDict()

    async def book(self, caller: Caller, version: int) -> VendorBook:
        """The book of the caller's organisation at `version` or newer.

        Raises NotAuthenticatedError when the session ended meanwhile, StorageError, VaultError.
        """
        held = self._books.get(caller.tenant)
        if held is None or held.version < version:
            held = await self._read(caller)
            self._books[caller.tenant] = held
            if len(self._books) > CACHED_BOOKS:
                self._books.popitem(last=False)
        self._books.move_to_end(caller.tenant)
        return held

    async def _read(self, caller: Caller) -> VendorBook:
        async with self._database.as_session(caller.session) as connection:
            return await read_book(connection, caller.tenant, self._vault)


async def read_book(connection: Connection, tenant: UUID, vault: Vault) -> VendorBook:
    """The book as this connection's role sees it. The version is read first: a book is never older than it says.

    Raises NotAuthenticatedError when the role sees no such organisation, VaultError.
    """
    cursor = await connection.execute("SELECT vendor_version FROM tenant WHERE id = %s", [tenant])
    row = await cursor.fetchone()
    if row is None:
        raise NotAuthenticatedError("The key is no longer in force.")
    destinations = await (await connection.execute(_DESTINATIONS)).fetchall()
    agreements = await (await connection.execute(AGREEMENTS)).fetchall()
    acceptances = await (await connection.execute(ACCEPTANCES)).fetchall()
    return VendorBook(
        row[0],
        tuple(destination_of(one[:-1], _api_key(vault, tenant, one)) for one in destinations),
        tuple(baa_of(one) for one in agreements),
        tuple(acceptance_of(one) for one in acceptances),
    )


def _api_key(vault: Vault, tenant: UUID, row: Sequence[Any]) -> Secret | None:
    if row[-1] is None:
        return None
    opened = vault.open(tenant, None, row[0], API_KEY_NAME, bytes(row[-1]), key_class=KeyClass.TOKENS)
    return Secret(opened.decode())


def destination_of(row: Sequence[Any], api_key: Secret | None = None) -> Destination:
    """A destination from its columns: id, name, vendor, service, endpoint, feature, self_hosted, models."""
    identity, name, vendor, service, endpoint, feature, self_hosted, models = row
    pairs = tuple((served, upstream) for served, upstream in models)
    return Destination(identity, name, vendor, service, endpoint, feature, self_hosted, pairs, api_key)


def baa_of(row: Sequence[Any]) -> Baa:
    """An agreement from the columns of AGREEMENTS."""
    identity, vendor, service, endpoint, feature, starts_at, ends_at = row
    span = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    return Baa(identity, vendor, service, endpoint, feature, *span)


def acceptance_of(row: Sequence[Any]) -> RiskAcceptance:
    """An accepted risk from the columns of ACCEPTANCES."""
    identity, destination, accepted_by, reason, starts_at, ends_at = row
    span = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    return RiskAcceptance(identity, destination, PersonId(accepted_by), reason, *span)
