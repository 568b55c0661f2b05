"""What all administration of access shares: an act with before and after, pages, and ids of this organisation only.

A foreign key of the database would let the row of another organisation through, since PostgreSQL checks it past
row-level security. So every id is looked up first, as this organisation sees it; a foreign one is then like an
unknown one, and costs the same work.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from phiward.adapters.postgres.administration import Administration, Change
from phiward.adapters.postgres.database import Connection, row_dict
from phiward.domain.administration import Span, UnknownIdError
from phiward.domain.errors import PatientNotFoundError
from phiward.vault.vault import Vault

T = TypeVar("T")
FIRST = UUID(int=0)
"""Every list is in the order of its ids, and begins after this one."""
MOST_ROWS = 200


class Known(StrEnum):
    """What an id can name, with the query that finds it in this organisation."""

    ACTIVE_PERSON = "SELECT 1 FROM person WHERE id = %s AND active"
    PERSON = "SELECT 1 FROM person WHERE id = %s"
    UNIT = "SELECT 1 FROM unit WHERE id = %s"
    SERVICE = "SELECT 1 FROM service WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Act:
    """A change in progress, on its way into the log."""

    change: Change

    @property
    def connection(self) -> Connection:
        """The transaction."""
        return self.change.connection

    async def one(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row."""
        return await (await self.connection.execute(query.encode(), values)).fetchone()

    async def row(self, query: str, *values: Any) -> dict[str, Any] | None:
        """The first row, by column."""
        cursor = await self.connection.execute(query.encode(), values)
        found = await cursor.fetchone()
        return None if found is None else row_dict(cursor, found)

    async def known(self, what: Known, wanted: UUID, param: str) -> None:
        """Raise UnknownIdError unless this organisation has it."""
        if await self.one(what.value, wanted) is None:
            raise UnknownIdError(param)

    async def patient(self, wanted: UUID) -> None:
        """Raise PatientNotFoundError unless this organisation has the patient."""
        if await self.one("SELECT 1 FROM patient WHERE id = %s", wanted) is None:
            raise PatientNotFoundError

    def tell(self, before: Any, after: Any, **ids: Any) -> None:
        """What goes into the log: opaque ids, codes and dates only."""
        self.change.facts.update({name: plain(value) for name, value in ids.items()})
        self.change.facts.update(before=plain(before), after=plain(after))


class Office:
    """Opens acts and reads pages. `administration` is of the registrar or the warden."""

    def __init__(self, administration: Administration, vault: Vault) -> None:
        """`vault` seals reasons and makes keyed digests."""
        self.administration = administration
        self.vault = vault

    @asynccontextmanager
    async def act(self, tenant: UUID, action: str) -> AsyncIterator[Act]:
        """A transaction that ends with its entry in the log; an exception undoes everything."""
        async with self.administration.change(tenant, action) as change:
            yield Act(change)

    def new_id(self) -> UUID:
        """A fresh id."""
        return self.administration.new_id()

    def now(self) -> datetime:
        """Now."""
        return self.administration.clock()

    async def page(
        self, tenant: UUID, make: Callable[..., T], query: str, after: UUID, limit: int, *values: Any
    ) -> tuple[T, ...]:
        """At most `limit` rows after an id. `query` ends before its `AND <id> > … ORDER BY … LIMIT`.

        It names the id column `id`, and its columns as `make` names its fields.
        """
        text = f"SELECT * FROM ({query}) listed WHERE id > %s ORDER BY id LIMIT %s"  # noqa: S608 - ours
        async with self.administration.database.as_tenant(tenant) as connection:
            cursor = await connection.execute(text.encode(), [*values, after, min(limit, MOST_ROWS)])
            return tuple(make(**frozen(row_dict(cursor, row))) for row in await cursor.fetchall())


def frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays become tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def plain(value: Any) -> Any:
    """As JSON can hold it: ids and times as text, sets sorted."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(one) for one in value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def spanned(span: Span) -> dict[str, Any]:
    """A span as the log tells it."""
    return {"starts_at": span.starts_at, "ends_at": span.ends_at}
