"""One change by the command line: what is changed and its entry in the log, in the same transaction.

Either both are durable or neither is (promise 1 for administration). The entry names opaque ids,
codes and dates; never a key, a password or anything about a patient.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.audit import Entry, EntryKind
from phiward.domain.people import TenantId
from phiward.domain.ports import Clock, NewId

COMMAND_LINE = UUID(int=0)
"""Stands in `audit_entry.worker` where no gateway process wrote the entry."""


@dataclass(slots=True)
class Change:
    """A change in progress. Whoever makes it adds to `facts`; they go into the log at the end."""

    connection: Connection
    facts: dict[str, Any] = field(default_factory=dict)


class Administration:
    """Opens changes. `database` is a pool of the registrar role."""

    def __init__(
        self,
        database: Database,
        encode: Callable[[Entry, UUID], bytes],
        clock: Clock,
        actor: str,
        new_id: NewId = uuid4,
    ) -> None:
        """`encode` makes the leaf of an entry; `actor` says who runs the command, e.g. `uid:1000`."""
        self.database = database
        self.clock = clock
        self.new_id = new_id
        self._encode = encode
        self.actor = actor

    @asynccontextmanager
    async def change(self, tenant: UUID, action: str) -> AsyncIterator[Change]:
        """A transaction for one organisation that ends with the entry in the log.

        An exception undoes everything. Raises StorageError.
        """
        async with self.database.as_tenant(tenant) as connection:
            change = Change(connection)
            yield change
            await self.record(connection, tenant, action, change.facts)

    async def record(
        self,
        connection: Connection,
        tenant: UUID,
        action: str,
        facts: dict[str, Any],
        kind: EntryKind = EntryKind.ADMINISTRATION,
    ) -> UUID:
        """Insert the entry in the transaction that `connection` is in; returns its id."""
        entry = Entry(
            self.new_id(),
            TenantId(tenant),
            self.new_id(),
            kind,
            self.clock(),
            {"action": action, "actor": self.actor, **facts},
        )
        await connection.execute(
            "INSERT INTO audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                entry.id,
                entry.tenant,
                entry.interaction,
                str(entry.kind),
                COMMAND_LINE,
                entry.recorded_at,
                self._encode(entry, COMMAND_LINE),
            ],
        )
        return entry.id
